"""Which files count, and how a change is seen."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from feedhub.articles import read_folder, signature
from feedhub.errors import ArticleError
from tests.articles.pictures_made import png

TEXT = "---\ntitle: Один\n---\nТекст.\n"


def _write(path: Path, text: str = TEXT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_articles_are_found_in_the_order_of_their_paths(tmp_path: Path) -> None:
    for name in ("б.md", "a.md", "2026/11/x.md", "C.MD"):
        _write(tmp_path / name)
    found = [file.path for file in read_folder(tmp_path, zone="Europe/Moscow")]
    assert found == ["2026/11/x.md", "C.MD", "a.md", "б.md"]


@pytest.mark.parametrize(
    "name",
    [".hidden.md", ".git/a.md", ".#a.md", "~$a.md", "#a.md#", "a.md~", "a.md.tmp", "a.txt", "a"],
)
def test_hidden_and_temporary_files_do_not_count(tmp_path: Path, name: str) -> None:
    _write(tmp_path / name)
    assert read_folder(tmp_path, zone="Europe/Moscow") == ()


def test_a_folder_that_is_a_link_within_is_not_walked_into(tmp_path: Path) -> None:
    _write(tmp_path / "a.md")
    (tmp_path / "again").symlink_to(tmp_path)
    assert [file.path for file in read_folder(tmp_path, zone="Europe/Moscow")] == ["a.md"]


def test_no_folder_has_no_signature(tmp_path: Path) -> None:
    assert signature(tmp_path / "nowhere") is None
    assert signature(_write(tmp_path / "file")) is None


def test_a_folder_that_vanished_is_an_error_and_not_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(ArticleError, match="cannot be read"):
        read_folder(tmp_path / "nowhere", zone="Europe/Moscow")


def test_nothing_changed_means_the_same_signature(tmp_path: Path) -> None:
    _write(tmp_path / "a.md")
    assert signature(tmp_path) == signature(tmp_path)
    assert signature(tmp_path) is not None


def _edit(folder: Path) -> None:
    _write(folder / "a.md", TEXT + "Ещё.")


def _add(folder: Path) -> None:
    _write(folder / "sub" / "b.md")


def _delete(folder: Path) -> None:
    (folder / "a.md").unlink()


def _rename(folder: Path) -> None:
    (folder / "a.md").rename(folder / "b.md")


def _replace_keeping_size_and_time(folder: Path) -> None:
    old = (folder / "a.md").stat()
    new = _write(folder / "new.tmp", TEXT.replace("Один", "Дваа"))
    os.utime(new, ns=(old.st_atime_ns, old.st_mtime_ns))
    new.replace(folder / "a.md")


def _change_picture(folder: Path) -> None:
    (folder / "photo.png").write_bytes(png(50, 40))


def _change_behind_a_link(folder: Path) -> None:
    _write(folder / ".data" / "c.md", TEXT + "Ещё строка.")


@pytest.mark.parametrize(
    "change",
    [
        _edit,
        _add,
        _delete,
        _rename,
        _replace_keeping_size_and_time,
        _change_picture,
        _change_behind_a_link,
    ],
)
def test_every_change_is_seen(tmp_path: Path, change: object) -> None:
    _write(tmp_path / "a.md")
    _write(tmp_path / ".data" / "c.md")
    (tmp_path / "c.md").symlink_to(tmp_path / ".data" / "c.md")
    (tmp_path / "photo.png").write_bytes(png())
    before = signature(tmp_path)
    assert callable(change)
    change(tmp_path)
    assert signature(tmp_path) != before


def test_a_backup_of_an_editor_changes_nothing(tmp_path: Path) -> None:
    _write(tmp_path / "a.md")
    before = signature(tmp_path)
    _write(tmp_path / ".a.md.swp")
    _write(tmp_path / "a.md~")
    assert signature(tmp_path) == before


def test_pictures_that_are_kept_already_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(png())
    _write(tmp_path / "a.md", "---\ntitle: Один\nimage: {src: photo.png}\n---\n")
    (first,) = read_folder(tmp_path, zone="Europe/Moscow")
    (again,) = read_folder(tmp_path, zone="Europe/Moscow", known={first.file_hash})
    assert len(first.media) == 1
    assert again.media == ()
    assert again.parsed == first.parsed
