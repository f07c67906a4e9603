"""Which file is which entry, and the pictures of articles."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from feedhub.model import Media
from feedhub.store import Connection, Store, articles
from feedhub.store.articles import StoredArticle
from tests import builders as a


@pytest.fixture
def conn(store: Store) -> Iterator[Connection]:
    with store.write() as conn:
        a.add_sources(conn, a.SOURCE)
        yield conn


def test_files_are_remembered_changed_and_forgotten(conn: Connection) -> None:
    a.write(conn, a.an_insert())
    (number,) = a.numbers(conn, a.SOURCE, "guid:1")
    one = StoredArticle(path="a.md", file_hash="1", entry=number)
    two = StoredArticle(path="б.md", file_hash="2", entry=None, error="б.md:1: no title")
    articles.put(conn, [two, one])
    assert articles.all_articles(conn) == (one, two)
    three = StoredArticle(path="б.md", file_hash="3", entry=number)
    articles.put(conn, [three])
    assert articles.all_articles(conn) == (one, three)
    articles.forget(conn, ["a.md", "unknown.md"])
    assert articles.all_articles(conn) == (three,)


def test_nothing_is_put_and_nothing_forgotten_when_nothing_is_named(conn: Connection) -> None:
    articles.put(conn, [])
    articles.put_media(conn, [])
    articles.forget(conn, [])
    assert articles.all_articles(conn) == ()


def test_hundreds_of_files_are_forgotten_at_once(conn: Connection) -> None:
    files = [StoredArticle(path=f"{n}.md", file_hash="1", entry=None) for n in range(900)]
    articles.put(conn, files)
    articles.forget(conn, [one.path for one in files])
    assert articles.all_articles(conn) == ()


def test_a_picture_is_kept_byte_for_byte_and_only_once(conn: Connection) -> None:
    picture = Media(hash="ab", type="image/png", width=3, height=2, body=bytes(range(256)))
    articles.put_media(conn, [picture])
    articles.put_media(conn, [Media(hash="ab", type="image/gif", width=1, height=1, body=b"")])
    assert articles.get_media(conn, "ab") == picture
    assert articles.get_media(conn, "cd") is None
