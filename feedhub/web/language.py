"""The interface's language: gettext catalogues by Flask-Babel, chosen by `site.language`.

English is the language of the sources: where a compiled catalogue is missing, pages are English.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask
from flask_babel import Babel, get_locale  # type: ignore[import-untyped]
from flask_babel import gettext as _gettext
from flask_babel import ngettext as _ngettext

from feedhub.web import desk


def install_languages(app: Flask, translations: Path) -> None:
    """Bind catalogues to the application; no header and no cookie has a say."""
    Babel(
        app,
        default_translation_directories=str(translations),
        locale_selector=lambda: desk.settings().site.language,
        timezone_selector=lambda: desk.settings().site.timezone,
    )


def gettext(text: str, **values: Any) -> str:
    """Return a sentence in the interface's language, with `%(name)s` filled in."""
    return str(_gettext(text, **values))


def ngettext(one: str, many: str, num: int) -> str:
    """Return the form that fits a count; the count is `%(num)s` (so: 1 минута, 2 минуты)."""
    return str(_ngettext(one, many, num))


def locale_name() -> str:
    """Return the interface's language, `ru` or `en`."""
    return str(get_locale() or "en")
