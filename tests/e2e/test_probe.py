"""`feedhub probe` against sites of many shapes: what it proposes passes the check and is polled."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import trustme

from feedhub.config import load
from feedhub.config.adding import item_lines
from tests.e2e import sites
from tests.e2e.commands import Ran, by_source, feedhub, poll_all, write_config
from tests.e2e.server import Server

KINDS = {
    "with_link_element": "feed",
    "with_bitrix_link": "feed",
    "with_bitrix_block": "feed",
    "with_usual_place": "feed",
    "with_list_only": "page",
    "with_news_page": "page",
    "with_channel": "telegram",
    "with_sitemap": "sitemap",
    "with_json": "json",
    "with_strange_json": "json",
    "with_lying_encoding": "feed",
    "with_suffixes": "feed",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Probed:
    """What probes of all sites came to, and a poll of all that they proposed."""

    found: Mapping[str, Ran]
    asked: Mapping[str, int]
    config: Path
    polled: Mapping[str, Any]
    files: frozenset[str]


@pytest.fixture(scope="module")
def probed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Probed]:
    folder = tmp_path_factory.mktemp("probe")
    with ExitStack() as held:
        servers = {name: held.enter_context(Server()) for name in sites.FOUND}
        places = [server.place for server in servers.values()]
        config = write_config(folder, private=places)
        found: dict[str, Ran] = {}
        asked: dict[str, int] = {}
        for name, server in servers.items():
            url = sites.FOUND[name](server)
            found[name] = feedhub(config, "probe", url, "--json")
            asked[name] = len(server.asked)
        files = frozenset(path.name for path in folder.iterdir())
        text = config.read_text("utf-8") + "sources:\n"
        for name, ran in found.items():
            item = ran.json["item"] | {"slug": name.replace("_", "-")}
            text += "\n".join(item_lines(item, 2)) + "\n"
        config.write_text(text, "utf-8")
        polled = by_source(poll_all(config))
        yield Probed(found=found, asked=asked, config=config, polled=polled, files=files)


@pytest.mark.parametrize("name", sites.FOUND)
def test_a_source_is_proposed_for(name: str, probed: Probed) -> None:
    ran = probed.found[name]
    assert ran.code == 0, ran.err
    document = ran.json["document"]
    assert document["kind"] == KINDS[name]
    assert document["count"] == 8
    assert probed.asked[name] <= 12
    assert len(ran.json["samples"]) == 5
    assert all(sample["title"] and sample["url"] for sample in ran.json["samples"])
    assert all(sample["published"] for sample in ran.json["samples"])


@pytest.mark.parametrize("name", sites.FOUND)
def test_what_is_proposed_is_polled_with_all_entries(name: str, probed: Probed) -> None:
    row = probed.polled[name.replace("_", "-")]
    assert row["outcome"] == "fetched", row
    assert row["new"] == 8


def test_what_is_proposed_passes_the_ordinary_check(probed: Probed) -> None:
    assert len(load(probed.config, {}).sources) == len(sites.FOUND)
    assert feedhub(probed.config, "check").code == 0


def test_a_probe_writes_nothing(probed: Probed) -> None:
    assert probed.files == {"config.yaml"}


def test_the_table_of_shapes(probed: Probed, record_property: Any) -> None:
    rows = [f"{'shape of site':<22}{'kind':<10}{'requests':>8}{'entries':>9}  keys of the item"]
    for name, ran in probed.found.items():
        found, item = ran.json["document"], ran.json["item"]
        keys = ", ".join(key for key in item if key not in ("slug", "url"))
        counts = f"{probed.asked[name]:>8}{found['count']:>9}"
        rows.append(f"{name.removeprefix('with_'):<22}{found['kind']:<10}{counts}  {keys}")
    record_property("table", "\n".join(rows))
    assert len(rows) > 8


def test_what_is_wrong_with_a_document_is_told(probed: Probed) -> None:
    lying = probed.found["with_lying_encoding"].json
    assert lying["document"]["encoding_why"] == "declared utf-8, really windows-1251"
    assert lying["samples"][0]["title"].startswith("Ведомство")
    hung = probed.found["with_suffixes"].json
    assert hung["item"]["title"] == {"name": "Речная газета", "strip": [" - Речная газета"]}
    assert hung["item"]["timezone"] == "Asia/Yekaterinburg"
    assert hung["document"]["trackers"] == ["utm_source"]


def test_progress_goes_to_stderr_and_each_step_has_its_outcome(probed: Probed) -> None:
    ran = probed.found["with_sitemap"]
    assert len(ran.err.splitlines()) == len(ran.json["steps"]) == probed.asked["with_sitemap"]
    assert "robots.txt" in ran.err


# -- for people ----------------------------------------------------------------------------------


def test_people_get_an_item_to_paste_with_tags_and_why(tmp_path: Path) -> None:
    with Server() as site:
        url = sites.with_list_only(site)
        tags = "{name: переправы, match: [мост]}"
        config = write_config(tmp_path, private=[site.place], tags=tags)
        ran = feedhub(config, "probe", url)
    assert ran.code == 0
    assert "tag переправы, " in ran.out
    pasted = ran.out[ran.out.index("  - slug:") :]
    assert "item: div.news-card" in pasted
    config.write_text(f"{config.read_text('utf-8')}sources:\n{pasted}", "utf-8")
    assert load(config, {}).sources[0].kind == "page"


def test_a_slug_that_is_taken_gets_a_number_and_a_known_address_is_told(tmp_path: Path) -> None:
    with Server() as site:
        url = sites.with_lying_encoding(site)
        config = write_config(tmp_path, private=[site.place], sources=f"{{url: '{url}'}}")
        ran = feedhub(config, "probe", url, "--json")
    assert ran.json["item"]["slug"] == "127-0-0-1-2"
    assert ran.json["warnings"][0] == "the address is read already, by source 127-0-0-1"


# -- nothing found -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "said", "advised"),
    [
        (sites.made_by_scripts, "scripts make it in the browser", "network tools"),
        (sites.behind_a_check, "asks whether we are a robot", "checks for robots"),
    ],
)
def test_a_page_that_holds_nothing_says_so(
    shape: Any, said: str, advised: str, tmp_path: Path
) -> None:
    with Server() as site:
        config = write_config(tmp_path, private=[site.place])
        ran = feedhub(config, "probe", shape(site), "--json")
        assert len(site.asked) <= 12
    assert ran.code == 1
    assert ran.json["item"] is None
    assert said in ran.json["steps"][0]["outcome"]
    assert any(advised in sentence for sentence in ran.json["advice"])


def test_a_server_that_forbids_the_page_is_asked_for_a_feed_all_the_same(tmp_path: Path) -> None:
    with Server() as site:
        site.put("/", status=403)
        config = write_config(tmp_path, private=[site.place])
        refused = feedhub(config, "probe", site.url("/"), "--json")
        assert "kept out" in refused.json["advice"][0]
        assert len(site.asked) <= 6
        site.put("/rss", sites.rss(sites.notes()), content_type="text/xml")
        found = feedhub(config, "probe", site.url("/"), "--json")
    assert refused.code == 1
    assert found.code == 0
    assert found.json["item"]["url"].endswith("/rss")


@pytest.mark.parametrize("is_completed", [False, True])
def test_a_missing_issuer_is_named_with_what_to_do(is_completed: bool, tmp_path: Path) -> None:
    root = trustme.CA(organization_name="Ведомство", organization_unit_name="Корень ведомства")
    leaf = root.create_child_ca().issue_cert("127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    chain = tmp_path / "chain.pem"
    chain.write_bytes(leaf.private_key_pem.bytes() + leaf.cert_chain_pems[0].bytes())
    context.load_cert_chain(chain)
    bundle = tmp_path / "bundle.pem"
    bundle.write_bytes(root.cert_pem.bytes() + leaf.cert_chain_pems[1].bytes())
    with Server(tls=context) as site:
        url = sites.with_lying_encoding(site)
        fetch = "ca_bundle: bundle.pem" if is_completed else ""
        ran = feedhub(
            write_config(tmp_path, private=[site.place], fetch=fetch), "probe", url, "--json"
        )
    assert ran.code == (0 if is_completed else 1)
    if not is_completed:
        told = ran.json["steps"][0]["outcome"]
        assert "is signed by «" in told
        assert "ca_bundle" in told
        assert "fetch.ca_bundle" in ran.json["advice"][0]


def test_without_a_configuration_private_addresses_are_refused(tmp_path: Path) -> None:
    with Server() as site:
        ran = feedhub(None, "probe", sites.with_lying_encoding(site), "--json", cwd=tmp_path)
        assert site.asked == ()
    assert ran.code == 1
    assert "fetch.allow_private" in ran.json["steps"][0]["outcome"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("written", ["ftp://agency.example/", "https://", "t.me/joinchat", ""])
def test_what_is_no_address_is_wrong_usage(written: str, tmp_path: Path) -> None:
    ran = feedhub(None, "probe", written, cwd=tmp_path)
    assert ran.code == 2
    assert "URL" in ran.err


def test_a_configuration_that_is_named_and_missing_is_wrong_usage(tmp_path: Path) -> None:
    ran = feedhub(tmp_path / "other.yaml", "probe", "https://agency.example/", cwd=tmp_path)
    assert ran.code == 2


# -- sites that mean no good ---------------------------------------------------------------------


def test_a_site_that_answers_everything_slowly_is_left_in_time(tmp_path: Path) -> None:
    with Server() as site:
        site.put("/", mode="drip")
        config = write_config(
            tmp_path, private=[site.place], fetch="timeout: {connect: 1s, total: 1s}"
        )
        ran = feedhub(config, "probe", site.url("/"), "--json", seconds=30)
    assert ran.code == 1
    assert len(ran.json["steps"]) == 1


def test_a_page_cannot_send_the_probe_into_our_own_network(tmp_path: Path) -> None:
    with Server() as site, Server() as hidden:
        hidden.put("/rss", sites.rss(sites.notes()), content_type="text/xml")
        link = '<link rel="alternate" type="application/rss+xml" href="{0}">'
        head = link.format(hidden.url("/rss")) + link.format("/away")
        site.put("/", sites.page("", head=head), content_type=sites.HTML)
        site.put("/away", status=302, headers={"Location": hidden.url("/rss")})
        config = write_config(tmp_path, private=[site.place])
        ran = feedhub(config, "probe", site.url("/"), "--json")
        assert hidden.asked == ()
    assert ran.code == 1
    assert sum("allow_private" in step["outcome"] for step in ran.json["steps"]) == 2


def test_a_page_of_many_links_costs_seconds(tmp_path: Path) -> None:
    with Server() as site:
        link = '<div class="news-item"><a href="/rss/{0}">RSS Новости {0}</a> 12.08.2026</div>'
        rows = "".join(link.format(n) for n in range(60_000))
        site.put("/", sites.page(rows), content_type=sites.HTML)
        config = write_config(tmp_path, private=[site.place])
        ran = feedhub(config, "probe", site.url("/"), "--json", seconds=60)
        assert len(site.asked) <= 12
    assert ran.code in (0, 1), ran.err
