"""Kinds of source and what is said for one source only: what `load` makes of these keys."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from feedhub.cli.flaws import flaw_of
from feedhub.config import compare, load, snapshot, warnings
from feedhub.config.kinds import Judged
from feedhub.config.live import LiveSettings
from feedhub.model import FieldPaths, PageRules, Retention, Settings, Source, TitleRules

KINDS = Path(__file__).parent / "accepted" / "kinds-of-sources.yaml"
BASE = "site: {title: Портал}\nsections: [{slug: news, title: Новости}]\n"
PATTERN = "{Предмет} — {Заказчик}"


@pytest.fixture(scope="module")
def sources() -> dict[str, Source]:
    return {source.slug: source for source in load(KINDS, {}, flaw_of=flaw_of).sources}


def loaded(folder: Path, text: str) -> Settings:
    path = folder / "config.yaml"
    path.write_text(BASE + text, encoding="utf-8")
    return load(path, {})


def test_a_title_may_be_text_or_a_mapping(sources: dict[str, Source]) -> None:
    assert {slug: it.title for slug, it in sources.items()} == {
        "feed": "Агентство",
        "notices": "Закупки",
        "plain": "plain.example",
        "page": "page.example",
        "inherited": "inherited.example",
        "channel": "t.me",
        "map": "map.example",
        "guessed": "guessed.example",
        "paths": "paths.example",
        "portal": "portal.example",
    }


def test_rules_of_titles_are_inherited_key_by_key(sources: dict[str, Source]) -> None:
    inherited = TitleRules(pattern=PATTERN, strip=(" - Вести",))
    assert sources["feed"].title_rules == inherited
    assert sources["page"].title_rules == inherited
    own = TitleRules(pattern=PATTERN, strip=(" | Закупки", "Закупки: ", "5"))
    assert sources["notices"].title_rules == own
    assert sources["inherited"].title_rules == TitleRules(strip=(" - Вести",))
    assert sources["plain"].title_rules == TitleRules()


def test_a_name_in_the_defaults_is_every_name_that_is_not_given(tmp_path: Path) -> None:
    for title in ("Портал", "{name: Портал, strip: [a]}"):
        text = f"defaults: {{title: {title}}}\n"
        text += "sources: [{url: 'https://a.example/'}, {url: 'https://b.example/', title: Б}]\n"
        first, second = loaded(tmp_path, text).sources
        assert (first.title, second.title) == ("Портал", "Б")


def test_a_page_is_read_by_its_own_rules_or_by_those_of_the_defaults(
    sources: dict[str, Source],
) -> None:
    assert sources["page"].page == PageRules(
        item="li.item",
        title="h2 > a",
        link="a",
        date="time",
        image="img",
        article="#text",
        include=r"/\/news\/\d+/",
        exclude=".advertising",
    )
    assert sources["inherited"].page == PageRules(item="div.news", article="auto")


def test_only_a_source_of_its_kind_has_such_rules(sources: dict[str, Source]) -> None:
    assert [slug for slug, it in sources.items() if it.page] == ["page", "inherited"]
    assert [slug for slug, it in sources.items() if it.json] == ["paths"]
    assert sources["paths"].json == FieldPaths(
        items="data.items",
        id="id",
        title='"имя новости"',
        url="link",
        date="dates[0]",
        body="text",
        image="images[0].url",
    )
    assert {it.kind for it in sources.values()} == {"feed", "page", "telegram", "sitemap", "json"}


def test_other_addresses_never_hold_the_own_one(sources: dict[str, Source]) -> None:
    assert sources["feed"].fallback_urls == (
        "https://other.example/rss",
        "https://third.example/rss?a[]=1",
    )
    assert sources["plain"].fallback_urls == ("https://portal.example/rss",)
    assert sources["portal"].fallback_urls == sources["map"].fallback_urls == ()


def test_what_else_is_said_for_one_source(sources: dict[str, Source]) -> None:
    assert (sources["feed"].trust, sources["page"].trust) == (90, 40)
    assert (sources["feed"].warm_up, sources["page"].warm_up) == ("https://agency.example/", None)
    assert sources["notices"].body_strip == ()
    assert sources["page"].body_strip == (r"^[А-Я]+, \d+ [а-я]+\. ",)


def test_a_plain_source_has_the_defaults_of_the_model(tmp_path: Path) -> None:
    (source,) = loaded(tmp_path, "sources: [{url: 'https://a.example/'}]\n").sources
    assert source == Source(slug="a-example", title="a.example", url="https://a.example/")


def test_the_record_of_polls_is_kept_as_long_as_is_said(tmp_path: Path) -> None:
    assert load(KINDS, {}).retention == Retention(poll_log=timedelta(days=90))
    assert loaded(tmp_path, "").retention == Retention(poll_log=timedelta(days=30))


# -- what only readers can judge --------------------------------------------------------------


@pytest.mark.parametrize(
    ("sort", "value", "flaw"),
    [
        ("selector", "div.news > a", ""),
        ("selector", "div[", "no CSS selector"),
        ("condition", "a[href*=news]", ""),
        ("condition", "/news/", ""),
        ("condition", "/(/", "no regular expression"),
        ("path", "data.items[0]", ""),
        ("path", "data..items", "no field path"),
        ("channel", "https://t.me/agency", ""),
        ("channel", "https://mirror.example/s/agency", ""),
        ("channel", "https://t.me/+abc", "no public channel"),
    ],
)
def test_a_reader_says_what_is_wrong(sort: Judged, value: str, flaw: str) -> None:
    told = flaw_of(sort, value)
    assert flaw in told
    assert bool(flaw) == bool(told)


def test_what_cannot_be_judged_is_believed(tmp_path: Path) -> None:
    text = "sources: [{url: 'https://a.example/', kind: page, page: {item: 'div['}}]\n"
    (source,) = loaded(tmp_path, text).sources
    assert source.page == PageRules(item="div[")


def test_readers_are_asked_for_nothing_but_their_kinds(tmp_path: Path) -> None:
    asked: list[tuple[str, str]] = []

    def note(sort: Judged, value: str) -> str:
        asked.append((sort, value))
        return ""

    load(KINDS.with_name("everything.yaml"), {}, flaw_of=note)
    assert asked == []
    load(KINDS, {}, flaw_of=note)
    assert ("selector", "div.news") in asked
    assert ("selector", "auto") not in asked
    assert ("condition", ".advertising") in asked
    assert ("channel", "https://t.me/agency") in asked
    assert ("channel", "https://mirror.example/s/agency") in asked
    assert len(asked) == 1 + 8 + 7 + 2


# -- plan ------------------------------------------------------------------------------------


def plan(old: Settings, new: Settings) -> list[str]:
    held = json.loads(json.dumps(snapshot(old)))
    return [str(difference) for difference in compare(held, new)]


def test_nothing_differs_from_itself() -> None:
    assert plan(load(KINDS, {}), load(KINDS, {})) == []


def test_a_change_is_told_by_the_key_of_the_file() -> None:
    old = load(KINDS, {})
    feed, *rest = old.sources
    changed = replace(
        feed,
        kind="page",
        page=PageRules(item="li"),
        fallback_urls=(),
        warm_up=None,
        trust=1,
        title_rules=TitleRules(strip=(" - Вести",)),
        body_strip=(),
    )
    new = replace(old, sources=(changed, *rest), retention=Retention(poll_log=timedelta(days=1)))
    (source, setting) = plan(old, new)
    assert source.startswith("source feed changed: ")
    assert sorted(source.removeprefix("source feed changed: ").split("; ")) == [
        r'body_strip: ["^[А-Я]+, \\d+ [а-я]+\\. "] → []',
        'fallback_urls: ["https://other.example/rss", "https://third.example/rss?a[… → []',
        "kind: feed → page",
        "page.item: none → li",
        "title.pattern: {Предмет} — {Заказчик} → none",
        "trust: 90 → 1",
        "warm_up: https://agency.example/ → none",
    ]
    assert setting == "setting retention.poll_log changed: 90d → 1d"


def test_a_snapshot_of_an_older_version_differs_by_what_was_written_since(tmp_path: Path) -> None:
    settings = loaded(tmp_path, "sources: [{url: 'https://a.example/'}]\n")
    held = json.loads(json.dumps(snapshot(settings)))
    for key in ("fallback_urls", "warm_up", "trust", "body_strip", "page", "json"):
        del held["sources"]["a-example"][key]
    for key in ("title.strip", "title.pattern"):
        del held["sources"]["a-example"][key]
    del held["retention"], held["alerts"]
    assert compare(held, settings) == ()
    (source,) = settings.sources
    changed = replace(settings, sources=(replace(source, trust=60),))
    assert list(map(str, compare(held, changed))) == ["source a-example changed: trust: 50 → 60"]


# -- doubts ----------------------------------------------------------------------------------


def test_a_channel_that_is_read_as_a_feed_is_doubted(tmp_path: Path) -> None:
    text = "sources: [{slug: a, url: 'https://t.me/s/agency'}]\n"
    (doubt,) = warnings(loaded(tmp_path, text))
    assert doubt == "source a is a channel of Telegram, no feed; write kind: telegram"


@pytest.mark.parametrize(
    "key", ["fallback_urls: ['http://b.example/']", "warm_up: http://b.example/"]
)
def test_headers_over_http_to_any_of_its_addresses_are_doubted(key: str, tmp_path: Path) -> None:
    text = f"sources: [{{url: 'https://a.example/', headers: {{X-Key: a}}, {key}}}]\n"
    (doubt,) = warnings(loaded(tmp_path, text))
    assert doubt.startswith("source a-example sends its headers over http")


# -- while running ---------------------------------------------------------------------------


def test_a_selector_that_cannot_be_used_replaces_no_good_one(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    text = f"{BASE}sources: [{{url: 'https://a.example/', kind: page, page: {{item: '%s'}}}}]\n"
    path.write_text(text % "div", encoding="utf-8")
    live = LiveSettings(path, {}, flaw_of=flaw_of)
    path.write_text(text % "div[", encoding="utf-8")
    assert not live.refresh()
    assert live.current.sources[0].page == PageRules(item="div")
    (problem,) = live.problems
    assert problem.endswith("no CSS selector: Expected ident or '*', got <EOF at 4>")
