"""Local articles while the service runs: new, edited, broken, renamed, deleted, and a page."""

from __future__ import annotations

import json
import re
import struct
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import feedparser
import pytest

from tests.e2e.commands import Service, feedhub, service, wait_for, write_config
from tests.e2e.documents import Note, rss
from tests.e2e.server import Server
from tests.validity import PROBLEMS

PROMPT = 5.0
"""Seconds in which a change shows: two, and some for a slow machine."""

HOUR = timedelta(hours=1)
NOW = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - the service's clock is the real one
TAG = "/tags/ozera/feed.json"

THEIRS = tuple(
    Note(title=f"Сводка {n}", url=f"https://a.example/{n}", published=NOW - n * HOUR)
    for n in (2, 4)
)

LONG = """---
title: Область и республика договорились о цифровых сервисах
section: press-releases
tags: [озёра, цифровые сервисы]
published: 2026-03-18 14:05
authors: [Редакция]
lead: Стороны подписали соглашение на три года.
image: {src: berega.png, alt: Берег озера, caption: Встреча сторон, credit: Министерство озёр}
see_also:
  - {title: Прошлое соглашение, url: "https://ozera.example/2025/1"}
  - {title: Как устроен сервис, url: "https://ozera.example/2025/2"}
  - {title: Список участников, url: "https://ozera.example/2025/3"}
---
"""
PARAGRAPH = (
    "Руководители области и республики встретились вчера на берегу озера и обсудили общий план "
    "работ на ближайшие три года. По словам участников, жители смогут получать справки без "
    "поездок и очередей, а ведомства перестанут пересылать друг другу бумажные письма.\n\n"
)
"""Thirty-six words: five of them and some make about 190."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("articles")


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[Service]:
    (folder / "articles").mkdir()
    with Server() as agency:
        agency.put("/rss", rss(THEIRS), content_type="text/xml")
        config = write_config(
            folder,
            private=[agency.place],
            sources=f"{{slug: agency, url: '{agency.url('/rss')}', tags: [озёра]}}",
            site="base_url: https://portal.example",
        )
        with service(config) as started:
            wait_for("the agency", lambda: len(started.titles(TAG)) == 2)
            yield started


def write(running: Service, name: str, title: str, *more: str, body: str = "Текст.") -> Path:
    """Write an article of the tag «озёра», an hour old, by putting a whole file in place."""
    folder = running.log_path.parent / "articles"
    head = [f"title: {title}", "tags: [озёра]"]
    if not any(line.startswith("published:") for line in more):
        head.append(f"published: {(NOW - HOUR).isoformat()}")
    fresh = folder / f".{name}.new"
    fresh.write_text("\n".join(["---", *head, *more, "---", body, ""]), encoding="utf-8")
    return fresh.replace(folder / name)


def item(running: Service, title: str, path: str = TAG) -> dict[str, Any] | None:
    return next((one for one in running.items(path) if one["title"] == title), None)


def shown(running: Service, title: str, path: str = TAG) -> dict[str, Any]:
    found = wait_for(f"«{title}»", lambda: item(running, title, path), seconds=PROMPT)
    assert found is not None
    return found


def page_of(running: Service, entry: dict[str, Any]) -> str:
    return str(entry["url"]).removeprefix("https://portal.example")


def test_a_new_file_appears_in_its_tags_feeds_mixed_by_time(running: Service) -> None:
    write(running, "new.md", "Наша заметка", f"published: {(NOW - 3 * HOUR).isoformat()}")
    shown(running, "Наша заметка")
    titles = [t for t in running.titles(TAG) if t in ("Сводка 2", "Наша заметка", "Сводка 4")]
    assert titles == ["Сводка 2", "Наша заметка", "Сводка 4"]
    assert (running.log_path.parent / "articles" / "new.md").is_file()


def test_an_edit_moves_updated_and_neither_published_nor_the_id(running: Service) -> None:
    write(running, "edit.md", "До правки")
    before = shown(running, "До правки")
    assert before.get("date_modified", before["date_published"]) == before["date_published"]
    write(running, "edit.md", "После правки")
    after = shown(running, "После правки")
    assert after["id"] == before["id"]
    assert after["date_published"] == before["date_published"]
    assert after["date_modified"] > before["date_published"]
    assert item(running, "До правки") is None
    assert page_of(running, after) == page_of(running, before)


def test_a_file_with_an_error_keeps_its_last_good_version_and_is_named(running: Service) -> None:
    write(running, "broken.md", "Хорошая версия")
    good = shown(running, "Хорошая версия")
    write(running, "broken.md", "Плохая версия", "tgas: [x]")
    told = wait_for(
        "the error in the log",
        lambda: [e for e in running.events() if "broken.md" in str(e.get("problem"))],
        seconds=PROMPT,
    )
    assert re.search(r"articles/broken\.md:\d+: tgas", told[0]["problem"])
    assert item(running, "Хорошая версия") == good
    assert running.get(page_of(running, good)).status == 200
    checked = feedhub(running.log_path.parent / "config.yaml", "check", "--json")
    assert checked.code == 2
    assert any("articles/broken.md" in problem for problem in checked.json["problems"])
    write(running, "broken.md", "Исправленная версия")
    assert shown(running, "Исправленная версия")["id"] == good["id"]


def test_a_rename_with_the_same_slug_keeps_the_id(running: Service) -> None:
    old = write(running, "old-name.md", "Переезд", "slug: pereezd")
    before = shown(running, "Переезд")
    old.unlink()
    write(running, "new-name.md", "Переезд окончен", "slug: pereezd")
    after = shown(running, "Переезд окончен")
    assert after["id"] == before["id"]
    assert after["url"] == before["url"]
    assert item(running, "Переезд") is None
    assert item(running, "Снято: Переезд") is None


def test_a_deleted_file_is_withdrawn_everywhere(running: Service) -> None:
    file = write(running, "gone.md", "Ошибочная новость")
    entry = shown(running, "Ошибочная новость")
    file.unlink()
    mark = shown(running, "Снято: Ошибочная новость")
    assert mark["id"] == entry["id"]
    assert not mark.get("content_html")
    page = running.get(page_of(running, entry))
    assert page.status == 410
    assert "Ошибочная новость" in page.text.replace("\N{NO-BREAK SPACE}", " ")
    assert "удалена редакцией" in page.text.replace("\N{NO-BREAK SPACE}", " ")
    rss_feed = running.get("/tags/ozera/feed.rss").text
    assert "<title>Снято: Ошибочная новость</title>" in rss_feed
    atom = running.get("/tags/ozera/feed.atom").text
    tombstone = re.search(r"<(?:\w+:)?deleted-entry [^>]*>", atom)
    assert tombstone is not None
    assert f'ref="{entry["id"]}"' in tombstone[0]
    for fmt in ("rss", "atom", "json"):
        body = running.get(f"/tags/ozera/feed.{fmt}").body
        assert PROBLEMS[fmt](body) == [], fmt


def test_a_draft_and_a_coming_article_are_not_shown(running: Service) -> None:
    write(running, "draft.md", "Черновик", "draft: true")
    write(running, "coming.md", "Под запретом", f"published: {(NOW + 5 * HOUR).isoformat()}")
    write(running, "visible.md", "Видимая заметка")
    shown(running, "Видимая заметка")
    for fmt in ("rss", "atom", "json"):
        text = running.get(f"/feed.{fmt}").text
        assert "Видимая заметка" in text
        assert "Черновик" not in text
        assert "Под запретом" not in text
    for path in ("/", "/tags/ozera/", "/search/?q=запрет", "/search/?q=черновик"):
        page = running.get(path).text
        assert "Под запретом" not in page.replace("\N{NO-BREAK SPACE}", " "), path
        assert "/chernovik" not in page, path


def png() -> bytes:
    """Return a black picture of 800 to 400 dots."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        whole = kind + data
        return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))

    head = struct.pack(">IIBBBBB", 800, 400, 1, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + bytes(100)) * 400)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_page_shows_all_that_an_editor_wrote(running: Service) -> None:
    folder = running.log_path.parent / "articles"
    (folder / "berega.png").write_bytes(png())
    body = PARAGRAPH * 5 + "Соглашение вступит в силу осенью этого года после утверждения."
    assert 185 <= len(re.findall(r"\w+", body)) <= 195
    (folder / "soglashenie.md").write_text(LONG + body + "\n", encoding="utf-8")
    title = "Область и республика договорились о цифровых сервисах"
    entry = shown(running, title)
    assert shown(running, title, "/tags/tsifrovye-servisy/feed.json")["id"] == entry["id"]
    assert shown(running, title, "/sections/press-releases/feed.json")["id"] == entry["id"]

    page = running.get(page_of(running, entry)).text.replace("\N{NO-BREAK SPACE}", " ")
    wanted = [
        title,
        "Пресс-релизы",
        "Стороны подписали соглашение на три года.",
        "1 минута",
        "озёра",
        "цифровые сервисы",
        "Министерство озёр",
        "Встреча сторон",
        "Редакция",
        "Соглашение вступит в силу осенью",
    ]
    wanted += [f"https://ozera.example/2025/{n}" for n in (1, 2, 3)]
    wanted += ["Прошлое соглашение", "Как устроен сервис", "Список участников"]
    missing = [words for words in wanted if words not in page]
    assert missing == []
    picture = re.search(r"/media/[0-9a-f]+\.png", page)
    assert picture is not None
    assert running.get(picture[0]).body == png()
    check_item(entry)
    for fmt in ("rss", "atom"):
        found = feedparser.parse(BytesIO(running.get(f"/tags/ozera/feed.{fmt}").body))  # noqa: TID251
        one = next(e for e in found.entries if e.title == title)
        assert one.id == entry["id"]
        terms = {"rss": {"озёра", "цифровые сервисы"}, "atom": {"ozera", "tsifrovye-servisy"}}
        assert {tag.term for tag in one.tags} >= terms[fmt], fmt


def check_item(entry: dict[str, Any]) -> None:
    """Look at what the JSON Feed says of the long article."""
    assert set(entry["tags"]) >= {"озёра", "цифровые сервисы"}
    assert entry["date_published"].startswith("2026-03-18T11:05")
    ours = entry["_feedhub"]
    assert ours["reading_minutes"] == 1
    assert [one["title"] for one in ours["see_also"]] == [
        "Прошлое соглашение",
        "Как устроен сервис",
        "Список участников",
    ]
    assert ours["image_credit"] == "Министерство озёр"
    assert "Соглашение вступит в силу" in json.dumps(entry, ensure_ascii=False)
