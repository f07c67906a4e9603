"""X01 to X11: XML that burns, lies, grows or ends too soon, many sources in one round."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.hostile.documents import MIB, around, described, item, pieces, xml
from tests.hostile.server import Reply
from tests.hostile.siege import BEFORE, FRESH, Siege, besiege, good, harm, world

SECRET = "planted-in-a-file-nobody-may-read"
CPU_SECONDS = 60
"""Processor seconds for the whole round: some of these documents alone took feedparser more."""
CUTS = {f"x09-cut{end}": end for end in range(0, len(good("x09-cut000").body), 97)}


@dataclass(frozen=True, slots=True)
class Doc:
    """A hostile document: what it must come to, and what the admin must be told of it."""

    make: Callable[[str], Reply]
    outcome: str = "fetched"
    says: str = ""


LAUGHS = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
WIDE = "<!DOCTYPE rss [<!ENTITY l0 '" + "хи" * 25_000 + "'>]>"
NAMESPACES = " ".join(f"xmlns:n{n}='urn:n{n}'" for n in range(100_000))
ITEM = "<item><title>Запись {0}</title><link>https://many.example/{0}</link></item>"
FIELDS = (
    *("title", "link", "guid", "author", "category", "description", "pubDate", "comments"),
    *("dc:creator", "content:encoded", "media:title", "itunes:summary"),
)


def text(inner: str = "", before: str = "") -> Callable[[str], Reply]:
    return lambda slug: xml(around(slug, inner, before))


def raw(body: bytes, content_type: str | None = "application/rss+xml") -> Callable[[str], Reply]:
    return lambda _: Reply(body=body, content_type=content_type)


def spoilt_fields(char: str) -> str:
    return "".join(item(f"<{name}>до{char}после</{name}>") for name in FIELDS)


def random_bytes(count: int) -> bytes:
    return hashlib.shake_256(b"seed").digest(count)


def a_long_list(slug: str) -> Reply:
    body = around(slug, "".join(ITEM.format(n) for n in range(100_000)))
    filler = "<!-- " + "x" * (14 * MIB - len(body.encode())) + " -->"
    return xml(body.replace("</channel>", f"{filler}</channel>"))


def declared(encoding: str) -> Callable[[str], Reply]:
    return lambda slug: xml(around(slug).replace('encoding="utf-8"', f'encoding="{encoding}"'))


def netscape(slug: str) -> Reply:
    return xml(
        around(
            slug,
            before='<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" '
            '"CANARY/rss-0.91.dtd"><?xml-stylesheet type="text/xsl" href="CANARY/x.xsl"?>',
        )
    )


DOCS: dict[str, Doc] = {
    "x01-laughs": Doc(text(item("<title>&l9;</title>"), f"<!DOCTYPE rss [{LAUGHS}]>")),
    "x01-wide": Doc(text(item(f"<title>{'&l0;' * 20_000}</title>"), WIDE)),
    "x02-file": Doc(text(described("&f;"), '<!DOCTYPE rss [<!ENTITY f SYSTEM "file://SECRET">]>')),
    "x02-web": Doc(text(described("&w;"), '<!DOCTYPE rss [<!ENTITY w SYSTEM "CANARY/e">]>')),
    "x02-parameter": Doc(
        text(described("&e;"), '<!DOCTYPE rss [<!ENTITY % p SYSTEM "CANARY/p.dtd"> %p;]>')
    ),
    "x02-dtd": Doc(text(before='<!DOCTYPE rss SYSTEM "CANARY/evil.dtd">')),
    "x02-late": Doc(
        lambda slug: xml(
            around(slug, described("&f;")) + '<!DOCTYPE rss [<!ENTITY f SYSTEM "CANARY/l">]>'
        )
    ),
    "x02-include": Doc(
        text(
            item(
                '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file://SECRET" '
                'parse="text"/><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" '
                'href="CANARY/i"/>'
            )
        )
    ),
    "x03-comments": Doc(text(described(f"<![CDATA[{'<!--' * 100_000}]]>"))),
    "x03-newlines": Doc(lambda slug: xml("\n" * 80_000 + around(slug))),
    "x03-author": Doc(text(item(f"<author>{'a.' * 20_000}</author>"))),
    "x04-doctype": Doc(text(before="<!DOCTYPE rss>")),
    "x04-netscape": Doc(netscape),
    "x05-elements": Doc(text("<a>" * 1_000_000)),
    "x05-divisions": Doc(text(described(f"<![CDATA[{'<div>' * 100_000}]]>"))),
    "x06-attribute": Doc(text(item(f"<a b='{'y' * (20 * MIB)}'/>")), "failed", "max_bytes"),
    "x06-smaller": Doc(text(item(f"<a b='{'y' * (14 * MIB)}'/>"))),
    "x06-namespaces": Doc(text(item(f"<a {NAMESPACES}/>"))),
    "x06-names": Doc(text(item("".join(f"<n{n}>z</n{n}>" for n in range(300_000))))),
    "x07-many": Doc(a_long_list, says="more than 10000 entries"),
    "x07-endless": Doc(
        lambda _: Reply(
            pieces=pieces(b"<rss><channel>", lambda n: ITEM.format(n).encode() * 100, 10_000)
        ),
        "failed",
        "max_bytes",
    ),
    **{
        f"x08-{name}": Doc(text(spoilt_fields(char)))
        for name, char in {
            "nul": "\x00",
            "vt": "\x0b",
            "esc": "\x1b",
            "fffe": "\ufffe",
            "surrogate": "\ud800",
            "reference": "&#0;",
            "half": "&#xD800;",
            "huge": "&#99999999;",
        }.items()
    },
    "x11-empty": Doc(raw(b""), "failed", "empty"),
    "x11-mark": Doc(raw(b"\xef\xbb\xbf"), "failed", "empty"),
    "x11-blanks": Doc(raw(b" \r\n\t" * 500), "failed", "empty"),
    "x11-json": Doc(raw(b'{"news": [1, 2]}', "application/json"), "failed", "JSON"),
    "x11-pdf": Doc(
        raw(b"%PDF-1.7\n" + bytes(2000), "application/pdf"), "failed", "application/pdf"
    ),
    "x11-random": Doc(raw(random_bytes(MIB), "application/octet-stream"), "failed", "not XML"),
    "x11-half": Doc(raw(b"<?xml version='1.0'?><rss"), "failed", "no feed"),
    **{
        f"x11-encoding{number}": Doc(declared(name))
        for number, name in enumerate(
            ("punycode", "unicode_escape", "utf-7", "undefined", "idna", "имя", "base64")
        )
    },
}
"""Every hostile document by the slug of its source, which begins with its case."""


def resolved(reply: Reply, canary: str, secret: Path) -> Reply:
    """Put the addresses of this run where a document names the canary and the secret file."""
    if reply.pieces is not None or len(reply.body) > MIB:
        return reply
    body = reply.body.replace(b"CANARY", canary.encode()).replace(b"SECRET", bytes(secret))
    return Reply(body=body, content_type=reply.content_type)


@pytest.fixture(scope="module")
def siege(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    folder = tmp_path_factory.mktemp("xml")
    secret = folder / "secret.txt"
    secret.write_text(SECRET)
    cuts = {slug: Reply(body=good(slug).body[:end]) for slug, end in CUTS.items()}
    with world(folder, fetch="per_host: 64") as place:
        canary = place.canary.url("")
        made = {slug: resolved(doc.make(slug), canary, secret) for slug, doc in DOCS.items()}
        yield besiege(place, made | cuts, controls=len(DOCS), shown=DOCS)


def test_nothing_else_is_harmed(siege: Siege) -> None:
    assert [line for line in harm(siege).splitlines() if " x09-" not in line] == []


def test_the_round_costs_less_than_the_worst_document_alone_used_to(siege: Siege) -> None:
    assert siege.round.usage.cpu < CPU_SECONDS


@pytest.mark.parametrize("slug", DOCS)
def test_a_hostile_document_comes_to_its_outcome(siege: Siege, slug: str) -> None:
    doc, row = DOCS[slug], siege.round.rows[slug]
    assert row["outcome"] == doc.outcome, row
    assert doc.says in (row["error"] or "") + row["notice"], row
    if doc.outcome == "fetched":
        assert FRESH in siege.stored[slug], siege.stored[slug][:5]
        assert row["new"] >= 1
    else:
        assert siege.stored[slug] == list(BEFORE)


def test_a_cut_document_never_raises_deletes_or_changes_anything(siege: Siege) -> None:
    assert len(CUTS) > 20
    assert [line for line in harm(siege).splitlines() if " x09-" in line] == []
    for slug in CUTS:
        row = siege.round.rows[slug]
        assert row["outcome"] in ("fetched", "failed"), row
        assert (row["new"], row["updated"], row["withdrawn"]) == (0, 0, 0), (slug, row)
        assert siege.stored[slug] == list(BEFORE)


def test_no_secret_of_this_machine_is_stored_or_published(siege: Siege) -> None:
    said = repr(siege.after) + siege.round.log
    assert SECRET not in said
    assert all(SECRET.encode() not in body for _, body in siege.published.values())
    assert siege.world.canary.connections == 0


def test_a_list_without_end_keeps_its_newest_part(siege: Siege) -> None:
    kept = siege.stored["x07-many"]
    assert 5_000 <= len(kept) <= 10_010
    assert siege.stored["x07-endless"] == list(BEFORE)
