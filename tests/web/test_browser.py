"""Pages in a real Chromium: no console errors, no sideways scrolling, keyboard, dark, print."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--no-first-run",
)
PAGES = (
    "/",
    "/tags/",
    "/tags/zarechye/",
    "/sources/",
    "/sources/lugovye-vesti/",
    "/search/?q=форум",
    "/help/feeds/",
    "/sections/articles/",
    "/entries/1-kray-i-oblast",
    "/entries/2-poryadok-podklyucheniya",
    "/entries/3-desyat-metok",
    "/entries/7-forum",
    "/entries/9-vrednaya",
)
BAD = "/tags/svyas/"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium here; install it: apt-get install -y chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield found
        found.close()


@pytest.fixture
def address(build: Callable[..., Flask], sample: ModuleType) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, build(), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join(10)
    server.server_close()


def open_page(browser: Any, width: int = 1280, scheme: str = "light") -> tuple[Any, list[str]]:
    """Open a page that stays on loopback, and the list of what it complains about."""
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.route(
        "**/*",
        lambda route: (
            route.continue_() if "//127.0.0.1" in route.request.url else route.fulfill(status=204)
        ),
    )
    return page, said


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_no_page_scrolls_sideways_or_complains(browser: Any, address: str, width: int) -> None:
    page, said = open_page(browser, width)
    for path in PAGES:
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert said == [], path
    page.goto(address + BAD)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_the_policy_reports_nothing(browser: Any, address: str) -> None:
    page, _ = open_page(browser)
    page.add_init_script(
        "window.reports = []; document.addEventListener('securitypolicyviolation',"
        " e => window.reports.push(e.violatedDirective + ' ' + e.blockedURI))"
    )
    for path in PAGES:
        page.goto(address + path)
        assert page.evaluate("window.reports") == [], path
    page.close()


def test_the_keyboard_goes_from_the_skip_link_to_the_search(browser: Any, address: str) -> None:
    page, _ = open_page(browser)
    page.goto(address + "/")
    seen = []
    for _ in range(12):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")
        )
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", seen[-1]
    assert seen[0] == "Сразу к содержанию"
    assert seen.index("Вестник Заречья") < seen.index("Компании") < seen.index("q")
    assert seen.index("q") < seen.index("Ленты")
    page.close()


def test_searching_by_keyboard_needs_no_script(browser: Any, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "/")
    page.fill("#q", "форум")
    page.press("#q", "Enter")
    page.wait_for_url("**/search/?q=*")
    assert "Форум связи" in page.inner_text("main")
    context.close()


def test_dark_differs_from_light_and_both_can_be_read(browser: Any, address: str) -> None:
    from feedhub.web.colours import contrast

    grounds = []
    for scheme in ("light", "dark"):
        page, _ = open_page(browser, scheme=scheme)
        page.goto(address + "/")
        ground = colour(page, "body", "backgroundColor")
        for selector in ("body", ".about", ".subscribe a", ".teaser", ".tags a", ".item-time"):
            assert contrast(colour(page, selector, "color"), ground) >= 4.5, (scheme, selector)
        grounds.append(ground)
        page.close()
    assert grounds[0] != grounds[1]


def test_print_shows_the_article_alone_with_its_address(browser: Any, address: str) -> None:
    page, _ = open_page(browser)
    page.goto(address + "/entries/1-kray-i-oblast")
    page.emulate_media(media="print")
    assert not page.is_visible(".masthead")
    assert not page.is_visible(".foot")
    assert page.is_visible(".printed")
    assert page.is_visible("h1")
    page.close()


def colour(page: Any, selector: str, name: str) -> tuple[int, int, int]:
    """Return a computed colour as numbers."""
    text = page.eval_on_selector(selector, f"e => getComputedStyle(e).{name}")
    red, green, blue = (int(part) for part in text[4:-1].split(",")[:3])
    return red, green, blue
