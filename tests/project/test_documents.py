"""The documents say everything there is to say, and nothing that is not so."""

from __future__ import annotations

import ast
import re
import types
import typing
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import pytest
from flask import Flask

from feedhub import errors
from feedhub.articles import read_folder
from feedhub.cli.commands import feedhub
from feedhub.config import load, parts, schema
from feedhub.web import create_app

LISTS = {"sections": schema.SectionItem, "sources": schema.SourceItem, "tags": schema.TagItem}
ALONE = ("database", "articles", "alerts")
FROM_PARENT_TO_CHILD = {"FEEDHUB_LOCK_FD", "FEEDHUB_SERVICE_PID"}


# -- settings --------------------------------------------------------------------------------


def test_every_setting_is_described(manual: dict[str, str]) -> None:
    missing = [key for key in settings_of_schema() if f"`{key}`" not in manual[CONFIGURATION]]
    assert missing == []


def test_no_setting_is_described_that_does_not_exist(manual: dict[str, str]) -> None:
    known = set(settings_of_schema())
    told = re.findall(r"^\| `([a-z_]+(?:\[\])?\.[a-z_.]+)` \|", manual[CONFIGURATION], re.MULTILINE)
    assert [key for key in told if key not in known] == []
    assert len(told) > 30


def test_every_variable_of_the_environment_is_described(manual: dict[str, str], root: Path) -> None:
    text = "\n".join(path.read_text("utf-8") for path in (root / "feedhub").rglob("*.py"))
    read = set(re.findall(r"\bFEEDHUB_[A-Z_]+", text)) - FROM_PARENT_TO_CHILD
    chapter = manual[CONFIGURATION].partition("## Environment")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(FEEDHUB_[A-Z_]+)`", chapter, re.MULTILINE)) == read


def test_every_key_of_an_article_is_described(manual: dict[str, str], root: Path) -> None:
    chapter = manual[CONFIGURATION].partition("## A local article")[2]
    known = front_matter_keys(root)
    assert len(known) > 8
    assert [key for key in known if f"| `{key}` |" not in chapter] == []


# -- commands --------------------------------------------------------------------------------


def test_every_command_is_described_with_every_option(manual: dict[str, str]) -> None:
    text = manual["docs/commands.md"]
    missing = [name for name in command_names() if f"## {name}\n" not in text]
    assert missing == []
    undescribed = [
        f"{name} {option}"
        for name, command in commands()
        for option in long_options(command)
        if option not in chapter_of(text, name)
    ]
    assert undescribed == []


def test_no_command_is_described_that_does_not_exist(manual: dict[str, str]) -> None:
    assert re.findall(r"^## (.+)$", manual["docs/commands.md"], re.MULTILINE) == command_names()


def test_commands_written_in_documents_exist(manual: dict[str, str]) -> None:
    told = {
        (path, name)
        for path, text in manual.items()
        for name in re.findall(r"`(?:\.venv/bin/)?feedhub ([a-z]+)\b", text)
    }
    assert [place for place in sorted(told) if place[1] not in command_names()] == []
    assert len(told) > 5


def test_commands_written_in_deploy_exist(root: Path) -> None:
    for unit in sorted((root / "deploy").glob("*.service")):
        started = re.findall(r"^ExecStart=\S+/feedhub (\w+)(.*)$", unit.read_text(), re.MULTILINE)
        assert started, unit.name
        for name, rest in started:
            command = dict(commands())[name]
            assert set(re.findall(r"--[a-z-]+", rest)) <= set(long_options(command)), unit.name


def test_make_targets_written_in_documents_exist(manual: dict[str, str], root: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (root / "Makefile").read_text(), re.MULTILINE))
    told = set(re.findall(r"`?\bmake ([a-z]+)`", " ".join(manual.values())))
    told |= set(re.findall(r"^make ([a-z]+)", "\n".join(manual.values()), re.MULTILINE))
    assert {"demo", "test", "check", "run"} <= told <= targets


# -- addresses and errors --------------------------------------------------------------------


def test_every_address_is_described(manual: dict[str, str], app: Flask) -> None:
    text = manual["docs/addresses.md"]
    missing = [rule.rule for rule in app.url_map.iter_rules() if described(rule.rule) not in text]
    assert missing == []


def test_every_field_of_a_feed_is_described(manual: dict[str, str]) -> None:
    from feedhub.web.addresses import BODIES, FEED_FIELDS, SEARCH_FIELDS

    text = manual["docs/addresses.md"]
    assert [name for name in FEED_FIELDS if f"`{name}=" not in text] == []
    assert [name for name in BODIES if f"`body={name}`" not in text] == []
    assert [name for name in SEARCH_FIELDS[1:] if f"`{name}`" not in text] == []


def test_every_error_is_described(manual: dict[str, str]) -> None:
    missing = [
        name
        for name, value in vars(errors).items()
        if isinstance(value, type)
        and issubclass(value, errors.FeedHubError)
        and f"`{name}`" not in manual["docs/operations.md"]
    ]
    assert missing == []


