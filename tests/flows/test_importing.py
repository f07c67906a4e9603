"""From a list of feeds to `sources:`, and from the sources to a list."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedhub.config import load
from feedhub.core.opml import MOST_OUTLINES, FoundFeed, Subscriptions, read_opml
from feedhub.errors import FeedHubError, ParseError
from feedhub.exporting import export_config, export_opml, write_opml
from feedhub.importing import ImportPlan, apply_import, plan_import, read_list
from feedhub.model import Settings
from tests.validity import problems_opml

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HEAD = """site: {title: Портал}
sections:
  - {slug: news, title: Новости}
  - {slug: press-releases, title: Пресс-релизы}
fetch: {allow_private: ["127.0.0.1:8081"]}
"""


def config(folder: Path, sources: str = "") -> Path:
    path = folder / "config.yaml"
    rows = [f"  - {line}" for line in sources.splitlines()]
    written = "\n".join(["sources:", *rows]) if rows else "sources: []"
    path.write_text(f"{HEAD}{written}\n", encoding="utf-8")
    return path


def planned(folder: Path, *feeds: FoundFeed, sources: str = "") -> ImportPlan:
    return plan_import(Subscriptions(feeds=feeds), load(config(folder, sources), {}))


def feed(
    url: str, title: str = "Лента", folders: tuple[str, ...] = (), **more: object
) -> FoundFeed:
    values = {"title": title, "url": url, "folders": folders, "line": 1, **more}
    return FoundFeed(**values)  # type: ignore[arg-type]


def test_a_slug_is_made_of_the_host_and_is_unique(tmp_path: Path) -> None:
    feeds = [feed(f"https://www.lake.example/{name}") for name in "abc"]
    plan = planned(
        tmp_path,
        *feeds,
        feed("https://local/"),
        sources="{slug: www-lake-example-2, url: 'https://a.example/'}",
    )
    assert [new.slug for new in plan.added] == [
        "www-lake-example",
        "www-lake-example-3",
        "www-lake-example-4",
        "local-2",
    ]


def test_addresses_stay_byte_for_byte(tmp_path: Path) -> None:
    urls = (
        "http://a.example/rss?x[]=1&y=%D1%8F",
        "https://озеро.рф/новости",
        "https://B.example:8443/#x",
    )
    plan = planned(tmp_path, *map(feed, urls))
    path = tmp_path / "config.yaml"
    apply_import(plan, path, {})
    assert tuple(source.url for source in load(path, {}).sources) == urls


@pytest.mark.parametrize(
    "url",
    [
        "https://lake.example/rss",
        "http://lake.example/rss",
        "https://LAKE.example:443/rss#top",
        "feed://lake.example/rss",
        "feed:https://lake.example/rss",
    ],
)
def test_what_is_read_already_is_left_alone_under_any_spelling(url: str, tmp_path: Path) -> None:
    source = "{slug: mine, url: 'https://lake.example/rss'}"
    plan = planned(tmp_path, feed(url), sources=source)
    assert (plan.added, plan.refused) == ((), ())
    (known,) = plan.known
    assert known.reason == "is read already, by source mine"


@pytest.mark.parametrize("url", ["https://lake.example/RSS", "https://lake.example/rss?a=1"])
def test_another_path_or_query_is_another_feed(url: str, tmp_path: Path) -> None:
    plan = planned(tmp_path, feed(url), sources="{slug: mine, url: 'https://lake.example/rss'}")
    assert [new.url for new in plan.added] == [url]


def test_two_spellings_in_one_list_are_one_source(tmp_path: Path) -> None:
    plan = planned(tmp_path, feed("https://мвд.рф/"), feed("https://xn--b1aew.xn--p1ai"))
    assert len(plan.added) == 1
    assert "by source xn--b1aew-xn--p1ai" in plan.known[0].reason


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("file:///etc/passwd", "must begin with http"),
        ("ftp://a.example/rss", "must begin with http"),
        ("javascript:alert(1)", "must begin with http"),
        ("/rss", "must begin with http"),
        ("https://user:word@a.example/", "use `headers`"),
        ("https://a b.example/", "a space"),
        ("https:///rss", "must name a host"),
        ("https://a.example/" + "x" * 2000, "longer than"),
        ("http://127.0.0.1/rss", "not on the public internet"),
        ("http://localhost/rss", "not on the public internet"),
        ("http://169.254.169.254/latest/meta-data/", "not on the public internet"),
        ("http://[::1]/", "not on the public internet"),
        ("http://2130706433/", "not on the public internet"),
        ("http://①②⑦.0.0.1/", "not on the public internet"),
        ("feed://10.0.0.1/", "not on the public internet"),
    ],
)
def test_an_unsafe_address_is_refused_with_its_reason(
    url: str, reason: str, tmp_path: Path
) -> None:
    plan = planned(tmp_path, feed(url, line=7), feed("https://a.example/"))
    assert [new.url for new in plan.added] == ["https://a.example/"]
    (refused,) = plan.refused
    assert refused.line == 7
    assert reason in refused.reason


def test_a_private_address_that_is_opened_is_taken(tmp_path: Path) -> None:
    plan = planned(tmp_path, feed("http://127.0.0.1:8081/rss"), feed("http://127.0.0.1:8082/rss"))
    assert [new.url for new in plan.added] == ["http://127.0.0.1:8081/rss"]


@pytest.mark.parametrize(
    ("folders", "section", "tags"),
    [
        ((), None, ()),
        (("Новости",), "news", ()),
        (("press-releases",), "press-releases", ()),
        (("  НОВОСТИ ", "Связь"), "news", ("Связь",)),
        (("Новости", "Пресс-релизы"), "press-releases", ()),
        (("Связь", "связь", "ИТ"), None, ("Связь", "ИТ")),
        (("a\x00b\u2028c", "\u2028"), None, ("a b c",)),
    ],
)
def test_a_folder_is_a_section_or_a_tag(
    folders: tuple[str, ...], section: str | None, tags: tuple[str, ...], tmp_path: Path
) -> None:
    (new,) = planned(tmp_path, feed("https://a.example/", folders=folders)).added
    assert (new.section, new.tags) == (section, tags)


def test_whatever_a_list_calls_things_the_file_is_good(tmp_path: Path) -> None:
    names = [
        "a: b #c",
        "'",
        '"\\',
        "- x",
        "[a]",
        "no",
        "1",
        "",
        " ",
        "x" * 3000,
        "\ufeff\x07я\r\nю",
    ]
    feeds = [
        feed(f"https://a.example/{at}", name, (name,), categories=(name,))
        for at, name in enumerate(names)
    ]
    plan = planned(tmp_path, *feeds)
    path = tmp_path / "config.yaml"
    apply_import(plan, path, {})
    sources = load(path, {}).sources
    assert [it.title for it in sources[:7]] == names[:7]
    assert [it.tags for it in sources[:7]] == [(name,) for name in names[:7]]
    assert sources[7].title == "a.example"
    assert len(sources[9].title) == 500
    assert sources[10].title == "\ufeff яю".strip() or "я ю" in sources[10].title


def test_twenty_thousand_feeds_are_added_in_seconds(tmp_path: Path) -> None:
    rows = (
        f'<outline text="Лента {at}" xmlUrl="https://h{at % 50}.example/{at}"/>'
        for at in range(MOST_OUTLINES)
    )
    path = config(tmp_path)
    start = time.process_time()
    plan = plan_import(read_list(("<opml>" + "".join(rows)).encode("cp1251")), load(path, {}))
    assert len(plan.added) == MOST_OUTLINES
    apply_import(plan, path, {})
    assert time.process_time() - start < 30
    assert len(load(path, {}).sources) == MOST_OUTLINES


def test_what_is_no_list_is_refused() -> None:
    with pytest.raises(ParseError, match="an HTML page"):
        read_list(b"<html><body>404</body></html>")


# -- and back ------------------------------------------------------------------------------------

SOURCES = """\
{slug: a, title: 'Рыба & «хлеб»', url: 'http://a.example/?x[]=1&y=2', tags: [море, 'ИТ/связь']}
{slug: b, url: 'https://b.example/rss', section: press-releases, paused: true}
{slug: c, title: Я, url: 'https://a.example:8443/', section: press-releases, tags: ['a,b', я]}
{slug: d, title: Домен, url: 'https://озеро.рф/новости?я'}"""


def test_what_is_exported_is_imported_the_same(tmp_path: Path) -> None:
    before = load(config(tmp_path, SOURCES), {})
    exported = export_opml(before, now=NOW)
    path = config(tmp_path)
    apply_import(plan_import(read_list(exported.body), load(path, {})), path, {})
    after = load(path, {})
    back = {row[0]: row for row in told(after)}
    domain = "https://xn--e1aducj.xn--p1ai/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8?%D1%8F"
    assert back.pop("Домен") == ("Домен", domain, "news", [])  # the same, as it is sent
    assert list(back.values()) == [row for row in told(before) if row[0] != "Домен"]
    assert exported.sources == 4
    assert problems_opml(export_opml(before, now=NOW).body) == []
    assert exported.left_out == ("source c: its tag «a,b» is left out, for its comma",)


def told(settings: Settings) -> list[tuple[str, str, str, list[str]]]:
    return [
        (it.title, it.url, it.section, [tag for tag in it.tags if "," not in tag])
        for it in settings.sources
    ]


def test_an_export_read_back_at_home_adds_nothing(tmp_path: Path) -> None:
    settings = load(config(tmp_path, SOURCES), {})
    plan = plan_import(read_list(export_opml(settings, now=NOW).body), settings)
    assert (plan.added, plan.refused) == ((), ())
    assert len(plan.known) == 4


def test_sections_of_one_title_are_folders_by_slug(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(
        "site: {title: а}\nsections: [{slug: news, title: Вести}, {slug: more, title: вести}]\n"
        "sources:\n  - {url: 'https://a.example/', section: more}\n",
        encoding="utf-8",
    )
    (found,) = read_opml(export_opml(load(path, {}), now=NOW).body.decode()).feeds
    assert found.folders == ("more",)


def test_a_configuration_without_sources_is_exported_too(tmp_path: Path) -> None:
    exported = export_opml(load(config(tmp_path), {}), now=NOW)
    assert read_list(exported.body).feeds == ()
    done = write_opml(exported, tmp_path / "new" / "folder")
    assert Path(done.written[0]).read_bytes() == exported.body


def test_the_configuration_is_copied_with_what_it_names(tmp_path: Path) -> None:
    home, away = tmp_path / "home", tmp_path / "away"
    (home / "certificates").mkdir(parents=True)
    (home / "certificates" / "root.pem").write_text("PEM", encoding="utf-8")
    (tmp_path / "other.pem").write_text("PEM", encoding="utf-8")
    rows = "{slug: a, url: 'https://a.example/', ca_bundle: certificates/root.pem}\n"
    rows += "{slug: b, url: 'https://b.example/', ca_bundle: ../other.pem}"
    path = config(home, rows)
    path.chmod(0o600)
    copied = export_config(load(path, {}), away)
    assert sorted(it.relative_to(away).as_posix() for it in away.rglob("*") if it.is_file()) == [
        "certificates/root.pem",
        "config.yaml",
    ]
    assert (away / "config.yaml").read_bytes() == path.read_bytes()
    assert (away / "config.yaml").stat().st_mode & 0o777 == 0o600
    assert len(copied.written) == 2
    (sentence,) = copied.left_out
    assert "other.pem lies outside" in sentence


def test_the_configuration_is_not_copied_onto_itself(tmp_path: Path) -> None:
    path = config(tmp_path)
    with pytest.raises(FeedHubError, match="where the configuration itself lies"):
        export_config(load(path, {}), tmp_path)
    assert path.read_text("utf-8").startswith(HEAD)


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    path = config(tmp_path)
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(FeedHubError, match="cannot be written"):
        export_config(load(path, {}), tmp_path / "file")
