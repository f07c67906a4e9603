"""Addresses: one spelling each, 301 to it, 400 and 404 in plain words."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest
from flask import Flask
from flask.testing import FlaskClient

MOVES = (
    ("/sections/news", "/sections/news/"),
    ("/tags", "/tags/"),
    ("/sources", "/sources/"),
    ("/help/feeds", "/help/feeds/"),
    ("/search?q=a%20b", "/search/?q=a%20b"),
    ("/feed.rss/", "/feed.rss"),
    ("/tags/zarechye,svyaz/", "/tags/svyaz,zarechye/"),
    ("/tags/zarechye,svyaz", "/tags/svyaz,zarechye/"),
    ("/tags/svyaz+!pochta/", "/tags/!pochta+svyaz/"),
    ("/tags/svyaz+svyaz/", "/tags/svyaz/"),
    ("/tags/%D0%9C%D0%B8%D0%BD%D1%81%D0%B2%D1%8F%D0%B7%D0%B8/", "/tags/ministerstvo-svyazi/"),
    ("/tags/zarechye,svyaz/feed.atom", "/tags/svyaz,zarechye/feed.atom"),
    ("/entries/2", "/entries/2-poryadok-podklyucheniya"),
    ("/entries/2-wrong?a=b", "/entries/2-poryadok-podklyucheniya?a=b"),
    ("/entries/0002-poryadok-podklyucheniya", "/entries/2-poryadok-podklyucheniya"),
)


@pytest.mark.parametrize(("asked", "target"), MOVES)
def test_another_spelling_is_a_relative_301(client: FlaskClient, asked: str, target: str) -> None:
    answer = client.get(asked)
    assert (answer.status_code, answer.headers.get("Location")) == (301, target)
    assert client.get(target).status_code == 200


@pytest.mark.parametrize(
    "query", ["limit=3", "x=%zz&a=|;+%20", "q=%D1%84+%2B&&", "a[]=1&b=%41~", "u=http://x/?y#"[:-1]]
)
def test_a_redirect_keeps_the_query_byte_for_byte(build: Callable[..., Flask], query: str) -> None:
    answer = _raw(build(), "/tags/zarechye,svyaz/feed.atom", query)
    assert answer == (301, f"/tags/svyaz,zarechye/feed.atom?{query}")


def test_a_doubled_slash_never_leads_to_another_host(build: Callable[..., Flask]) -> None:
    assert _raw(build(), "//tags/", "") == (301, "/tags/")
    assert _raw(build(), "//evil.example/tags/", "")[0] == 404
    assert _raw(build(), "/tags//", "") == (301, "/tags/")


@pytest.mark.parametrize(
    "asked",
    ["/tags/%FF/", "/search/?q=%FF%FE", "/feed.rss?x=%C3", "/%EF%BF%BD", "/search/?q=a%00b"],
)
def test_bytes_that_are_no_text_are_a_400(client: FlaskClient, asked: str) -> None:
    assert client.get(asked).status_code == 400


@pytest.mark.parametrize("asked", ["/tags/a++b/", "/tags/,/", "/tags/svyaz+/feed.rss", "/tags/!/"])
def test_a_bad_expression_is_a_400_that_tells_the_grammar(client: FlaskClient, asked: str) -> None:
    answer = client.get(asked)
    assert answer.status_code == 400
    assert "a+b" in answer.text


def test_an_unknown_tag_is_a_404_with_near_ones_by_name(client: FlaskClient) -> None:
    answer = client.get("/tags/svyas/")
    assert answer.status_code == 404
    assert '<a href="/tags/svyaz/">связь</a>' in answer.text
    assert client.get("/tags/svyas/feed.rss").status_code == 404


def test_unknown_sections_and_sources_name_the_near_ones(client: FlaskClient) -> None:
    assert '<a href="/sections/news/">Новости</a>' in client.get("/sections/mews/").text
    assert '<a href="/sources/minsvyaz/">' in client.get("/sources/minsvaz/").text


@pytest.mark.parametrize(
    "asked",
    [
        "/nope",
        "/entries/x",
        "/entries/99-no",
        "/entries/" + "9" * 30,
        "/entries/12x",
        "/feed.xml",
        "/admin/",
        "/api/v1/",
        "/metrics",
        "/static/../config.yaml",
        "/static/..%2fbase.html",
        "/static/base.html",
        "/tags/svyaz/embed",
        "/tags/%2e%2e/",
    ],
)
def test_everything_else_is_a_404_page(client: FlaskClient, asked: str) -> None:
    answer = client.get(asked)
    assert answer.status_code == 404
    assert "<h1>Не найдено</h1>" in answer.text


def test_the_host_header_is_never_believed(build: Callable[..., Flask]) -> None:
    client = build(base_url="https://vestnik.example").test_client()
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    for path in ("/", "/tags/svyaz/", "/entries/1-kray-i-oblast", "/help/feeds/", "/feed.rss"):
        answer = client.get(path, headers=headers)
        assert answer.status_code == 200
        assert "evil" not in answer.text + str(answer.headers)
    assert "https://vestnik.example/tags/svyaz/feed.rss" in client.get("/tags/svyaz/").text


def test_a_site_in_a_folder_links_into_its_folder(build: Callable[..., Flask]) -> None:
    client = build(base_url="https://vestnik.example/novosti").test_client()
    page = client.get("/tags/").text
    assert 'href="/novosti/tags/svyaz/"' in page
    assert 'href="/tags/' not in page
    assert client.get("/tags").headers["Location"] == "/novosti/tags/"


def test_a_changed_configuration_is_picked_up_between_requests(sample: ModuleType) -> None:
    from feedhub.web import create_app

    titles = iter(["Первое имя", "Второе имя"])
    app = create_app(
        lambda: sample.settings(title=next(titles)),
        None,
        now=lambda: sample.NOW,
        flow=sample.FakeFlow(),
    )
    assert "Первое имя" in app.test_client().get("/").text
    assert "Второе имя" in app.test_client().get("/").text


def _raw(app: Flask, path: str, query: str) -> tuple[int, str]:
    """Call the application with exactly this path and query; a client would tidy them up."""
    seen: list[tuple[str, list[tuple[str, str]]]] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
    }
    body = app.wsgi_app(environ, lambda status, headers, exc=None: seen.append((status, headers)))
    b"".join(body)
    status, headers = seen[0]
    return int(status.split()[0]), dict(headers).get("Location", "")
