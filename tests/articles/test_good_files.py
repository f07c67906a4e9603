"""What an article's file says, and what becomes of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedhub.articles import ArticleFile
from feedhub.articles.files import read_article
from feedhub.model import Event, Image, ParsedEntry, SeeAlso
from tests.articles.pictures_made import png

FULL = """---
title: "Заголовок: с двоеточием"
section: events
tags: [белоруссия, 2026, белоруссия]
published: 2026-11-18 14:05
updated: 2026-11-19T10:00:00+11:00
authors: [Редакция]
lead: Короткий абзац.
image: {src: photo.png, alt: Вид, caption: Река, credit: Министерство связи}
see_also:
  - {title: Похожая новость, url: "https://agency.example/1"}
  - /entries/12-slug
event: {start: 2026-12-01 10:00, end: 2026-12-01 18:00, place: Минск, url: "https://agency.example/e"}
slug: my-article
draft: false
---
Первый абзац со [ссылкой](https://agency.example/).

См. также: [заголовок](https://agency.example/2)
"""


def _read(folder: Path, text: str, *, zone: str = "Europe/Moscow") -> ArticleFile:
    path = folder / "a.md"
    path.write_text(text, "utf-8")
    return read_article(path, folder, zone=zone)


def _parsed(folder: Path, text: str, *, zone: str = "Europe/Moscow") -> ParsedEntry:
    found = _read(folder, text, zone=zone)
    assert found.error is None
    assert found.parsed is not None
    return found.parsed


def _with(key: str) -> str:
    return f"---\ntitle: Заголовок\n{key}\n---\nТекст.\n"


def test_every_key_arrives(tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(png(40, 30))
    found = _read(tmp_path, FULL)
    (media,) = found.media
    assert (media.type, media.width, media.height) == ("image/png", 40, 30)
    assert media.body == png(40, 30)
    assert found.parsed == ParsedEntry(
        title="Заголовок: с двоеточием",
        content='<p>Первый абзац со <a href="https://agency.example/">ссылкой</a>.</p>\n'
        '<p>См. также: <a href="https://agency.example/2">заголовок</a></p>\n',
        published="2026-11-18 14:05",
        published_at=datetime(2026, 11, 18, 11, 5, tzinfo=UTC),
        updated="2026-11-19T10:00:00+11:00",
        updated_at=datetime(2026, 11, 18, 23, 0, tzinfo=UTC),
        authors=("Редакция",),
        images=(
            Image(
                url=f"/media/{media.hash}.png",
                type="image/png",
                width=40,
                height=30,
                length=len(media.body),
                alt="Вид",
                caption="Река",
                credit="Министерство связи",
            ),
        ),
        section="events",
        tags=("белоруссия", "2026"),
        lead="Короткий абзац.",
        see_also=(
            SeeAlso(title="Похожая новость", url="https://agency.example/1"),
            SeeAlso(title="/entries/12-slug", url="/entries/12-slug"),
        ),
        event=Event(
            start=datetime(2026, 12, 1, 7, tzinfo=UTC),
            end=datetime(2026, 12, 1, 15, tzinfo=UTC),
            place="Минск",
            url="https://agency.example/e",
        ),
        slug="my-article",
    )


def test_a_title_is_enough(tmp_path: Path) -> None:
    assert _parsed(tmp_path, "---\ntitle: Один\n---\n") == ParsedEntry(title="Один")


def test_null_is_the_same_as_not_given(tmp_path: Path) -> None:
    keys = [
        "section",
        "tags",
        "published",
        "updated",
        "authors",
        "lead",
        "image",
        "see_also",
        "event",
        "slug",
        "draft",
    ]
    text = "---\ntitle: Один\n" + "".join(f"{key}: null\n" for key in keys) + "---\n"
    assert _parsed(tmp_path, text) == ParsedEntry(title="Один")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-11-18 14:05", datetime(2026, 11, 18, 3, 5, tzinfo=UTC)),
        ("2026-11-18", datetime(2026, 11, 17, 13, 0, tzinfo=UTC)),
        ("2026-11-18T14:05:09", datetime(2026, 11, 18, 3, 5, 9, tzinfo=UTC)),
        ("2026-11-18T14:05:09.75+03:00", datetime(2026, 11, 18, 11, 5, 9, tzinfo=UTC)),
        ("2026-11-18 14:05 +0300", datetime(2026, 11, 18, 11, 5, tzinfo=UTC)),
        ("2026-11-18T14:05Z", datetime(2026, 11, 18, 14, 5, tzinfo=UTC)),
        ("2026-11-18 14:05 -03:30", datetime(2026, 11, 18, 17, 35, tzinfo=UTC)),
        ('"2026-1-8 9:05"', datetime(2026, 1, 7, 22, 5, tzinfo=UTC)),
    ],
)
def test_a_time_without_a_zone_is_the_sites(
    tmp_path: Path, written: str, expected: datetime
) -> None:
    parsed = _parsed(tmp_path, _with(f"published: {written}"), zone="Asia/Sakhalin")
    assert parsed.published_at == expected
    assert parsed.published == written.strip('"')


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("связь", ("связь",)),
        ("связь, почта,", ("связь", "почта")),
        ("[связь, 5, 5.5]", ("связь", "5", "5.5")),
        ("2026", ("2026",)),
        ('["одно, имя"]', ("одно, имя",)),
        ("[]", ()),
    ],
)
def test_tags_are_a_list_or_one_string(
    tmp_path: Path, written: str, expected: tuple[str, ...]
) -> None:
    assert _parsed(tmp_path, _with(f"tags: {written}")).tags == expected


def test_one_author_needs_no_list(tmp_path: Path) -> None:
    assert _parsed(tmp_path, _with("authors: Отдел, редакция")).authors == ("Отдел, редакция",)


def test_a_draft_is_marked(tmp_path: Path) -> None:
    assert _read(tmp_path, _with("draft: true")).is_draft
    assert not _read(tmp_path, _with("draft: false")).is_draft


@pytest.mark.parametrize("newline", ["\r\n", "\r", "\n"])
def test_newlines_and_a_mark_of_byte_order_do_not_matter(tmp_path: Path, newline: str) -> None:
    text = "\ufeff\n---\ntitle: Один\n---\nТекст.\n".replace("\n", newline)
    path = tmp_path / "a.md"
    path.write_bytes(text.encode())
    found = read_article(path, tmp_path, zone="Europe/Moscow")
    assert found.parsed == ParsedEntry(title="Один", content="<p>Текст.</p>\n")


def test_html_is_shown_and_not_obeyed(tmp_path: Path) -> None:
    text = "---\ntitle: Один\n---\n<script>x</script>\n\n<b>a</b> www.agency.example\n"
    content = _parsed(tmp_path, text).content
    assert "<script" not in content
    assert "&lt;b&gt;a&lt;/b&gt; www.agency.example" in content


def test_tables_and_strikethrough_are_markdown(tmp_path: Path) -> None:
    content = _parsed(tmp_path, "---\ntitle: Один\n---\n|а|б|\n|-|-|\n|1|~~2~~|\n").content
    assert "<td>1</td>" in content
    assert "<s>2</s>" in content


def test_pictures_in_the_text_become_ours(tmp_path: Path) -> None:
    (tmp_path / "снимок 1.png").write_bytes(png(8, 6))
    text = "---\ntitle: Один\n---\nТекст ![вид](<снимок 1.png>) и ![вид][же].\n\n[же]: <снимок 1.png>\n"
    found = _read(tmp_path, text)
    (media,) = found.media
    assert found.parsed is not None
    picture = f'<img src="/media/{media.hash}.png" alt="вид" width="8" height="6" />'
    assert found.parsed.content.count(picture) == 2


@pytest.mark.parametrize("src", ["https://agency.example/a.png", "/media/abc.png"])
def test_pictures_with_an_address_stay_as_they_are(tmp_path: Path, src: str) -> None:
    found = _read(tmp_path, f"---\ntitle: Один\n---\n![вид]({src})\n")
    assert found.media == ()
    assert found.parsed is not None
    assert f'<img src="{src}" alt="вид" />' in found.parsed.content


def test_a_picture_may_live_elsewhere(tmp_path: Path) -> None:
    text = _with('image: {src: "https://agency.example/a.jpg", credit: Агентство}')
    assert _parsed(tmp_path, text).images == (
        Image(url="https://agency.example/a.jpg", credit="Агентство"),
    )


def test_a_picture_of_another_folder_inside_is_found(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "2026").mkdir()
    (tmp_path / "pictures" / "a.png").write_bytes(png())
    path = tmp_path / "2026" / "a.md"
    path.write_text(_with("image: {src: ../pictures/a.png}"), "utf-8")
    assert read_article(path, tmp_path, zone="Europe/Moscow").error is None


def test_the_hash_follows_text_pictures_and_zone(tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(png(4, 3))
    text = _with("image: {src: photo.png}")
    first = _read(tmp_path, text).file_hash
    assert _read(tmp_path, text).file_hash == first
    assert _read(tmp_path, text, zone="Asia/Sakhalin").file_hash != first
    assert _read(tmp_path, text + "Ещё.").file_hash != first
    (tmp_path / "photo.png").write_bytes(png(5, 3))
    assert _read(tmp_path, text).file_hash != first
