"""S01 to S09: no document, name, redirect or environment makes us ask an address nobody opened."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.commands import by_source, feedhub, service, wait_for
from tests.hostile.documents import around, item, xml
from tests.hostile.inside import Inside
from tests.hostile.server import Hostile, Reply
from tests.hostile.siege import BEFORE, FRESH, Siege, World, besiege, good, harm, world

TABLE = json.loads((Path(__file__).parents[1] / "fetch" / "addresses.json").read_text("utf-8"))
LITERALS = (
    *("127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "10.0.0.1", "172.16.0.1"),
    *("192.168.1.1", "169.254.169.254", "100.64.0.1", "[fd00::1]", "[fe80::1]", "224.0.0.1"),
)
SPELLINGS = (
    *("2130706433", "0x7f.1", "0177.0.0.1", "127.1", "0", "①②⑦.⓪.⓪.①", "localhost", "LOCALHOST."),
    *("a.localhost", "0x7f000001", "017700000001", "127.0.0.1.", "[::ffff:7f00:1]"),
)
CODES = ("301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect")
TARGETS = {
    "file:///etc/passwd": "http",
    "ftp://agency.example/feed": "http",
    "gopher://agency.example/1": "http",
    "data:text/xml,<rss/>": "http",
    "feed:https://agency.example/rss": "http",
    "http://agency.example:22/": "Port 22",
    "http://agency.example:6379/": "Port 6379",
    "http://agency.example:0/": "",
    "http://agency.example:65536/": "",
    "http://user:word@agency.example/": "user name or password",
    "//": "host",
}
MAY_BE_SAVED = ("//", "http://agency.example:22/", "http://agency.example:6379/")
"""A port in a source's own address is the admin's wish."""

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


def redirect(target: str, status: str = "302 Found") -> Reply:
    raw = target.encode().decode("latin-1")
    return Reply(status=status, headers={"Location": raw}, content_type=None)


def everywhere(canary: str) -> str:
    """Return the parts of a feed that name an address each: nobody may go there by himself."""
    return (
        f"<image><url>{canary}/i.png</url><link>{canary}/</link></image><docs>{canary}/docs</docs>"
        f'<cloud domain="127.0.0.1" port="{canary.rpartition(":")[2]}" path="/rpc" '
        'registerProcedure="" protocol="http-post"/>'
        f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="hub" href="{canary}/hub"/>'
        f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="self" href="{canary}/self"/>'
        f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="next" href="{canary}/next"/>'
        + item(
            f'<link>{canary}/page</link><enclosure url="{canary}/e.jpg" type="image/jpeg" length="1"/>'
            f'<comments>{canary}/c</comments><source url="{canary}/s">С</source>'
            f'<media:content xmlns:media="http://search.yahoo.com/mrss/" url="{canary}/m.jpg" '
            f'medium="image"/><description>&lt;img src="{canary}/d.png"&gt;</description>'
        )
    )


def hostile(server: Hostile, canary: Hostile) -> dict[str, Reply]:
    """Return what the sources under test answer in the hostile round."""
    made = {f"s02-to{n}": redirect(canary.url("/", host)) for n, host in enumerate(SPELLINGS)}
    for n, status in enumerate((*CODES, "308 Permanent Redirect")):
        made[f"s05-code{status[:3]}"] = redirect(canary.url(f"/{n}"), status)
    for hops in range(2, 6):
        made[f"s05-hops{hops}"] = redirect(f"/hop{hops - 1}")
    for hop in range(2, 5):
        server.put(f"/hop{hop}", redirect(f"/hop{hop - 1}"))
    server.put("/hop1", redirect(canary.url("/hop")))
    made |= {f"s07-to{n}": redirect(target) for n, target in enumerate(TARGETS)}
    made["s08-named"] = xml(around("s08-named", everywhere(canary.url(""))))
    made["s08-hub"] = Reply(
        body=around("s08-hub").encode(),
        headers={"Link": f'<{canary.url("/hub")}>; rel="hub", <{canary.url("/self")}>; rel="self"'},
    )
    made["s09-secret"] = redirect(server.url("/told", "localhost"))
    server.put("/told", xml(around("s09-secret")))
    return made


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Inside:
    return Inside(tmp_path_factory.mktemp("inside"))


@pytest.fixture(scope="module")
def siege(tmp_path_factory: pytest.TempPathFactory, inside: Inside) -> Iterator[Siege]:
    with world(tmp_path_factory.mktemp("addresses"), fetch="per_host: 64") as place:
        for n, host in enumerate(LITERALS):
            place.sources[f"s01-literal{n}"] = f"url: 'http://{host}:{place.canary.port}/'"
        for n, host in enumerate(SPELLINGS):
            place.sources[f"s02-url{n}"] = f"url: 'http://{host}:{place.canary.port}/'"
        place.sources["s06-proxied"] = (
            f"url: 'http://10.1.2.3/', proxy: '{place.server.url('').rstrip('/')}'"
        )
        place.add(
            "s09-secret", more=", headers: {Authorization: Bearer planted, Cookie: sid=planted}"
        )
        place.environ = inside.environ | {
            name: place.canary.url("").rstrip("/") for name in PROXIES
        }
        yield besiege(
            place,
            hostile(place.server, place.canary),
            controls=16,
            shown=("s08-named", "s08-hub", "s09-secret", "control0"),
        )


def test_nothing_else_is_harmed(siege: Siege) -> None:
    assert harm(siege) == ""


def test_the_canary_is_never_connected_to(siege: Siege) -> None:
    assert siege.world.canary.connections == 0


def test_every_address_that_was_connected_to_is_one_that_was_opened(
    siege: Siege, inside: Inside
) -> None:
    assert set(inside.connected()) == {("127.0.0.1", siege.world.server.port)}
    assert not {name for name in inside.makers() if name.startswith("feedhub.web")}


@pytest.mark.parametrize("number", range(len(LITERALS)), ids=LITERALS)
def test_a_private_address_as_a_source_is_refused_when_it_is_polled(
    siege: Siege, number: int
) -> None:
    row = siege.round.rows[f"s01-literal{number}"]
    assert row["outcome"] == "failed"
    assert "allow_private" in row["error"]


@pytest.mark.parametrize("number", range(len(SPELLINGS)), ids=map(ascii, SPELLINGS))
def test_no_spelling_of_loopback_is_asked(siege: Siege, number: int) -> None:
    for slug in (f"s02-url{number}", f"s02-to{number}"):
        row = siege.round.rows[slug]
        assert row["outcome"] == "failed", slug
        assert row["error"]


@pytest.mark.parametrize("slug", [f"s05-code{code[:3]}" for code in (*CODES, "308")])
def test_a_redirect_to_the_canary_is_refused(siege: Siege, slug: str) -> None:
    row = siege.round.rows[slug]
    assert row["outcome"] == "failed"
    assert "allow_private" in row["error"]
    assert siege.states[slug]["feed_url"] == siege.world.server.url(f"/{slug}")
    assert siege.stored[slug] == list(BEFORE)


@pytest.mark.parametrize("hops", range(2, 6))
def test_the_last_of_several_hops_is_judged_like_the_first(siege: Siege, hops: int) -> None:
    row = siege.round.rows[f"s05-hops{hops}"]
    assert row["outcome"] == "failed"
    assert "allow_private" in row["error"]


def test_a_proxy_of_the_configuration_is_not_asked_for_a_private_address(siege: Siege) -> None:
    row = siege.round.rows["s06-proxied"]
    assert row["outcome"] == "failed"
    assert "10.1.2.3" in row["error"]
    assert not [one for one in siege.world.server.asked if "10.1.2.3" in one.target]


@pytest.mark.parametrize("number", range(len(TARGETS)), ids=TARGETS)
def test_a_redirect_to_another_scheme_or_port_is_refused_with_its_reason(
    siege: Siege, number: int
) -> None:
    row = siege.round.rows[f"s07-to{number}"]
    assert row["outcome"] == "failed"
    assert [*TARGETS.values()][number] in row["error"]


def test_what_a_feed_names_is_not_fetched(siege: Siege) -> None:
    for slug in ("s08-named", "s08-hub"):
        assert siege.round.rows[slug]["outcome"] == "fetched"
        assert FRESH in siege.stored[slug]


def test_secrets_do_not_follow_to_another_host(siege: Siege) -> None:
    own, *_ = siege.world.server.of("/s09-secret")
    assert own.headers["authorization"] == "Bearer planted"
    (told,) = siege.world.server.of("/told")
    assert not {"authorization", "cookie"} & set(told.headers)
    assert FRESH in siege.stored["s09-secret"]
    assert "planted" not in siege.round.log + str(siege.round.rows)


@pytest.mark.parametrize("url", [url for url in TARGETS if url not in MAY_BE_SAVED])
def test_another_scheme_is_refused_when_it_is_saved(tmp_path: Path, url: str) -> None:
    with world(tmp_path) as place:
        place.sources["odd"] = f"url: '{url}'"
        ran = feedhub(place.write(), "check")
    assert ran.code == 2
    assert "sources[0].url" in ran.out + ran.err


def test_a_list_of_private_addresses_imports_none_of_them(tmp_path: Path) -> None:
    outlines = "".join(
        f'<outline text="{n}" xmlUrl="http://{host}/rss"/>'
        for n, host in enumerate((*LITERALS, *SPELLINGS))
    )
    lists = tmp_path / "list.opml"
    lists.write_text(f'<opml version="2.0"><body>{outlines}</body></opml>', "utf-8")
    with world(tmp_path) as place:
        config = place.write()
        before = config.read_bytes()
        ran = feedhub(config, "import", "opml", str(lists))
        assert config.read_bytes() == before
    assert f"{len(LITERALS) + len(SPELLINGS)} refused" in ran.out


# -- names that change ------------------------------------------------------------------------


@pytest.fixture
def renamed(tmp_path: Path) -> Iterator[tuple[World, Inside]]:
    """A world whose sources live at names; the canary has the server's port at another address."""
    with Hostile() as server, Hostile(host="127.0.0.2", port=server.port) as canary:
        (tmp_path / "inside").mkdir()
        inside = Inside(tmp_path / "inside")
        place = World(folder=tmp_path, server=server, canary=canary, environ=inside.environ)
        for name in ("control", "agency", "mixed"):
            place.sources[name] = f"url: 'http://{name}.example:{server.port}/{name}'"
            server.put(f"/{name}", good(name))
        yield place, inside


