"""Articles of a folder become entries: written, edited, renamed, broken, deleted."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from feedhub.articles import read_folder
from feedhub.editorial import EditorialReport, publish_articles
from feedhub.errors import NotFound
from feedhub.model import Home, InSection, Settings
from feedhub.publish import entry_page
from feedhub.store import Store, facts
from tests import builders
from tests.builders import DAY, HOUR, NOW
from tests.flows.settled import LAKE, add, feed, items, settled, titles

ZONE = "Europe/Moscow"


class Desk:
    """A folder of articles beside a store."""

    def __init__(self, store: Store, folder: Path, **more: Any) -> None:
        self.store, self.folder = store, folder
        self.settings: Settings
        self.settings, self.in_force = settled(store, LAKE, **more)

    def write(self, name: str, *head: str, body: str = "Текст заметки.") -> None:
        text = "\n".join(["---", *head, "---", body, ""])
        (self.folder / name).write_text(text, encoding="utf-8")

    def read(self, now: datetime = NOW) -> EditorialReport:
        files = read_folder(self.folder, zone=ZONE)
        return publish_articles(self.store, self.settings, self.in_force.rules, files, now=now)

    def items(self, now: datetime = NOW) -> list[dict[str, Any]]:
        return items(self.store, self.settings, Home(), now=now)

    def titles(self, now: datetime = NOW) -> list[str]:
        return titles(self.store, self.settings, Home(), now=now)


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    folder = tmp_path / "articles"
    folder.mkdir()
    return Desk(store, folder)


OLD = f"published: {(NOW - HOUR).isoformat()}"


def test_an_article_is_an_entry_like_any_other(desk: Desk) -> None:
    desk.write("a.md", "title: Озеро и мы", OLD, "tags: [берега]")
    assert desk.read() == EditorialReport(new=1)
    theirs = builders.an_entry("1", title="Озеро у них", published=NOW - 2 * HOUR)
    add(desk.store, desk.in_force, theirs)
    assert titles(desk.store, desk.settings, "ozero") == ["Озеро и мы", "Озеро у них"]
    assert titles(desk.store, desk.settings, "berega") == ["Озеро и мы"]
    assert titles(desk.store, desk.settings, InSection(slug="news")) == [
        "Озеро и мы",
        "Озеро у них",
    ]


def test_reading_the_same_folder_again_changes_nothing(desk: Desk) -> None:
    desk.write("a.md", "title: Заметка")
    desk.read()
    before = feed(desk.store, desk.settings, Home(), "atom")
    assert desk.read(NOW + HOUR) == EditorialReport()
    after = feed(desk.store, desk.settings, Home(), "atom", now=NOW + HOUR)
    assert after.body == before.body


def test_an_edit_is_an_update_of_the_same_entry(desk: Desk) -> None:
    desk.write("a.md", "title: До", OLD)
    desk.read()
    (before,) = desk.items()
    desk.write("a.md", "title: После", OLD)
    assert desk.read(NOW + HOUR) == EditorialReport(updated=1)
    (after,) = desk.items(NOW + HOUR)
    assert (after["id"], after["url"]) == (before["id"], before["url"])
    assert after["date_published"] == before["date_published"]
    assert after["date_modified"] == (NOW + HOUR).isoformat().replace("+00:00", "Z")


def test_an_editor_may_give_an_article_another_time(desk: Desk) -> None:
    desk.write("a.md", "title: Первая", OLD)
    desk.write("b.md", "title: Вторая", f"published: {(NOW - 2 * HOUR).isoformat()}")
    desk.read()
    assert desk.titles() == ["Первая", "Вторая"]
    desk.write("a.md", "title: Первая", f"published: {(NOW - 3 * HOUR).isoformat()}")
    desk.read(NOW + HOUR)
    assert desk.titles(NOW + HOUR) == ["Вторая", "Первая"]


def test_a_file_with_an_error_keeps_its_last_good_version(desk: Desk) -> None:
    desk.write("a.md", "title: Хорошая", OLD)
    desk.read()
    desk.write("a.md", "titel: Плохая")
    report = desk.read(NOW + HOUR)
    assert (report.new, report.updated, report.withdrawn) == (0, 0, 0)
    assert any("a.md:2" in problem for problem in report.problems)
    assert desk.titles(NOW + HOUR) == ["Хорошая"]
    desk.write("a.md", "title: Исправленная", OLD)
    assert desk.read(NOW + 2 * HOUR) == EditorialReport(updated=1)


def test_a_bad_file_beside_a_good_one_costs_nothing_else(desk: Desk) -> None:
    desk.write("a.md", "title: [", OLD)
    desk.write("b.md", "title: Хорошая", OLD)
    (desk.folder / "c.md").write_bytes(b"\xff\xfe\x00")
    report = desk.read()
    assert (report.new, len(report.problems)) == (1, 2)
    assert desk.titles() == ["Хорошая"]


@pytest.mark.parametrize("head", [["slug: pereezd"], []])
def test_a_rename_keeps_the_entry(desk: Desk, head: list[str]) -> None:
    desk.write("a.md", "title: Переезд", OLD, *head)
    desk.read()
    (before,) = desk.items()
    (desk.folder / "a.md").rename(desk.folder / "b.md")
    assert desk.read(NOW + HOUR).withdrawn == 0
    assert desk.items(NOW + HOUR) == [before]
    desk.write("b.md", "title: Переезд", OLD, *head, body="Иначе.")
    assert desk.read(NOW + 2 * HOUR) == EditorialReport(updated=1)
    (after,) = desk.items(NOW + 2 * HOUR)
    assert after["id"] == before["id"]


def test_a_rename_with_another_text_and_the_same_slug_keeps_the_entry(desk: Desk) -> None:
    desk.write("a.md", "title: Переезд", "slug: pereezd", OLD)
    desk.read()
    (before,) = desk.items()
    (desk.folder / "a.md").unlink()
    desk.write("b.md", "title: Переезд окончен", "slug: pereezd", OLD)
    assert desk.read(NOW + HOUR) == EditorialReport(updated=1)
    (after,) = desk.items(NOW + HOUR)
    assert (after["id"], after["url"]) == (before["id"], before["url"])


def test_a_new_file_under_a_name_that_moved_away_is_another_entry(desk: Desk) -> None:
    desk.write("a.md", "title: Первая", "slug: pervaya", OLD)
    desk.read()
    (first,) = desk.items()
    (desk.folder / "a.md").rename(desk.folder / "b.md")
    desk.read(NOW + HOUR)
    desk.write("a.md", "title: Другая", f"published: {(NOW - 2 * HOUR).isoformat()}")
    assert desk.read(NOW + 2 * HOUR) == EditorialReport(new=1)
    moved, other = desk.items(NOW + 2 * HOUR)
    assert moved["id"] == first["id"]
    assert other["id"] != first["id"]


def test_a_deletion_is_a_withdrawal_that_says_why(desk: Desk) -> None:
    desk.write("a.md", "title: Ошибка", OLD)
    desk.read()
    (before,) = desk.items()
    (desk.folder / "a.md").unlink()
    assert desk.read(NOW + HOUR) == EditorialReport(withdrawn=1)
    (mark,) = desk.items(NOW + HOUR)
    assert (mark["id"], mark["title"]) == (before["id"], "Снято: Ошибка")
    number = int(before["url"].rpartition("/")[2].partition("-")[0])
    entry = entry_page(desk.store, desk.settings, number, now=NOW + HOUR).entry
    assert entry.withdrawn is not None
    assert (entry.withdrawn.at, entry.withdrawn.reason) == (
        NOW + HOUR,
        "Статья удалена редакцией.",
    )
    assert desk.titles(NOW + 40 * DAY) == []
    with desk.store.read() as conn:
        assert facts.count(conn, "home") == 0


def test_a_withdrawn_file_that_comes_back_is_the_same_entry(desk: Desk) -> None:
    desk.write("a.md", "title: Ошибка", OLD)
    desk.read()
    (before,) = desk.items()
    (desk.folder / "a.md").unlink()
    desk.read(NOW + HOUR)
    desk.write("a.md", "title: Не ошибка", OLD)
    desk.read(NOW + 2 * HOUR)
    (after,) = desk.items(NOW + 2 * HOUR)
    assert after["title"] == "Не ошибка"
    assert after["id"] == before["id"]


def test_a_published_article_made_a_draft_is_taken_back_and_may_return(desk: Desk) -> None:
    desk.write("a.md", "title: Рано", OLD)
    desk.read()
    (before,) = desk.items()
    desk.write("a.md", "title: Рано", OLD, "draft: true")
    assert desk.read(NOW + HOUR) == EditorialReport(withdrawn=1)
    assert desk.read(NOW + HOUR) == EditorialReport()
    desk.write("a.md", "title: Вовремя", OLD)
    desk.read(NOW + 2 * HOUR)
    (after,) = desk.items(NOW + 2 * HOUR)
    assert (after["id"], after["title"]) == (before["id"], "Вовремя")


def test_a_draft_is_nowhere_and_a_coming_article_waits(desk: Desk) -> None:
    desk.write("draft.md", "title: Черновик", "draft: true")
    desk.write("coming.md", "title: Завтра", f"published: {(NOW + 20 * HOUR).isoformat()}")
    report = desk.read()
    assert report.new == 1
    assert desk.titles() == []
    assert desk.titles(NOW + 20 * HOUR) == ["Завтра"]
    with pytest.raises(NotFound):
        entry_page(desk.store, desk.settings, 1, now=NOW)


def test_a_coming_article_may_be_embargoed_for_longer_than_a_source_may(desk: Desk) -> None:
    desk.write("coming.md", "title: Через месяц", f"published: {(NOW + 30 * DAY).isoformat()}")
    desk.read()
    assert desk.titles(NOW + 29 * DAY) == []
    assert desk.titles(NOW + 30 * DAY) == ["Через месяц"]
