"""A small vocabulary of this test suite's own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from feedhub.core.tagging import Rules, compile_vocabulary, tag
from feedhub.model.entry import Entry, Tagged
from feedhub.model.settings import Source, Tagging, TagSpec

SPECS = (
    TagSpec(
        name="белоруссия",
        kind="place",
        aliases=("Беларусь", "Республика Беларусь", "РБ"),
        parent="СНГ",
    ),
    TagSpec(
        name="Москва",
        kind="place",
        match=("москва", "московский"),
        unless_near=("область", "форум"),
    ),
    TagSpec(name="Московская область", kind="place", aliases=("Подмосковье",)),
    TagSpec(name="китай", kind="place", aliases=("КНР",)),
    TagSpec(
        name="МИД РФ",
        kind="organisation",
        aliases=("МИД России",),
        match=("МИД", "министерство иностранных дел"),
        unless_near=("Китай", "белорусский"),
    ),
    TagSpec(name="сталь"),
    TagSpec(name="программное обеспечение", aliases=("ПО", "софт"), unless_near=("=Эталон",)),
    TagSpec(name="дороги", match=("дорога",), unless_near=("=дорожная карта", "железная")),
    TagSpec(name="постановления", kind="document", match=(r"/№ ?\d+-п\b/",)),
    TagSpec(name="Сахалин-1", match=("=Сахалин-1",)),
    TagSpec(name="ИТ", slug="it", aliases=("информационные технологии",)),
    TagSpec(name="СНГ", kind="place", match=()),
)

TagIt = Callable[..., dict[str, Tagged]]


@pytest.fixture(scope="session")
def rules() -> Rules:
    return compile_vocabulary(SPECS, tagging=Tagging())


@pytest.fixture
def tag_it(rules: Rules) -> TagIt:
    """Return the tags of an entry made of the given fields, by name."""

    def run(
        title: str = "",
        *,
        source: Source | None = None,
        repeated: frozenset[str] = frozenset(),
        **rest: object,
    ) -> dict[str, Tagged]:
        entry = Entry(source="here", identity="1", identity_why="test", title=title, **rest)  # type: ignore[arg-type]
        return {found.name: found for found in tag(entry, rules, source, repeated=repeated).tags}

    return run