def test_a_name_that_is_rebound_is_judged_at_the_address_that_is_dialled(
    renamed: tuple[World, Inside],
) -> None:
    place, inside = renamed
    inside.answer({"*": [["127.0.0.1"]], "agency.example": [["127.0.0.1"], ["127.0.0.2"]]})
    assert place.poll("agency", "control").rows["agency"]["new"] == 2
    inside.answer({"*": [["127.0.0.1"]], "agency.example": [["127.0.0.2"]]})
    second = place.poll("agency", "control")
    assert second.rows["agency"]["outcome"] == "failed"
    assert "127.0.0.2" in second.rows["agency"]["error"]
    assert second.rows["control"]["outcome"] == "unchanged"
    assert place.titles("agency") == list(BEFORE)
    assert place.canary.connections == 0


def test_of_a_name_with_two_addresses_only_the_opened_one_is_asked(
    renamed: tuple[World, Inside],
) -> None:
    place, inside = renamed
    both = ["127.0.0.2", "127.0.0.1"]
    inside.answer({"mixed.example": [both], "control.example": [["127.0.0.1"]]})
    assert place.poll("mixed", "control").rows["mixed"]["new"] == 2
    assert place.canary.connections == 0
    assert set(inside.connected()) == {("127.0.0.1", place.server.port)}


