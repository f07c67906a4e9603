"""The two readers of YAML agree, and no bytes get past `load` but as ConfigError."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedhub.config import load, plain, reader
from feedhub.config.tree import Document, Series, Table, Unreadable, scalar
from feedhub.errors import ConfigError

HERE = Path(__file__).parent
FILES = sorted([*HERE.glob("*/*.yaml"), HERE.parents[1] / "config.yaml"])
# What means something in YAML, and what stands in configurations.
_PIECES = r"""
    a: key: слово: - [ ] { } , : # ' " '' | > & * ! ? % @ ` ~ -- --- ... \ \n \" "x" 'y' [a] {b: c}
    a,b 5 05 -1 +1 1.5 .5 1. 1e3 0x1 1_0 null true no 12:30 https://a.example/?b=1&c <<: *a &a !!x
    C++ №1 (а) « » = / слово с-л
"""
PIECES = st.sampled_from(_PIECES.split())
GAPS = st.sampled_from(["", " ", " ", "  ", "\n", "\n  ", "\n    ", "\n- ", "\n  - ", ": ", ", "])
TEXTS = st.lists(st.tuples(GAPS, PIECES), max_size=12).map(
    lambda pairs: "".join(gap + piece for gap, piece in pairs)
)
LEAVES = st.none() | st.booleans() | st.integers(0, 999) | st.sampled_from(["а б", "x", "", "'"])
KEYS = st.sampled_from(["a", "b", "ключ", "два слова", "x-y"])
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3)
)
QUICK = settings(max_examples=150, deadline=None, database=None)


def lines(value: object) -> object:
    """Return a tree with the lines of its keys and items, for comparing."""
    if isinstance(value, Table):
        return [(key, value.lines[key], lines(inner)) for key, inner in value.items()]
    if isinstance(value, Series):
        return [(line, lines(inner)) for line, inner in zip(value.lines, value, strict=True)]
    return type(value), value


def slow(text: str) -> Document | None:
    with contextlib.suppress(Unreadable):
        return reader.parse_with_ruamel(text)
    return None


def agrees(text: str) -> None:
    fast = plain.read(text)
    if fast is not None:
        other = slow(text)
        assert other is not None
        assert lines(fast.root) == lines(other.root)
        assert fast.faults == other.faults


@QUICK
@given(TEXTS)
def test_the_fast_reader_reads_as_ruamel_does_or_leaves_it(text: str) -> None:
    agrees(text)
    agrees(f"key: {text}")


def block(value: object, indent: int, is_flow: bool) -> str:
    """Write a tree as an admin would, in block or flow style."""
    pad = " " * indent
    if isinstance(value, dict) and value and not is_flow:
        return "".join(
            f"\n{pad}{key}:{block(inner, indent + 2, False)}" for key, inner in value.items()
        )
    if isinstance(value, list) and value and not is_flow:
        return "".join(f"\n{pad}-{block(inner, indent + 2, is_flow=True)}" for inner in value)
    return f" {flow(value)}  # примечание"


def flow(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return {None: "null", True: "true", False: "false"}.get(value, str(value))  # type: ignore


@QUICK
@given(st.dictionaries(KEYS, TREES, min_size=1, max_size=3))
def test_the_fast_reader_takes_what_an_admin_writes(tree: dict[str, object]) -> None:
    text = block(tree, 0, is_flow=False)
    document = plain.read(text)
    assert document is not None
    assert document.root == tree
    agrees(text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_readers_agree_on_every_file_of_these_tests(path: Path) -> None:
    agrees(path.read_bytes().decode("utf-8", "replace"))


def test_the_sample_is_read_the_fast_way() -> None:
    assert plain.read((HERE.parents[1] / "config.yaml").read_text(encoding="utf-8")) is not None


@settings(QUICK, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=80) | TEXTS.map(str.encode))
def test_any_bytes_are_refused_with_a_place_and_never_a_traceback(
    tmp_path: Path, body: bytes
) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(body)
    with pytest.raises(ConfigError) as refused:
        load(path, {})
    assert all(problem.message for problem in refused.value.problems)


VALUES = LEAVES | TEXTS | st.text(max_size=8) | st.lists(LEAVES, max_size=2)
_PLACES = """
    site.title site.base_url site.language site.timezone site.accent site.logo database articles
    fetch.gap fetch.timeout fetch.max_bytes fetch.allow_private fetch.proxy fetch.ca_bundle
    defaults.every defaults.headers defaults.categories defaults.include defaults.encoding
    defaults.title defaults.timezone defaults.kind sections sources tags tagging.weights feeds.items
    retention.entries alerts
"""
PLACES = st.sampled_from(_PLACES.split())


@settings(QUICK, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(PLACES, VALUES, min_size=1, max_size=4))
def test_any_values_are_taken_or_refused_and_never_a_traceback(
    tmp_path: Path, values: dict[str, object]
) -> None:
    tree: dict[str, dict[str, object] | object] = {"site": {"title": "a"}, "sections": []}
    for place, value in values.items():
        part, _, key = place.partition(".")
        held = tree.get(part)
        tree[part] = {**(held if isinstance(held, dict) else {}), key: value} if key else value
    path = tmp_path / "config.yaml"
    path.write_text(flow(tree), encoding="utf-8", newline="")
    with contextlib.suppress(ConfigError):
        assert load(path, {}).site.title


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("Null", None),
        ("True", True),
        ("false", False),
        ("yes", "yes"),
        ("5", 5),
        ("-010", -10),
        ("+1.5", 1.5),
        (".5", 0.5),
        ("1e3", "1e3"),
        ("1.0e3", 1000.0),
        ("0x1f", "0x1f"),
        ("0o7", "0o7"),
        (".inf", ".inf"),
        ("1_000", "1_000"),
        ("2026-11-22", "2026-11-22"),
        ("9" * 5000, "9" * 5000),
        ("٣", "٣"),
    ],
)
def test_a_scalar_means_what_yaml_1_2_says(text: str, value: object) -> None:
    assert (type(scalar(text)), scalar(text)) == (type(value), value)
