"""Say what pydantic found wrong in words for an admin, with a suggestion for a mistyped key or value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from feedhub.config.tree import Fault, Path

# What admins write who come from another program.
_OTHER_WORDS = {
    "interval": "every",
    "period": "every",
    "link": "url",
    "feed": "url",
    "address": "url",
    "name": "title",
    "label": "name",
    "keywords": "match",
    "synonyms": "aliases",
    "tz": "timezone",
    "charset": "encoding",
    "filter": "include",
    "db": "database",
    "color": "accent",
    "disabled": "paused",
    "suffix": "strip",
    "suffixes": "strip",
    "regex": "pattern",
    "template": "pattern",
    "selector": "item",
    "type": "kind",
    "cookies": "warm_up",
    "priority": "trust",
    "weight": "trust",
}
_WANTED = {
    "string_type": "must be text",
    "title_type": "must be text, or a mapping {name, pattern, strip}",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be a mapping",
    "model_type": "must be a mapping",
    "model_attributes_type": "must be a mapping",
}


def faults_of(
    error: ValidationError, path: Path, keys: Mapping[Path, Iterable[str]]
) -> list[Fault]:
    """Return the faults of one failed validation of the value at `path`.

    `keys` holds the known keys of the mapping at each inner path, for suggestions.
    """
    return [
        Fault((*path, *_inner(found["loc"])), _message(found, keys))
        for found in error.errors(include_url=False)
    ]


def _inner(loc: Path) -> Path:
    return tuple(part for part in loc if part != "[key]")


def _message(found: Any, keys: Mapping[Path, Iterable[str]]) -> str:
    kind, value, context = found["type"], found["input"], found.get("ctx", {})
    if kind == "extra_forbidden":
        *place, key = found["loc"]
        return "unknown key" + did_you_mean(str(key), keys.get(tuple(place), ()))
    if kind == "missing":
        return "required key is missing"
    if kind in _WANTED:
        return wanted(kind, value)
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        return _not_among(value, str(context["expected"]))
    return _bound(kind, context) or str(found["msg"])


def wanted(kind: str, value: object) -> str:
    """Return what a key takes and what it got; `kind` is pydantic's name of the error."""
    return f"{_WANTED[kind]}, not {_called(value)}{_remedy(kind, value)}"


def _remedy(kind: str, value: object) -> str:
    if kind in ("string_type", "title_type") and isinstance(value, bool | int | float):
        return "; put it in quotes"
    if kind == "list_type" and value is None:
        return "; write [] for none"
    if kind == "bool_type" and str(value).lower() in ("yes", "no", "on", "off"):
        return "; in YAML 1.2 yes, no, on and off are words"
    return ""


def _not_among(value: object, expected: str) -> str:
    words = [word.strip("'") for word in expected.replace(" or ", ", ").split(", ")]
    allowed = f"must be one of {', '.join(words)}" if len(words) > 1 else f"must be {words[0]}"
    return allowed + (did_you_mean(value, words) if isinstance(value, str) else "")


def _bound(kind: str, context: Mapping[str, object]) -> str | None:
    signs = {
        "greater_than_equal": ("ge", "at least"),
        "greater_than": ("gt", "more than"),
        "less_than_equal": ("le", "at most"),
    }
    if kind not in signs:
        return None
    name, words = signs[kind]
    return f"must be {words} {context[name]:g}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean "every"?` for a near miss, else nothing."""
    candidates = list(known)
    near = get_close_matches(word.lower(), candidates, 1, 0.6)
    meant = near[0] if near else _OTHER_WORDS.get(word.lower())
    return f'; did you mean "{meant}"?' if meant in candidates else ""


def _called(value: object) -> str:
    """Name the kind of a value; not the value itself, which may be a secret."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number" if isinstance(value, int) else "a fraction"
    if isinstance(value, str):
        return "text"
    return "a list" if isinstance(value, list) else "a mapping"