def test_an_hour_without_names_costs_nothing_but_the_hour(renamed: tuple[World, Inside]) -> None:
    place, inside = renamed
    inside.answer({"*": [["127.0.0.1"]]})
    place.poll()
    inside.answer({"*": [[]]})
    down = [place.poll() for _ in range(2)]
    for one in down:
        assert one.code == 1
        assert all("could not be looked up" in row["error"] for row in one.rows.values())
    waits = [
        state["next_poll_at"] - state["last_poll_at"] for state in map(place.state, place.sources)
    ]
    assert max(waits) <= 3600
    place.server.forget()
    for name in place.sources:
        place.server.put(f"/{name}", good(name, FRESH))
    inside.answer({"*": [["127.0.0.1"]]})
    with service(place.config, environ=inside.environ) as running:
        age(place, hours=1)
        wait_for("every source", lambda: all(place.server.count(f"/{n}") for n in place.sources))
        wait_for("what is new", lambda: len(running.titles("/feed.json")) == 9)
    assert all(place.server.count(f"/{name}") == 1 for name in place.sources)


def age(place: World, hours: float) -> None:
    """Let time pass: what was to be done then is due so much sooner."""
    place.execute(f"UPDATE source SET next_poll_at = next_poll_at - {int(hours * 3600)}")


def test_the_environment_of_a_proxy_is_not_heeded(tmp_path: Path) -> None:
    with world(tmp_path) as place:
        place.add("agency")
        place.server.put("/agency", good("agency"))
        environ = {name: place.canary.url("").rstrip("/") for name in PROXIES}
        ran = feedhub(place.write(), "poll", "--all", "--json", environ=environ)
        assert by_source(ran.json)["agency"]["new"] == 2
        assert place.canary.connections == 0
