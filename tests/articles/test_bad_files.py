"""Each file of `cases/` cannot be used, and says exactly why; no file harms another."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedhub.articles import read_folder
from feedhub.articles.files import MOST_BYTES, read_article
from feedhub.articles.front import MOST_CHARACTERS
from tests.articles.pictures_made import png

CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.stem for path in CASES.glob("*.article"))


@pytest.mark.parametrize("name", NAMES)
def test_a_bad_file_is_told_with_its_lines(name: str) -> None:
    found = read_article(CASES / f"{name}.article", CASES, zone="Europe/Moscow")
    assert found.parsed is None
    assert found.media == ()
    assert found.error == (CASES / f"{name}.expected.txt").read_text("utf-8").rstrip("\n")


def test_there_are_bad_files() -> None:
    assert len(NAMES) > 40


def _write(folder: Path, name: str, text: str = "---\ntitle: Годная\n---\nТекст.\n") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_a_bad_file_costs_no_other_anything(tmp_path: Path) -> None:
    _write(tmp_path, "a.md")
    _write(tmp_path, "b.md", "")
    _write(tmp_path, "c/d.md")
    files = read_folder(tmp_path, zone="Europe/Moscow")
    assert [(file.path, file.parsed is not None) for file in files] == [
        ("a.md", True),
        ("b.md", False),
        ("c/d.md", True),
    ]


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "gone.md").symlink_to(tmp_path / "nowhere.md")
    (tmp_path / "loop.md").symlink_to(tmp_path / "loop.md")
    files = read_folder(tmp_path, zone="Europe/Moscow")
    assert [file.path for file in files] == ["gone.md", "loop.md"]
    assert all(file.error for file in files)


def test_a_link_to_a_file_outside_is_not_followed(tmp_path: Path) -> None:
    outside = _write(tmp_path, "secret.txt")
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.md").symlink_to(outside)
    (file,) = read_folder(folder, zone="Europe/Moscow")
    assert file.error is not None
    assert "outside the folder" in file.error


def test_a_link_within_the_folder_is_followed(tmp_path: Path) -> None:
    _write(tmp_path, ".data/a.md")
    (tmp_path / "a.md").symlink_to(tmp_path / ".data" / "a.md")
    (file,) = read_folder(tmp_path, zone="Europe/Moscow")
    assert file.parsed is not None


def test_a_picture_behind_a_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    (tmp_path / "outside.png").write_bytes(png())
    folder = tmp_path / "articles"
    path = _write(folder, "a.md", "---\ntitle: Снимок\nimage: {src: photo.png}\n---\n")
    (folder / "photo.png").symlink_to(tmp_path / "outside.png")
    error = read_article(path, folder, zone="Europe/Moscow").error
    assert error is not None
    assert error.startswith("articles/a.md:3: image.src: ")
    assert "outside" in error


def test_what_is_too_large_is_refused(tmp_path: Path) -> None:
    large = _write(tmp_path, "a.md", "---\ntitle: Длинная\n---\n" + "а" * MOST_BYTES)
    head = _write(tmp_path, "b.md", f"---\ntitle: Длинная # {'а' * MOST_CHARACTERS}\n---\n")
    found = [
        read_article(path, tmp_path, zone="Europe/Moscow").error or "" for path in (large, head)
    ]
    assert "larger than 1 MB" in found[0]
    assert "longer than 64 KiB" in found[1]


def test_a_picture_too_large_is_refused(tmp_path: Path) -> None:
    path = _write(tmp_path, "a.md", "---\ntitle: Снимок\n---\n![](big.png)\n")
    with (tmp_path / "big.png").open("wb") as file:
        file.write(png())
        file.truncate(10 * 1024 * 1024 + 1)
    error = read_article(path, tmp_path, zone="Europe/Moscow").error or ""
    assert "a.md:4: the picture big.png is larger than 10 MB" in error


def test_a_name_that_is_no_text_is_told_and_made_printable(tmp_path: Path) -> None:
    raw = bytes(tmp_path) + b"/\xcf\xf0\xe8.md"
    with open(raw, "wb") as file:  # noqa: PTH123  (a name of bytes)
        file.write("---\ntitle: Имя\n---\n".encode())
    (found,) = read_folder(tmp_path, zone="Europe/Moscow")
    assert found.path == "\ufffd\ufffd\ufffd.md"
    assert "rename it" in (found.error or "")
    found.path.encode("utf-8")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "a.md")
    (found,) = read_folder(tmp_path, zone="Europe/Moscow")
    assert "not a file" in (found.error or "")