# -- examples --------------------------------------------------------------------------------


def test_every_example_of_a_configuration_is_a_good_one(
    examples: Sequence[Any], tmp_path: Path
) -> None:
    written = [example for example in examples if example.language == "yaml"]
    assert {example.place.partition(":")[0] for example in written} >= {"README.md", CONFIGURATION}
    for example in written:
        (tmp_path / "config.yaml").write_text(example.text, "utf-8")
        assert load(tmp_path / "config.yaml", {}).sections, example.place


def test_the_configuration_in_the_checkout_is_a_good_one(root: Path) -> None:
    assert load(root / "config.yaml", {}).sources


def test_every_example_of_an_article_is_a_good_one(examples: Sequence[Any], tmp_path: Path) -> None:
    written = [example for example in examples if example.language == "markdown"]
    assert len(written) > 1
    for number, example in enumerate(written):
        (tmp_path / f"{number}.md").write_text(example.text, "utf-8")
    read = read_folder(tmp_path, zone="Europe/Moscow")
    assert [file.error for file in read if file.error] == []
    assert len(read) == len(written)


def test_links_between_documents_lead_somewhere(manual: dict[str, str], root: Path) -> None:
    broken = [
        f"{path}: {target}"
        for path, text in manual.items()
        for target in re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", text)
        if not (root / path).parent.joinpath(target).exists()
    ]
    assert broken == []


def test_the_first_page_is_short_and_the_architecture_names_every_module(
    manual: dict[str, str], root: Path
) -> None:
    assert manual["README.md"].count("\n") < 150
    tree = manual["ARCHITECTURE.md"]
    modules = [path for path in (root / "feedhub").iterdir() if is_module(path)]
    named = [f"{path.name}/" if path.is_dir() else path.name for path in modules]
    assert [name for name in named if not re.search(rf"\b{re.escape(name)}", tree)] == []


# -- what the tests above read -----------------------------------------------------------------

CONFIGURATION = "docs/configuration.md"


@pytest.fixture
def app(root: Path) -> Flask:
    return create_app(load(root / "config.yaml", {}), None)


def settings_of_schema() -> Iterator[str]:
    """Yield every key of the configuration, as `sources[].timeout.total`."""
    yield from ALONE
    keys: Sequence[str] = parts._KEYS
    for key in keys:
        if key in ALONE or key == "defaults":  # defaults takes the keys of a source
            continue
        yield from fields_of(parts.Parts.__annotations__.get(key), key)
    for key, model in LISTS.items():
        yield from fields_of(model, f"{key}[]")


def fields_of(annotation: Any, path: str) -> Iterator[str]:
    if isinstance(annotation, str):
        annotation = typing.get_type_hints(parts.Parts)[path]
    model = item_in(annotation)
    if model is None:
        if "." in path:
            yield path
        return
    for name, field in model.model_fields.items():
        yield from fields_of(field.annotation, f"{path}.{name}")


def item_in(annotation: Any) -> type[schema.Item] | None:
    """Return the mapping that a value is, through `| None`."""
    choices = typing.get_args(annotation) if is_union(annotation) else (annotation,)
    for kind in choices:
        if isinstance(kind, type) and issubclass(kind, schema.Item):
            return kind
    return None


def is_union(annotation: Any) -> bool:
    return isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is typing.Union


def front_matter_keys(root: Path) -> list[str]:
    """Return the fields of `Front`, which is what an article's front matter may say."""
    tree = ast.parse((root / "feedhub/articles/keys.py").read_text("utf-8"))
    front = next(it for it in tree.body if isinstance(it, ast.ClassDef) and it.name == "Front")
    fields = [it.target for it in front.body if isinstance(it, ast.AnnAssign)]
    return [field.id for field in fields if isinstance(field, ast.Name)]


def command_names() -> list[str]:
    return feedhub.list_commands(click.Context(feedhub))


def commands() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(feedhub)
    for name in command_names():
        command = feedhub.get_command(context, name)
        assert command is not None
        yield name, command


def long_options(command: click.Command) -> list[str]:
    """Return the options and subcommands of a command."""
    options = [opt for param in command.params for opt in param.opts if opt.startswith("--")]
    return options + (sorted(command.commands) if isinstance(command, click.Group) else [])


def chapter_of(text: str, name: str) -> str:
    """Return what stands under a heading, up to the next."""
    return text.partition(f"\n## {name}\n")[2].partition("\n## ")[0]


def described(rule: str) -> str:
    """Return how the document writes the address of a route: ends of feeds stand in one cell."""
    feed = "feed.<any(rss,atom,json):fmt>"
    written = rule.replace("<key>", "<id>-<slug>").replace("<name>.<ext>", "<hash>.<ext>")
    if not written.endswith(feed):
        return f"`{written}"
    return f"`{written.removesuffix(feed)}feed.rss"


def is_module(path: Path) -> bool:
    if path.name.startswith("_"):
        return False
    return path.suffix == ".py" or (path / "__init__.py").is_file()
