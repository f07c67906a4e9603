"""The flow of a probe: in which order addresses are asked, what is chosen, and when it ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from feedhub.errors import FeedHubError
from feedhub.model import Source
from feedhub.probing import flow
from tests.flows.probing.web import SITE, Web, feed, page, probed, rows, settings

HOME = f"{SITE}/"
ALTERNATE = '<link rel="alternate" type="application/rss+xml" href="{0}" title="{1}">'


# -- what a person writes ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://a.example/x?b[]=1", ("https://a.example/x?b[]=1",)),
        (" https://мвд.рф/news/rss ", ("https://мвд.рф/news/rss",)),
        ("a.example/rss", ("https://a.example/rss", "http://a.example/rss")),
        ("feed://a.example/rss", ("http://a.example/rss",)),
        ("feed:https://a.example/rss", ("https://a.example/rss",)),
        ("@agency", ("https://t.me/s/agency",)),
        ("t.me/agency", ("https://t.me/s/agency",)),
        ("https://t.me/agency/12", ("https://t.me/s/agency",)),
    ],
)
def test_an_address_may_be_written_as_people_do(written: str, meant: tuple[str, ...]) -> None:
    assert flow.starts(written) == meant


@pytest.mark.parametrize(
    "written", ["", "https://", "ftp://a.example", "a b", "https://u:p@a.example/", "t.me/+abc"]
)
def test_what_is_no_address_is_refused_in_a_sentence(written: str) -> None:
    with pytest.raises(ValueError, match=r"\w{3,} \w+"):
        flow.starts(written)


# -- what is asked -------------------------------------------------------------------------------


def test_a_feed_is_asked_once_and_nothing_else() -> None:
    web = Web()
    web.put(HOME, feed())
    assert probed(web, HOME).item is not None
    assert web.urls == [HOME]


def test_a_host_that_does_not_answer_encrypted_is_asked_plainly() -> None:
    web = Web()
    web.fail("https://agency.example", "agency.example refused the connection.")
    web.put("http://agency.example", feed())
    found = probed(web, "agency.example")
    assert found.item is not None
    assert found.item["url"] == "http://agency.example"


def test_a_bad_certificate_is_no_ground_for_going_without_encryption() -> None:
    web = Web()
    told = "The certificate of agency.example is signed by «Корень», which is not trusted here."
    web.fail("https://agency.example", told, missing_issuer="Корень")
    found = probed(web, "agency.example")
    assert found.item is None
    assert len(web.asked) == 1
    assert "«Корень»" in found.steps[0].outcome
    assert "fetch.ca_bundle" in found.advice[0]


def test_a_missing_issuer_is_named_even_where_the_message_does_not() -> None:
    web = Web()
    web.fail(HOME, "The certificate is not signed by anybody we know.", missing_issuer="Корень")
    assert probed(web, HOME).steps[0].outcome.endswith("is that of «Корень».")


def test_no_more_than_twelve_requests_are_sent() -> None:
    web = Web()
    links = "".join(ALTERNATE.format(f"/f{n}.xml", n) for n in range(30))
    anchors = "".join(f'<a href="/rss/{n}">RSS</a>' for n in range(30))
    web.put(HOME, page(anchors + '<a href="/news/">Новости</a>', head=links))
    web.put(f"{SITE}/news/", page(anchors))
    found = probed(web, HOME)
    assert found.item is None
    assert 8 < len(web.asked) == len(found.steps) <= 12
    few = Web(documents=web.documents)
    assert probed(few, HOME, requests=4).item is None
    assert len(few.asked) == 4


def test_a_page_that_lists_feeds_is_followed_one_step() -> None:
    web = Web()
    web.put(HOME, page('<a href="/rss/">RSS</a>'))
    web.put(f"{SITE}/rss/", page('<a href="/rss/news.xml">Новости в RSS</a>', title="Ленты"))
    web.put(f"{SITE}/rss/news.xml", feed())
    found = probed(web, HOME)
    assert found.item is not None
    assert found.item["url"] == f"{SITE}/rss/news.xml"


def test_a_site_that_shows_its_home_page_everywhere_is_not_read_again_and_again() -> None:
    web = Web()
    body = page(rows(day="{n}.11.2019"))
    for path in ("/", "/rss", "/rss.xml", "/feed", "/atom.xml"):
        web.put(f"{SITE}{path}", body)
    found = probed(web, HOME)
    assert sum("the same document as" in step.outcome for step in found.steps) >= 3
    assert found.alternatives == ()


def test_the_department_of_the_governments_portal_has_a_feed_of_its_own() -> None:
    web = Web()
    web.put("http://government.ru/department/68/events/", page("<h1>Министерство</h1>"))
    web.put("http://government.ru/department/68/events/rss/", feed(title="Министерство"))
    found = probed(web, "http://government.ru/department/68/events/")
    assert found.item is not None
    assert found.item["url"] == "http://government.ru/department/68/events/rss/"
    assert len(web.asked) == 2


def test_a_channel_is_only_taken_where_the_site_itself_gives_nothing() -> None:
    message = (
        '<div class="tgme_widget_message" data-post="pereprava/{0}"><div '
        'class="tgme_widget_message_text">Ведомство сообщает о работе {0}</div>'
        '<a class="tgme_widget_message_date"><time datetime="2026-11-2{0}T10:00:00+00:00"></time></a>'
        "</div>"
    )
    channel = "".join(message.format(n) for n in range(3))
    web = Web()
    web.put(HOME, page('<a href="https://t.me/pereprava">Мы в Telegram</a>'))
    web.put("https://t.me/s/pereprava", f"<html><body>{channel}</body></html>")
    found = probed(web, HOME)
    assert found.item is not None
    assert (found.item["slug"], found.item["kind"]) == ("pereprava", "telegram")
    web.put(HOME, page(rows() + '<a href="https://t.me/pereprava">Мы в Telegram</a>'))
    found = probed(web, HOME)
    assert found.document is not None
    assert (found.document.kind, found.alternatives) == ("page", ())


def test_of_an_index_of_sitemaps_the_one_of_news_is_read() -> None:
    web = Web()
    web.put(HOME, page())
    web.put(f"{SITE}/robots.txt", f"Sitemap: {SITE}/all.xml\n")
    index = "".join(f"<sitemap><loc>{SITE}/{name}.xml</loc></sitemap>" for name in ("a", "news-1"))
    web.put(f"{SITE}/all.xml", f"<sitemapindex>{index}</sitemapindex>")
    urls = "".join(
        f"<url><loc>{SITE}/n/{n}</loc><news><publication_date>2026-11-2{n}</publication_date>"
        f"<title>Сообщение {n}</title></news></url>"
        for n in range(3)
    )
    web.put(f"{SITE}/news-1.xml", f"<urlset>{urls}</urlset>")
    found = probed(web, HOME)
    assert found.item is not None
    assert (found.item["url"], found.item["kind"]) == (f"{SITE}/news-1.xml", "sitemap")


def test_a_page_that_sends_its_readers_on_is_left_for_where_it_sends_them() -> None:
    web = Web()
    web.put(HOME, page(head='<meta http-equiv="refresh" content="0; url=/ru/">'))
    web.put(f"{SITE}/ru/", page(head=ALTERNATE.format("/ru/rss", "Новости")))
    web.put(f"{SITE}/ru/rss", feed())
    found = probed(web, HOME)
    assert found.item is not None
    assert found.item["url"] == f"{SITE}/ru/rss"
    assert len(web.asked) == 3


# -- what is chosen ------------------------------------------------------------------------------


def test_a_feed_that_fell_silent_stands_behind_a_page_that_is_kept_up() -> None:
    web = Web()
    web.put(HOME, page(rows(), head=ALTERNATE.format("/old.xml", "Новости")))
    web.put(f"{SITE}/old.xml", feed(days=400))
    found = probed(web, HOME)
    assert found.document is not None
    assert found.document.kind == "page"
    assert [(one.kind, one.why) for one in found.alternatives] == [
        ("feed", "silent for long, or empty")
    ]


def test_of_two_lists_that_of_the_page_of_news_is_meant() -> None:
    web = Web()
    web.put(HOME, page(rows() + '<a href="/news/">Новости</a>'))
    web.put(f"{SITE}/news/", page(rows() + rows(path="/m/", day="1{n}.11.2026")))
    found = probed(web, HOME)
    assert found.document is not None
    assert (found.document.url, found.document.count) == (f"{SITE}/news/", 6)
    asked_itself = probed(web, f"{SITE}/news/")
    assert asked_itself.document is not None
    assert asked_itself.document.url == f"{SITE}/news/"


def test_a_feed_that_fell_silent_is_proposed_with_a_warning_where_it_is_all_there_is() -> None:
    web = Web()
    web.put(f"{SITE}/rss", feed(days=400))
    found = probed(web, f"{SITE}/rss")
    assert found.item is not None
    assert "400 days old" in found.warnings[0]


def test_feeds_of_comments_stand_behind_those_of_news() -> None:
    web = Web()
    head = ALTERNATE.format("/comments/feed/", "Комментарии") + ALTERNATE.format("/feed/", "Лента")
    web.put(HOME, page(head=head))
    web.put(f"{SITE}/comments/feed/", feed(title="Комментарии"))
    web.put(f"{SITE}/feed/", feed())
    found = probed(web, HOME)
    assert found.item is not None
    assert found.item["url"] == f"{SITE}/feed/"
    assert [one.title for one in found.alternatives] == ["Комментарии"]


def test_what_cannot_be_read_after_all_leaves_its_place_to_the_next() -> None:
    async def dying(task: Any, /, *arguments: Any) -> Any:
        if task.__name__ == "refine_here" and arguments[0].url.endswith("/a.xml"):
            raise FeedHubError("it took more than 20 s of CPU time")
        return task(*arguments)

    web = Web()
    head = ALTERNATE.format("/a.xml", "А") + ALTERNATE.format("/b.xml", "Б")
    web.put(HOME, page(head=head))
    web.put(f"{SITE}/a.xml", feed())
    web.put(f"{SITE}/b.xml", feed(title="Другая"))
    found = probed(web, HOME, run=dying)
    assert found.item is not None
    assert found.item["url"] == f"{SITE}/b.xml"
    assert any("20 s of CPU time" in sentence for sentence in found.warnings)


def test_a_document_that_kills_its_reader_is_a_step_like_others() -> None:
    async def dying(task: Any, /, *arguments: Any) -> Any:
        raise FeedHubError("it took more than 20 s of CPU time")

    web = Web()
    web.put(HOME, page())
    found = probed(web, HOME, run=dying)
    assert found.item is None
    assert found.steps[0].outcome == "not read: it took more than 20 s of CPU time"


def test_a_search_that_takes_too_long_shows_what_it_found() -> None:
    web = Web()
    web.put(HOME, page(rows(), head=ALTERNATE.format("/slow.xml", "Новости")))
    web.hang(f"{SITE}/slow.xml")
    found = probed(web, HOME, seconds=0.3)
    assert found.document is not None
    assert found.document.kind == "page"
    assert "ended after 0.3 s" in found.warnings[0]


# -- what is proposed ----------------------------------------------------------------------------


def test_a_redirect_within_the_site_is_written_down_and_another_is_not() -> None:
    web = Web()
    web.put("http://agency.example/rss", feed(), came="https://www.agency.example/rss/")
    web.put("http://other.example/rss", feed(), came="https://parked.example/rss")
    web.put("http://third.example/rss", feed(), came="https://third.example/rss?session=7")
    urls = ("http://agency.example/rss", "http://other.example/rss", "http://third.example/rss")
    items = [probed(web, url).item for url in urls]
    assert [item["url"] for item in items if item] == [
        "https://www.agency.example/rss/",
        "http://other.example/rss",
        "http://third.example/rss",
    ]


def test_certificates_and_proxy_of_a_source_of_the_same_host_are_taken_along(
    tmp_path: Path,
) -> None:
    kin = Source(
        slug="kin", title="К", url=f"{SITE}/old", ca_bundle="/b.pem", proxy="http://p.example:1"
    )
    web = Web()
    web.put(f"{SITE}/rss", feed())
    found = probed(web, f"{SITE}/rss", settings(kin))
    assert found.item is not None
    assert (web.asked[0].ca_bundle, web.asked[0].proxy) == ("/b.pem", "http://p.example:1")
    assert (found.item["ca_bundle"], found.item["proxy"]) == ("/b.pem", "http://p.example:1")


def test_only_keys_that_differ_from_the_usual_are_written() -> None:
    web = Web()
    web.put(f"{SITE}/rss", feed())
    found = probed(web, f"{SITE}/rss")
    assert found.item == {
        "slug": "agency-example",
        "title": {"name": "Ведомство", "strip": ["Ведомство: "]},
        "url": f"{SITE}/rss",
    }
    elsewhere = probed(web, f"{SITE}/rss", settings(section="press"))
    assert elsewhere.item is not None
    assert elsewhere.item["section"] == "press"


@pytest.mark.parametrize(
    ("own", "named"),
    [("Новости", "Ведомство переправ"), ("RSS", "Ведомство переправ"), ("Пресса", "Пресса")],
)
def test_a_title_that_says_nothing_gives_way_to_the_home_pages(own: str, named: str) -> None:
    web = Web()
    web.put(HOME, page(head=ALTERNATE.format("/rss", "Новости")))
    body = feed().replace("<channel><title>Ведомство<", f"<channel><title>{own}<")
    web.put(f"{SITE}/rss", body)
    item = probed(web, HOME).item
    assert item is not None
    assert item["title"] == {"name": named, "strip": ["Ведомство: "]}


@pytest.mark.parametrize(
    ("url", "hours", "zone", "why"),
    [
        ("https://www.agency.by/rss", 3, "Europe/Minsk", "the host"),
        ("https://sakhalin.gov.ru/rss", 11, "Asia/Sakhalin", "the host"),
        ("https://agency.example/rss", 3, None, "the zone of the site"),
        ("https://agency.ru/rss", 9, "Asia/Yakutsk", "ahead of Europe/Moscow"),
    ],
)
def test_times_without_a_zone_get_one(url: str, hours: int, zone: str | None, why: str) -> None:
    web = Web()
    web.put(url, feed(zone="", hours=hours), date="Sun, 22 Nov 2026 12:00:00 GMT")
    found = probed(web, url)
    assert found.item is not None
    assert found.document is not None
    assert found.item.get("timezone") == zone
    assert why in found.document.zone_why
    assert found.samples[0].published is not None


def test_times_that_name_their_zone_need_none() -> None:
    web = Web()
    web.put("https://agency.by/rss", feed())
    found = probed(web, "https://agency.by/rss")
    assert found.item is not None
    assert found.document is not None
    assert "timezone" not in found.item
    assert "every time names its own" in found.document.zone_why


def test_times_ahead_of_now_are_told() -> None:
    web = Web()
    web.put(f"{SITE}/rss", feed(hours=3))
    assert "3 h ahead of now" in probed(web, f"{SITE}/rss").warnings[0]


def test_what_the_server_offers_is_told() -> None:
    web = Web()
    hub = '<https://hub.example/>; rel="hub"'
    web.put(f"{SITE}/rss", feed(), link=hub, cache_control="max-age=600", expires="0")
    document = probed(web, f"{SITE}/rss").document
    assert document is not None
    assert (document.hub, document.cache_control) == ("https://hub.example/", "max-age=600")


def test_where_nothing_is_found_the_catalogue_is_asked_for_the_host() -> None:
    web = Web()
    found = probed(web, "http://government.ru/nothing")
    assert found.item is None
    assert any("the catalogue knows" in sentence for sentence in found.advice)
    assert any("government.ru/department/" in sentence for sentence in found.advice)


def test_an_empty_feed_is_proposed_and_said_to_be_empty() -> None:
    web = Web()
    web.put(f"{SITE}/rss", feed(count=0))
    found = probed(web, f"{SITE}/rss")
    assert found.item is not None
    assert "holds no entry now" in found.warnings[0]
