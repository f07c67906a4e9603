"""C01 and C02 in a real Chromium: 64 payloads in every field, and not one of them runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.e2e.commands import Service, service
from tests.hostile.content import scripts
from tests.hostile.payloads import PAYLOADS
from tests.hostile.siege import world
from tests.web.test_browser import ARGUMENTS, CHROMIUM

pytestmark = pytest.mark.browser

ENTRIES = "main a[href*='/entries/']"

WATCH = """
window.hits = [];
window.hit = number => { window.hits.push(number) };
for (const name of ['alert', 'prompt', 'confirm', 'open', 'print'])
    window[name] = () => { window.hits.push(name) };
void 0;
"""
TOUCH = """
() => {
    for (const element of document.querySelectorAll('main *')) {
        for (const kind of ['pointerover', 'mouseover', 'mouseenter', 'focus', 'toggle', 'error'])
            element.dispatchEvent(new Event(kind, {bubbles: true, cancelable: true}));
        if (element.matches('a[href^="javascript"], a[href^="data"], button, input, summary, [onclick]'))
            element.click();
    }
    return window.hits;
}
"""
TWICE = """
texts => texts.map(text => {
    const once = document.implementation.createHTMLDocument('').body;
    once.innerHTML = text;
    const again = document.implementation.createHTMLDocument('').body;
    again.innerHTML = once.innerHTML;
    const bad = [];
    for (const body of [once, again])
        for (const element of body.querySelectorAll('*')) {
            const tag = element.localName;
            if (element.namespaceURI !== 'http://www.w3.org/1999/xhtml') bad.push(tag);
            if (['script', 'iframe', 'object', 'embed', 'style', 'link', 'meta', 'base', 'form',
                 'input', 'button', 'textarea', 'select', 'template', 'noscript'].includes(tag))
                bad.push(tag);
            for (const {name, value} of element.attributes) {
                if (name.startsWith('on') || ['style', 'srcdoc', 'formaction'].includes(name))
                    bad.push(`${tag} ${name}`);
                if (['href', 'src', 'action', 'data', 'xlink:href'].includes(name) &&
                    !['http:', 'https:', 'mailto:'].includes(
                        new URL(value, 'https://own.example/').protocol))
                    bad.push(`${tag} ${name}=${value}`);
            }
        }
    return bad;
})
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """The service over what was polled, and the items that it publishes, by source."""

    running: Service
    items: dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    with world(tmp_path_factory.mktemp("browser"), fetch="per_host: 64") as place:
        for slug, reply in scripts().items():
            place.add(slug)
            place.server.put(f"/{slug}", reply)
        polled = place.poll()
        assert polled.code == 0, polled.log
        assert not [row for row in polled.rows.values() if row["outcome"] != "fetched"]
        with service(place.config, "--no-poll") as running:
            items = {
                slug: running.items(f"/sources/{slug}/feed.json?limit=200")
                for slug in place.sources
            }
            yield Shown(running, items)


@pytest.fixture(scope="module")
def page(shown: Shown) -> Iterator[Any]:
    """A page on which our own policy of content does not help: what is stored must be safe."""
    if CHROMIUM is None:
        pytest.skip("no Chromium here; install it: apt-get install -y chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        context = browser.new_context(bypass_csp=True)
        found = context.new_page()
        found.add_init_script(WATCH)
        own = f"http://127.0.0.1:{shown.running.port}/"
        found.route(
            "**/*",
            lambda route: route.continue_() if route.request.url.startswith(own) else route.abort(),
        )
        yield found
        browser.close()


def test_the_watch_sees_what_runs(page: Any) -> None:
    """Put raw, many of the payloads run here: else the tests below would prove nothing."""
    ran = set()
    for number, payload in enumerate(PAYLOADS):
        page.goto("about:blank")
        page.evaluate(WATCH)
        page.set_content(f"<main>{payload}</main>")
        ran |= {number} & set(page.evaluate(TOUCH))
    assert len(ran) > 20, sorted(ran)


def test_nothing_runs_on_any_page(shown: Shown, page: Any) -> None:
    for path in (*(f"/sources/{slug}/" for slug in shown.items), "/", "/sources/", "/tags/"):
        page.goto(f"http://127.0.0.1:{shown.running.port}{path}")
        assert page.evaluate(TOUCH) == [], path


def test_nothing_runs_on_the_pages_of_entries(shown: Shown, page: Any) -> None:
    page.goto(f"http://127.0.0.1:{shown.running.port}/sources/c01-content/")
    links: set[str] = set()
    while True:
        links |= set(page.eval_on_selector_all(ENTRIES, "all => all.map(a => a.href)"))
        older = page.query_selector("a[rel=next]")
        if older is None:
            break
        older.click()
    assert len(links) >= len(PAYLOADS)
    for link in sorted(links)[::4]:  # the others are parsed in the tests below
        page.goto(link)
        assert page.evaluate(TOUCH) == [], link


@pytest.mark.parametrize("slug", [slug for slug in scripts() if slug.startswith("c01")])
def test_a_text_parsed_twice_has_no_active_node_and_does_not_run(
    shown: Shown, page: Any, slug: str
) -> None:
    texts = [item.get("content_html", "") for item in shown.items[slug]]
    assert len(texts) >= len(PAYLOADS)
    page.goto("about:blank")
    assert [bad for bad in page.evaluate(TWICE, texts) if bad] == []
    page.evaluate(WATCH)
    page.set_content("".join(f"<main>{text}</main>" for text in texts))
    assert page.evaluate(TOUCH) == []


@pytest.mark.parametrize("slug", [slug for slug in scripts() if slug.startswith("c02")])
def test_names_are_text_on_every_page(shown: Shown, page: Any, slug: str) -> None:
    page.goto(f"http://127.0.0.1:{shown.running.port}/sources/{slug}/")
    within = page.eval_on_selector_all(
        "main h1, main h2, main h3, main .byline",
        "all => all.flatMap(e => [...e.querySelectorAll('*')].map(c => c.localName))",
    )
    assert set(within) <= {"a", "span", "time", "b"}
    assert page.evaluate(TOUCH) == []
