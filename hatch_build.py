"""The build hook: compiles the translations, and puts the templates into the wheel.

An editable install finds the templates beside the package; copying them there would serve stale
ones, so only standard builds include them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

TRANSLATIONS = Path("feedhub", "web", "translations")


class FeedHubBuildHook(BuildHookInterface[Any]):
    """Hatchling's door into the build."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile every catalogue, and in a standard wheel add the templates."""
        root = Path(self.root)
        for source in sorted((root / TRANSLATIONS).glob("*/LC_MESSAGES/*.po")):
            compile_catalogue(source)
        if self.target_name == "wheel" and version == "standard" and (root / "templates").is_dir():
            build_data["force_include"][str(root / "templates")] = "feedhub/templates"


def compile_catalogue(source: Path) -> Path:
    """Write the .mo beside a .po and return its path."""
    locale = source.parent.parent.name
    with source.open("rb") as file:
        catalogue = read_po(file, locale=locale)
    target = source.with_suffix(".mo")
    with target.open("wb") as file:
        write_mo(file, catalogue)
    return target
