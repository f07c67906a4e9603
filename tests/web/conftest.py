"""The application over the samples, and a browser where there is one."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

HERE = Path(__file__).resolve().parent
TRANSLATIONS = HERE.parent.parent / "feedhub" / "web" / "translations"


def _sample() -> ModuleType:
    """Load the sample module by path: tests are imported without packages."""
    if "feedhub_web_sample" not in sys.modules:
        spec = importlib.util.spec_from_file_location("feedhub_web_sample", HERE / "sample.py")
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules["feedhub_web_sample"] = module
        spec.loader.exec_module(module)
    return sys.modules["feedhub_web_sample"]


@pytest.fixture(scope="session")
def sample() -> ModuleType:
    return _sample()


@pytest.fixture(scope="session", autouse=True)
def compiled() -> Iterator[None]:
    """Compile the catalogues that this checkout has not compiled yet, and leave no trace."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    made = []
    for source in TRANSLATIONS.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.is_file() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        if not target.is_file():
            made.append(target)
        with source.open("rb") as text, target.open("wb") as binary:
            write_mo(binary, read_po(text, locale=source.parent.parent.name))
    yield
    for target in made:
        target.unlink(missing_ok=True)


@pytest.fixture
def build(sample: ModuleType) -> Callable[..., Flask]:
    """Return a maker of applications; keyword arguments change the site."""
    from feedhub.web import create_app

    def make(flow: Any = None, **site: Any) -> Flask:
        return create_app(
            sample.settings(**site),
            None,
            now=lambda: sample.NOW,
            flow=flow or sample.FakeFlow(),
        )

    return make


@pytest.fixture
def client(build: Callable[..., Flask]) -> FlaskClient:
    return build().test_client()
