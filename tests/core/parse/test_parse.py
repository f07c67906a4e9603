"""What is no feed is refused in a sentence; what is one is read in spite of its faults."""

from dataclasses import replace
from typing import Any

import pytest

from feedhub.core.parse import decode, parse
from feedhub.core.parse.entries import bodies, categories, entry_of
from feedhub.core.parse.links import web_link
from feedhub.core.parse.media import photo_credit, plain
from feedhub.core.parse.tolerant import read_xml
from feedhub.errors import ParseError
from feedhub.model.entry import Category
from feedhub.model.parsed import ParsedFeed

URL = "https://a.example/feed"


def read(text: str, content_type: str | None = None) -> ParsedFeed:
    return parse(
        decode(text.encode(), content_type=content_type), url=URL, content_type=content_type
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "an empty answer"),
        ("\ufeff \n\t", "an empty answer"),
        (
            "<!DOCTYPE html><html><head><title>Портал</title></head></html>",
            "an HTML page.*«Портал»",
        ),
        ("<HTML><body>not found</body></HTML>", "an HTML page instead of a feed$"),
        ("<html><body>Подтвердите, что вы не робот</body></html>", "whether we are a robot"),
        ('<html><form><input name="p" type="password"></form></html>', "asks to sign in"),
        ("<!doctype html>\n<title>x", "an HTML page"),
        ("<!doctype html>", "an HTML page"),
        ("<div>maintenance</div>", "an HTML page"),
        ("%PDF-1.4 \x01", "not XML, RSS, Atom or JSON Feed"),
        ("Access denied", "not XML, RSS, Atom or JSON Feed"),
        ('<opml version="1.0"><body/></opml>', "XML, but no feed: an OPML"),
        ('<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>', "no feed: a sitemap"),
        ("<note><to>x</to></note>", "XML, but no feed: its root is <note>"),
        ('{"a": 1}', "JSON, but no JSON Feed"),
        ("[1, 2]", "JSON, but no JSON Feed: it is not an object"),
        ('{"items": [', "JSON that cannot be read"),
    ],
)
def test_what_is_no_feed_is_said_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ParseError, match=sentence):
        read(text)


def test_a_refusal_names_the_type_the_server_gave() -> None:
    with pytest.raises(ParseError, match="called application/pdf"):
        read("%PDF", "application/pdf; x=y")
    with pytest.raises(ParseError, match="JSON that cannot be read"):
        read("nope", "application/feed+json")


@pytest.mark.parametrize("kind", ["text/html", "application/json", "image/png", None])
def test_a_real_feed_is_read_whatever_the_server_calls_it(kind: str | None) -> None:
    feed = read('<rss version="2.0"><channel><item><title>a</title></item></channel></rss>', kind)
    assert (feed.format, len(feed.entries)) == ("rss20", 1)


def test_a_feed_without_entries_is_a_feed() -> None:
    assert read('<rss version="2.0"><channel><title>Пусто</title></channel></rss>').entries == ()
    assert read('<feed xmlns="http://www.w3.org/2005/Atom"/>').format == "atom10"
    assert read('{"version": "https://jsonfeed.org/version/1.1"}').format == "json11"


def test_the_result_says_how_it_was_decoded_without_carrying_the_text() -> None:
    channel = "<channel><title>Порт города</title></channel>"
    text = f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0">{channel}</rss>'
    decoded = decode(text.encode("cp1251"), content_type=None)
    feed = parse(decoded, url=URL)
    assert feed.encoding == replace(decoded, text="")
    assert feed.warnings[0] == "declared utf-8, really windows-1251"


@pytest.mark.parametrize(
    ("raw", "base", "link"),
    [
        ("https://a.example/x?b[]=1&c=%20", None, "https://a.example/x?b[]=1&c=%20"),
        ("/x", "https://a.example/y/z", "https://a.example/x"),
        ("//b.example/x", "https://a.example/", "https://b.example/x"),
        ("https://мвд.example/новости", None, "https://мвд.example/новости"),
        (" https://a.example/a b \n", None, "https://a.example/a%20b"),
        ("https://a.example/\n x", None, "https://a.example/x"),
        ("java\nscript:alert(1)", "https://a.example/", None),
        ("javascript:alert(1)", None, None),
        ("data:text/html,x", "https://a.example/", None),
        ("mailto:a@b.example", "https://a.example/", None),
        ("/x", None, None),
        ("https://[", None, None),
        ("https://", None, None),
        ("", "https://a.example/", None),
        (None, "https://a.example/", None),
    ],
)
def test_only_web_addresses_survive(raw: str | None, base: str | None, link: str | None) -> None:
    assert web_link(raw, base) == link


@pytest.mark.parametrize(
    ("author", "credit"),
    [
        ("Фото: Анна Белова", "Анна Белова"),
        ("фото (с) Порт", "Порт"),
        ("Фото Ивана Лугова", "Ивана Лугова"),
        ("Photo by Jan Kos", "Jan Kos"),
        ("Photographer: Jan Kos", "Jan Kos"),
        ("Фото", "Фото"),
        ("Фотина Белова", None),
        ("Анна Фотова", None),
        ("Photon Agency", None),
    ],
)
def test_a_photo_credit_is_no_author(author: str, credit: str | None) -> None:
    assert photo_credit(author) == credit


