"""The catalogue that ships with the program: complete, honest, and good when pasted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from feedhub.catalogue import CatalogueItem, catalogue, matching
from feedhub.config import later, load
from feedhub.config.adding import item_lines
from feedhub.config.reader import parse
from feedhub.core.parse.page import read_page
from feedhub.errors import ConfigError
from feedhub.fetch import Guard
from feedhub.model import PageRules

READY = [item for item in catalogue() if item.is_ready]
HEAD = """site: {title: Портал}
sections:
  - {slug: news, title: Новости}
  - {slug: press-releases, title: Пресс-релизы}
sources:
"""


def pasted(items: list[CatalogueItem], folder: Path) -> list[str]:
    """Paste items into a configuration; return what is wrong but keys whose time is to come."""
    path = folder / "config.yaml"
    lines = [line for item in items for line in item_lines(item.item(), 2)]
    path.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    try:
        settings = load(path, {})
    except ConfigError as error:
        return [str(it) for it in error.problems if it.message != later.MESSAGE]
    assert [it.slug for it in settings.sources] == [item.slug for item in items]
    assert [it.url for it in settings.sources] == [item.url for item in items]
    return []


def is_accepted(item: CatalogueItem) -> bool:
    """Tell whether every key of an item, and its kind, is served by this version."""
    coming = set(later.keys("source")) - {"kind", "title"}
    is_kind = item.kind == "feed" or "kind" not in later.keys("source")
    return is_kind and not coming & item.item().keys()


def test_all_items_together_are_a_good_configuration(tmp_path: Path) -> None:
    assert pasted(READY, tmp_path) == []


def test_what_is_accepted_today_loads_without_a_word(tmp_path: Path) -> None:
    accepted = [item for item in READY if is_accepted(item)]
    assert len(accepted) > 50
    path = tmp_path / "config.yaml"
    assert pasted(accepted, tmp_path) == []
    assert len(load(path, {}).sources) == len(accepted)


@pytest.mark.parametrize("item", READY, ids=lambda item: item.slug)
def test_an_item_is_printed_as_it_is(item: CatalogueItem) -> None:
    root = parse("\n".join(["sources:", *item_lines(item.item(), 2), ""])).root
    assert root == {"sources": [item.item()]}


def test_slugs_and_addresses_stand_once() -> None:
    for values in ([it.slug for it in catalogue()], [it.url for it in catalogue()]):
        assert len(values) == len(set(values))
    assert len(catalogue()) > 70


def test_nobody_claims_to_have_checked_anything() -> None:
    assert {item.checked for item in catalogue()} == {False}
    assert {item.status for item in catalogue()} == {"не проверено"}


def test_only_pages_without_selectors_are_not_ready() -> None:
    rest = [item for item in catalogue() if not item.is_ready]
    assert rest
    assert all(item.kind == "page" and item.notes for item in rest if item.slug)


def test_notes_are_sentences_in_russian() -> None:
    for item in catalogue():
        for note in item.notes:
            assert re.search("[а-я]", note), item.slug
            assert note.endswith("."), (item.slug, note)
            assert len(note) < 200, (item.slug, note)


def test_no_address_is_a_private_one() -> None:
    hosts = [re.sub(r"https?://([^/:]+).*", r"\1", item.url) for item in catalogue()]
    assert [host for host in hosts if Guard().refusal(host, 443)] == []


@pytest.mark.parametrize(
    ("words", "slugs"),
    [
        (["минфин"], ["minfin", "government-minfin"]),
        (["МИНФИН", "портал"], ["government-minfin"]),
        (["cbr.ru"], ["cbr-news", "cbr-press", "cbr-events"]),
        (["белоруссия", "банк"], ["nbrb"]),
        (["объединенных"], ["un-news"]),
        (["нет такого слова"], []),
    ],
)
def test_words_find_items_by_name_address_group_and_tag(words: list[str], slugs: list[str]) -> None:
    assert [item.slug for item in matching(words)] == slugs


def test_without_words_all_is_found() -> None:
    assert matching([]) == catalogue()


LISTS = {
    "eec": (
        "https://eec.eaeunion.org",
        ["/news/soglashenie-podpisano/"],
        ["/news/", "/news/events/", "/news/page/2/", "/news/tag/torgovlya/", "/about/"],
    ),
    "pnp": (
        "https://www.pnp.ru",
        ["/economics/2026/11/20/zakon-prinyat.html", "/economics/zakon-prinyat.html"],
        ["/economics/", "/economics/page/2/", "/politics/zakon.html"],
    ),
}


@pytest.mark.parametrize("slug", LISTS)
def test_selectors_of_a_page_take_its_news_and_nothing_else(slug: str) -> None:
    (item,) = (item for item in READY if item.slug == slug)
    origin, wanted, other = LISTS[slug]
    links = "".join(f'<li><a href="{path}">Заголовок {path}</a></li>' for path in (*other, *wanted))
    page = f"<html><body><h1>Новости</h1><ul>{links}</ul></body></html>"
    found = read_page(page, url=item.url, rules=PageRules(**item.item()["page"]))
    assert sorted(str(entry.url) for entry in found.entries) == sorted(origin + it for it in wanted)


def test_every_page_that_is_ready_is_tried_above() -> None:
    assert {item.slug for item in READY if item.kind == "page"} == set(LISTS)
