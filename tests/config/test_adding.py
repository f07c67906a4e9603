"""More sources in a configuration: the new lines go in, every other byte stays."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedhub.config import load
from feedhub.config.adding import add_sources, item_lines, with_sources
from feedhub.config.reader import parse, parse_with_ruamel
from feedhub.errors import ConfigError, FeedHubError

HEAD = "site: {title: Портал}\nsections: [{slug: news, title: Новости}]\n"
LAKE = {"slug": "lake", "title": "Озеро", "url": "https://lake.example/rss"}
WIND = {"slug": "wind", "title": "Ветер: новости", "url": "https://wind.example/rss?a[]=1#x"}


def written(folder: Path, text: str) -> Path:
    path = folder / "config.yaml"
    path.write_bytes(text.encode())
    return path


def added_lines(before: str, after: str) -> list[str]:
    """Return the lines that are new; insist that all others are there in their order."""
    old, new = before.split("\n"), []
    at = 0
    for line in after.split("\n"):
        if at < len(old) and line == old[at]:
            at += 1
        else:
            new.append(line)
    assert at == len(old), old[at]
    return new


PLACES = {
    "a list": HEAD + "sources:\n  - slug: a\n    url: https://a.example/\n",
    "a list in the middle": HEAD
    + "# кого читаем\nsources:   # список\n  - slug: a   # первый\n    url: https://a.example/\n"
    + "    # every: 5m\n  # - slug: old\n\n# теги\ntags: []\n",
    "a list as far left as its key": HEAD
    + "sources:\n- slug: a\n  url: https://a.example/\n# дальше\ntags: []\n",
    "a list of flow items": HEAD
    + "sources:\n    - {slug: a, url: 'https://a.example/'}\ntags: []\n",
    "a dash alone": HEAD + "sources:\n  -\n    slug: a\n    url: https://a.example/\n",
    "an anchor and an alias": HEAD
    + "sources:\n  - &a {slug: a, url: 'https://a.example/'}\n  - {<<: *a, slug: b}\n\n\ntags: []\n",
    "a folded text at the end": HEAD
    + "sources:\n  - url: https://a.example/\n    title: >-\n      длинное\n      # имя\ntags: []\n",
    "the end of the document": HEAD + "sources:\n  - url: https://a.example/\n...\n",
    "a document start": "---\n" + HEAD + "sources:\n  - url: https://a.example/\n",
    "no line end at the end": HEAD + "sources:\n  - url: https://a.example/",
    "windows": (HEAD + "sources:\n  - url: https://a.example/\ntags: []\n").replace("\n", "\r\n"),
    "windows without an end": (HEAD + "sources:\n  - url: https://a.example/").replace(
        "\n", "\r\n"
    ),
    "a mark": "\ufeff" + HEAD + "sources:\n  - url: https://a.example/\n",
    "no list": HEAD,
    "no list and a tail": HEAD + "tags: []\n\n# конец\n\n\n",
    "no list and no line end": HEAD + "tags: []",
    "all further right": "  " + HEAD.replace("\nsec", "\n  sec") + "  tags: []\n",
}


@pytest.mark.parametrize("place", PLACES)
def test_every_byte_stays_and_the_items_come_last(place: str, tmp_path: Path) -> None:
    text = PLACES[place]
    path = written(tmp_path, text)
    before = load(path, {})
    after = add_sources(path, [LAKE, WIND], {})
    assert after.sources[: len(before.sources)] == before.sources
    assert [(it.slug, it.title, it.url) for it in after.sources[-2:]] == [
        (it["slug"], it["title"], it["url"]) for it in (LAKE, WIND)
    ]
    assert load(path, {}) == after
    new = path.read_bytes().decode()
    plain, told = text.replace("\r\n", "\n"), new.replace("\r\n", "\n")
    assert [line.strip() for line in added_lines(plain, told) if line.strip("\r \n")][-6:] == [
        "- slug: lake",
        "title: Озеро",
        "url: https://lake.example/rss",
        "- slug: wind",
        'title: "Ветер: новости"',
        "url: https://wind.example/rss?a[]=1#x",
    ]
    assert "\r" not in told
    assert ("\r\n" in text) == ("\r\n" in new)


def test_items_look_like_those_before_them() -> None:
    text = (
        HEAD
        + "sources:\n   - url: https://a.example/\n\n   - url: https://b.example/\n\ntags: []\n"
    )
    expected = text.replace(
        "\n\ntags",
        "\n\n   - slug: lake\n     title: Озеро\n     url: https://lake.example/rss\n\ntags",
    )
    assert with_sources(text, [LAKE]) == expected


@pytest.mark.parametrize("empty", ["sources: []", "sources: [ ]  # никого", '"sources":   []'])
def test_an_empty_list_is_opened(empty: str, tmp_path: Path) -> None:
    path = written(tmp_path, f"{HEAD}{empty}\n# теги\ntags: []\n")
    assert [it.slug for it in add_sources(path, [LAKE], {}).sources] == ["lake"]
    text = path.read_text("utf-8")
    assert ("# никого" in text) == ("# никого" in empty)
    assert "[]" not in text.partition("tags")[0]


@pytest.mark.parametrize(
    "brackets",
    [
        "[{slug: a, url: 'https://a.example/'}]",
        "[{slug: a, url: 'https://a.example/'}, ]  # все [и всё]",
        "[\n  {slug: a, url: 'https://a.example/'},   # один\n]",
        "[\n  {slug: a, url: 'https://a.example/'}   # один\n]\n# дальше",
    ],
)
def test_a_list_in_brackets_is_added_to(brackets: str, tmp_path: Path) -> None:
    path = written(tmp_path, f"{HEAD}sources: {brackets}\ntags: []\n")
    try:
        after = add_sources(path, [LAKE, WIND], {})
    except FeedHubError:
        assert "[и всё]" in brackets  # a bracket in a comment: nothing is changed
        assert path.read_text("utf-8") == f"{HEAD}sources: {brackets}\ntags: []\n"
        return
    assert [it.slug for it in after.sources] == ["a", "lake", "wind"]


@pytest.mark.parametrize(
    "text",
    [
        "{site: {title: a}, sections: [{slug: news, title: a}], sources: [{url: 'https://a.example/'}]}",
        "{site: {title: a}, sections: [{slug: news, title: a}]}\n",
        HEAD + "sources: !!seq\n  - url: https://a.example/\n",
    ],
)
def test_a_file_that_cannot_be_added_to_stays_as_it_is(text: str, tmp_path: Path) -> None:
    path = written(tmp_path, text)
    try:
        after = add_sources(path, [LAKE], {})
    except (FeedHubError, ConfigError) as refused:
        assert "config.yaml" in str(refused)
        assert path.read_text("utf-8") == text
    else:
        assert after.sources[-1].slug == "lake"
    assert [it.name for it in tmp_path.iterdir()] == ["config.yaml"]


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ({**LAKE, "slug": "a"}, "already the slug"),
        ({**LAKE, "section": "nowhere"}, 'no section "nowhere"'),
        ({**LAKE, "url": "ftp://a.example/"}, "must begin with http"),
        ({**LAKE, "tagz": ["a"]}, "unknown key"),
    ],
)
def test_a_file_that_would_be_bad_is_not_written(
    item: dict[str, object], words: str, tmp_path: Path
) -> None:
    text = HEAD + "sources:\n  - {slug: a, url: 'https://a.example/'}\n"
    path = written(tmp_path, text)
    with pytest.raises(ConfigError, match=words) as refused:
        add_sources(path, [WIND, item], {})
    assert "nothing was written" in str(refused.value)
    assert path.read_text("utf-8") == text
    assert [it.name for it in tmp_path.iterdir()] == ["config.yaml"]


def test_a_bad_file_is_not_added_to(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + "sauces: []\n")
    with pytest.raises(ConfigError, match="sauces"):
        add_sources(path, [LAKE], {})
    assert path.read_text("utf-8") == HEAD + "sauces: []\n"


def test_mode_and_link_stay(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    real = written(tmp_path / "real", HEAD)
    real.chmod(0o640)
    link = tmp_path / "config.yaml"
    link.symlink_to(real)
    assert len(add_sources(link, [LAKE], {}).sources) == 1
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path / "real") == ["config.yaml"]  # noqa: PTH208


class Edited(Mapping[str, str]):
    """An environment that is asked while the file is checked: somebody edits it just then."""

    def __init__(self, path: Path) -> None:
        self._path, self._asked = path, 0

    def get(self, key: str, default: Any = None) -> Any:
        if key == "FEEDHUB_DATABASE":
            self._asked += 1
            if self._asked == 2:  # while the new file is loaded
                self._path.write_text(HEAD + "# правка\n", encoding="utf-8")
        return default

    def __getitem__(self, key: str) -> str:
        raise KeyError(key)

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return 0


def test_what_somebody_else_wrote_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD)
    with pytest.raises(FeedHubError, match="changed meanwhile"):
        add_sources(path, [LAKE], Edited(path))
    assert path.read_text("utf-8") == HEAD + "# правка\n"
    assert [it.name for it in tmp_path.iterdir()] == ["config.yaml"]


VALUES = st.one_of(
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1),
    st.sampled_from(
        ["true", "no", "null", "~", "12", "1e3", "- a", "a: b", "a #b", "#a", "", " a "]
    )
    | st.sampled_from(
        ["a:", "'", '"', "\\", "@a", "&a", "*a", "!a", "%a", "|", ">", "?", "[a]", "{a}"]
    ),
)
ITEMS = st.fixed_dictionaries(
    {"slug": VALUES, "url": VALUES, "tags": st.lists(VALUES, max_size=3)},
    optional={"page": st.dictionaries(st.sampled_from(["item", "include"]), VALUES, min_size=1)},
)


@given(ITEMS)
@settings(deadline=None)
def test_whatever_a_value_holds_is_read_back(item: dict[str, Any]) -> None:
    text = "\n".join(["sources:", *item_lines(item, 2), ""])
    for read in (parse, parse_with_ruamel):
        assert read(text).root == {"sources": [item]}
