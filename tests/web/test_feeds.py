"""Feeds over HTTP: validators, 304, headers, fields of the query."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest
from flask import Flask
from flask.testing import FlaskClient

FEEDS = ("/", "/sections/news/", "/tags/svyaz/", "/sources/minsvyaz/")
KEPT = (
    "ETag",
    "Last-Modified",
    "Cache-Control",
    "Vary",
    "Link",
    "Access-Control-Allow-Origin",
    "Date",
)


@pytest.mark.parametrize("path", FEEDS)
@pytest.mark.parametrize(
    ("fmt", "media_type"),
    [
        ("rss", "application/rss+xml; charset=utf-8"),
        ("atom", "application/atom+xml; charset=utf-8"),
        ("json", "application/feed+json"),
    ],
)
def test_every_list_is_a_feed_in_three_formats(
    client: FlaskClient, path: str, fmt: str, media_type: str
) -> None:
    answer = client.get(f"{path}feed.{fmt}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == media_type
    assert answer.headers["ETag"].startswith('"')
    assert answer.headers["Last-Modified"] == "Sun, 22 Nov 2026 08:30:00 GMT"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Link"] == f'<http://127.0.0.1:8000{path}feed.{fmt}>; rel="self"'
    assert "max-age=60" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers


def test_head_is_get_without_its_body(client: FlaskClient) -> None:
    got, head = client.get("/feed.rss"), client.head("/feed.rss")
    assert head.data == b""
    assert head.headers["Content-Length"] == str(len(got.data))
    for name in KEPT[:-1]:
        assert head.headers[name] == got.headers[name]


SAME = (
    "{}",
    "W/{}",
    '"other", {}',
    "*",
    '"{bare}-gzip"',
    '"{bare};gzip"',
    '"{bare}-br"',
    'W/"{bare}-gzip"',
    "{}-gzip",
    '"{bare}--gzip"',
    '"x-gzip", "{bare}-zstd"',
)


@pytest.mark.parametrize("form", SAME)
def test_an_etag_that_came_back_in_any_shape_is_a_304(client: FlaskClient, form: str) -> None:
    first = client.get("/feed.atom")
    etag = first.headers["ETag"]
    again = client.get(
        "/feed.atom", headers={"If-None-Match": form.format(etag, bare=etag.strip('"'))}
    )
    assert again.status_code == 304
    assert again.data == b""
    for name in KEPT:
        assert name in again.headers
    assert again.headers["ETag"] == etag


@pytest.mark.parametrize("form", ['"zzz"', '"zzz-gzip"', 'W/"zzz"', '""', "nonsense"])
def test_another_etag_is_a_200(client: FlaskClient, form: str) -> None:
    assert client.get("/feed.rss", headers={"If-None-Match": form}).status_code == 200


def test_if_none_match_wins_over_if_modified_since(client: FlaskClient) -> None:
    since = {"If-Modified-Since": "Sun, 22 Nov 2026 08:30:00 GMT"}
    assert client.get("/feed.rss", headers=since).status_code == 304
    assert client.get("/feed.rss", headers={**since, "If-None-Match": '"old"'}).status_code == 200
    before = {"If-Modified-Since": "Sun, 22 Nov 2026 08:29:59 GMT"}
    assert client.get("/feed.rss", headers=before).status_code == 200


def test_the_fields_reach_the_flow(build: Callable[..., Flask], sample: ModuleType) -> None:
    flow = sample.FakeFlow()
    answer = (
        build(flow)
        .test_client()
        .get("/feed.json?limit=7&body=none&images=0&before=c.1&dup=all&utm_source=x")
    )
    assert answer.status_code == 200
    _, fmt, options = flow.asked[0]
    assert (fmt, options.limit, options.body, options.images, options.before) == (
        "json",
        7,
        "none",
        False,
        "c.1",
    )
    assert "limit=7&body=none&images=0&before=c.1>" in answer.headers["Link"]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=-1", "limit"),
        ("limit=ten", "limit"),
        ("limit=", "limit"),
        ("limit=٣", "limit"),
        ("body=some", "body"),
        ("images=yes", "images"),
        ("before=", "before"),
        ("before=a b", "before"),
        ("before=" + "9" * 201, "before"),
    ],
)
def test_a_wrong_value_is_a_400_that_names_the_field(
    client: FlaskClient, query: str, name: str
) -> None:
    answer = client.get(f"/feed.rss?{query}")
    assert answer.status_code == 400
    assert f"«{name}»" in answer.text
    assert answer.content_type.startswith("text/html")


def test_the_highest_limit_is_allowed(client: FlaskClient) -> None:
    assert client.get("/feed.rss?limit=500").status_code == 200


def test_a_search_is_a_feed_once_it_has_words(client: FlaskClient) -> None:
    answer = client.get("/search/feed.atom?q=форум&section=events")
    assert answer.status_code == 200
    assert "section=events" in answer.headers["Link"]
    assert answer.headers["Link"].isascii()
    assert client.get("/search/feed.atom").status_code == 400


def test_a_search_turns_names_and_days_into_bounds(
    build: Callable[..., Flask], sample: ModuleType
) -> None:
    flow = sample.FakeFlow()
    build(flow).test_client().get(
        "/search/feed.rss?q=связь&tag=Минсвязи&since=2026-11-01&until=2026-11-02"
    )
    ref = flow.asked[0][0]
    assert ref.tag == "ministerstvo-svyazi"
    assert ref.since.isoformat() == "2026-10-31T21:00:00+00:00"
    assert ref.until.isoformat() == "2026-11-02T21:00:00+00:00"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("q=a&since=yesterday", 400),
        ("q=a&until=9999-12-31", 400),
        ("q=" + "a" * 201, 400),
        ("q=a&tag=svyaz,zarechye", 400),
        ("q=a&tag=нет-такой", 404),
        ("q=a&section=weather", 404),
    ],
)
def test_a_search_says_what_it_cannot_use(client: FlaskClient, query: str, code: int) -> None:
    assert client.get(f"/search/?{query}").status_code == code


@pytest.mark.parametrize("path", ["/tags/opml.xml", "/sources/opml.xml"])
def test_opml_is_served_with_validators(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_a_picture_is_kept_for_ever_and_never_runs(client: FlaskClient, sample: ModuleType) -> None:
    answer = client.get(f"/media/{sample.PICTURE}.png")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "immutable" in answer.headers["Cache-Control"]
    assert client.get(f"/media/{sample.PICTURE}.svg").status_code == 404
    assert client.get("/media/ffff.png").status_code == 404