def terms(*names: str) -> list[dict[str, Any]]:
    return [{"term": name} for name in names]


@pytest.mark.parametrize(
    ("tags", "names"),
    [
        (terms("б, в"), ("б", "в")),
        (terms("дороги; мосты и тоннели"), ("дороги", "мосты и тоннели")),
        (terms("б,в"), ("б,в",)),
        (terms("б, в", "г"), ("б, в", "г")),
        (terms("Министерство труда, занятости и социальной защиты"), None),
        (terms("г. Минск, область"), None),
        (terms("  два\n слова "), ("два слова",)),
        (terms("x" * 201, "", "y"), ("y",)),
        ([{"term": None, "label": "Имя"}], ("Имя",)),
    ],
)
def test_only_a_plain_list_in_a_lone_category_is_split(
    tags: list[dict[str, Any]], names: tuple[str, ...] | None
) -> None:
    found = tuple(category.term for category in categories({"tags": tags}))
    assert found == (names or (tags[0]["term"],))


def test_scheme_and_label_of_a_category_are_kept() -> None:
    tags = [{"term": "a", "scheme": "https://a.example/t", "label": "А <b>б</b>"}]
    assert categories({"tags": tags}) == (
        Category(term="a", scheme="https://a.example/t", label="А б"),
    )


def test_the_same_text_is_not_told_twice() -> None:
    raw = {"summary": "т", "content": [{"value": " т "}]}
    assert bodies(raw, atom=False) == ("т", "")
    assert bodies({"content": [{"value": "т"}]}, atom=False) == ("", "т")
    assert bodies({}, atom=False) == ("", "")


def test_plain_text_of_atom_is_escaped_unless_it_is_markup_all_the_same() -> None:
    detail = {"type": "text/plain"}
    plain_text = {"summary": "a < b & c", "summary_detail": detail}
    assert bodies(plain_text, atom=True)[0] == "a &lt; b &amp; c"
    assert bodies(plain_text, atom=False)[0] == "a < b & c"
    marked_up = {"summary": "<p>да</p>", "summary_detail": detail}
    assert bodies(marked_up, atom=True)[0] == "<p>да</p>"
    attack = {"title": "<script>x</script>", "title_detail": detail}
    assert entry_of(attack, atom=True, home=None, url=URL).title == "&lt;script>x&lt;/script>"


def test_captions_are_plain_and_short() -> None:
    assert plain("<i>Порт</i>\n &amp; &laquo;Док&raquo; ") == "Порт & «Док»"
    assert len(plain("a" * 5000)) == 1000
    assert plain(None) == ""


def test_an_entry_that_cannot_be_read_is_told_with_its_place() -> None:
    whole = (
        '<rss version="2.0"><channel><item><title>a</title></item><item><title>b</title>{}</item>'
    )
    feed = read_xml(whole.format("<link>/b</link>") + "</channel></rss>", url=URL)
    assert [entry.title for entry in feed.entries] == ["a", "b"]
    broken = read(
        '{"version": "https://jsonfeed.org/version/1", "items": [{"id": 1}, 5, {"id": 3}]}'
    )
    assert [entry.guid for entry in broken.entries] == ["1", "3"]
    assert broken.warnings == ("entry 2 could not be read: it is not an object",)


@pytest.mark.parametrize(
    ("inner", "minutes"),
    [
        ("<ttl>30</ttl>", 30),
        ("<ttl>-5</ttl>", None),
        ("<ttl>abc</ttl>", None),
        ("<ttl>99999999999</ttl>", 525_600),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", 60),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>24</sy:updateFrequency>", 60),
        ("<sy:updatePeriod>never</sy:updatePeriod>", None),
    ],
)
def test_the_publishers_hint_is_in_minutes(inner: str, minutes: int | None) -> None:
    document = (
        '<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">'
        f"<channel><title>т</title>{inner}</channel></rss>"
    )
    assert read(document).ttl == minutes


@pytest.mark.parametrize(
    ("root", "name"),
    [
        ('<rss version="2.0">', "rss20"),
        ('<rss version="0.92">', "rss092"),
        ('<rss version="0.91">', "rss091u"),
        ("<rss>", "rss"),
    ],
)
def test_the_format_is_named(root: str, name: str) -> None:
    assert read(f"{root}<channel><title>т</title></channel></rss>").format == name


def test_a_document_whose_loose_reading_gives_up_is_repaired() -> None:
    deep = "<a>" * 300 + "</b>" + "<a>" * 300
    text = f'<rss version="2.0"><channel><item><title>первая</title></item>{deep}</channel></rss>'
    feed = read(text)
    assert feed.entries[0].title == "первая"
    assert feed.warnings
