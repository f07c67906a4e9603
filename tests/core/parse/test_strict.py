"""The quick reader gives what the tolerant one gives, or declines: real, invented, mutated."""

import os
import random  # noqa: TID251 - mutants, always the same ones: the seeds are fixed
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from xml.parsers import expat

import feedparser
import pytest

from feedhub.core.parse import decode, strict
from feedhub.core.parse.jsonfeed import is_json
from feedhub.core.parse.plainly import Declined
from feedhub.core.parse.tolerant import read_xml
from feedhub.errors import ParseError
from feedhub.model.parsed import ParsedFeed
from tests.core.parse.invented import IN_FEED, IN_ITEM, SPACES, document, mutated

CASES = Path(__file__).resolve().parents[2] / "data" / "feeds"
URL = "https://agency.example/export/feed.xml"
MUTANTS = 3_000
EXPLAINED: dict[str, str] = {}
"""Files on which the readers differ, each with its reason. What feedparser is known to read wrongly
is put right in its handlers, for both readers, so that there is nothing to explain."""
OUTCOMES = (
    "documents",
    "equal",
    "declined",
    "explained",
    "unexplained",
    "well-formed",
    "well-formed, equal",
)


def compared(text: str, name: str = "") -> str:
    """Return why a document was declined, empty where both readers gave one answer."""
    outcome, reason = outcome_of(text)
    assert outcome != "different", name or text
    return reason


def outcome_of(text: str) -> tuple[str, str]:
    """Return how the readers compare: equal, different, or declined with the reason."""
    try:
        quick = strict.attempt(text, url=URL)
    except Declined as declined:
        return "declined", str(declined)
    return ("equal" if quick == tolerantly(text) else "different"), ""


def tolerantly(text: str) -> ParsedFeed | None:
    try:
        return read_xml(text, url=URL)
    except ParseError:
        return None


def texts_in(*folders: Path) -> Iterator[tuple[str, str]]:
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".xml", ".rss", ".atom", ".rdf"}:
                text = decode(path.read_bytes(), content_type=None).text
                if not is_json(text, None):
                    yield path.name, text


def is_well_formed(body: bytes) -> bool:
    """Say whether a file is well-formed XML as it stands, with no document type."""
    try:
        expat.ParserCreate(namespace_separator="}").Parse(body, True)
    except (expat.ExpatError, ValueError, LookupError):
        return False
    return b"<!doctype" not in body[:3000].lower()


def survey(paths: Iterable[Path]) -> tuple[Counter[str], Counter[str]]:
    """Compare both readers on files; count outcomes, and the reasons of what was declined."""
    counted: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for path in sorted(paths):
        body = path.read_bytes()
        text = decode(body, content_type=None).text
        if path.suffix not in {".xml", ".rss", ".atom", ".rdf"} or is_json(text, None):
            continue
        counted["documents"] += 1
        outcome, reason = outcome_of(text)
        if outcome == "different":
            outcome = "explained" if path.name in EXPLAINED else "unexplained"
            reasons[f"different: {path.name}"] += 1
        counted[outcome] += 1
        if is_well_formed(body) and " as root" not in reason:
            counted["well-formed"] += 1
            counted["well-formed, equal"] += outcome == "equal"
        if reason:
            reasons[re.sub(r"[:,] line.*|(?<=<).*(?=>)", "", reason)] += 1
    return counted, reasons


def table(title: str, counted: Counter[str], reasons: Counter[str]) -> str:
    """Write down an outcome."""
    rows = [f"{counted[name]:6} {name}" for name in OUTCOMES]
    rows += ["declined because of:"]
    rows += [f"{number:6} {reason}" for reason, number in reasons.most_common()]
    return "\n".join([f"both readers on {title}", *rows])


def test_real_documents_are_read_alike_or_declined(
    shared: Path, record_property: Callable[[str, object], None]
) -> None:
    counted, reasons = survey([*(shared / "feeds").iterdir(), *CASES.iterdir()])
    record_property("table", table("real documents and our cases", counted, reasons))
    assert counted["unexplained"] == 0, reasons
    assert counted["well-formed, equal"] >= 0.97 * counted["well-formed"]


def test_the_cases_of_feedparser_are_read_alike_or_declined(
    record_property: Callable[[str, object], None],
) -> None:
    """Its source distribution holds them: FEEDPARSER_TESTS names the `tests` folder in it."""
    folder = Path(os.environ.get("FEEDPARSER_TESTS") or "nowhere")
    if not folder.is_dir():
        pytest.skip("FEEDPARSER_TESTS names no folder of feedparser's test cases")
    counted, reasons = survey(path for path in folder.rglob("*") if path.is_file())
    record_property("table", table("feedparser's own cases", counted, reasons))
    assert counted["unexplained"] == 0, reasons
    assert counted["documents"] > 2_000
    assert counted["well-formed, equal"] >= 0.95 * counted["well-formed"]


@pytest.mark.parametrize(
    ("case", "place", "name", "wrong"),
    [
        ("rss20-captions.xml", 0, "summary", "Подпись ко второму снимку"),
        ("rss20-captions.xml", 1, "summary", "Краткое содержание для плееров"),
        ("rss20-related.xml", 0, "link", "https://agency.example/news/78"),
    ],
    ids=["a caption for the summary", "a podcast text for the summary", "a related link"],
)
def test_where_feedparser_is_wrong_both_readers_say_otherwise(
    case: str, place: int, name: str, wrong: str
) -> None:
    """The expected values stand beside the cases; here is that feedparser alone gives others."""
    body = (CASES / case).read_bytes()
    theirs = feedparser.parse(body).entries[place]  # noqa: TID251 - compared with
    assert theirs[name] == wrong
    text = decode(body, content_type=None).text
    assert compared(text, case) == ""
    ours = strict.attempt(text, url=URL).entries[place]
    assert wrong not in {ours.summary, ours.content, ours.url}


def test_our_own_cases_are_read_alike_or_declined() -> None:
    results = [compared(text, name) for name, text in texts_in(CASES)]
    assert results.count("") >= 9


@pytest.mark.parametrize("kind", ["rss", "rdf", "atom"])
def test_an_element_in_an_entry_is_read_alike_or_declined(kind: str) -> None:
    """Each element alone, and each pair of them, in both orders."""
    read = 0
    for first in IN_ITEM:
        bare = document(kind, random.Random(1), (first,))
        for second in ("", *IN_ITEM):
            read += compared(bare.replace(first, first + second)) == ""
    assert read > 1_000


@pytest.mark.parametrize("kind", ["rss", "rdf", "atom"])
def test_an_element_of_the_feed_is_read_alike_or_declined(kind: str) -> None:
    item = "entry" if kind == "atom" else "item"
    bare = document(kind, random.Random(5), ("<number>1</number>",))
    start = bare.index(">", bare.index("<channel" if kind != "atom" else "<feed")) + 1
    end = bare.index("</channel>" if kind == "rdf" else f"<{item}>")
    read = 0
    for first in IN_FEED:
        for second in ("", *IN_FEED, *IN_ITEM):
            read += compared(bare[:start] + first + second + bare[end:]) == ""
    assert read > 300


@pytest.mark.parametrize("kind", ["rss", "rdf", "atom"])
def test_invented_documents_are_read_alike_or_declined(kind: str) -> None:
    chance = random.Random(11)
    read = sum(compared(document(kind, chance)) == "" for _ in range(400))
    assert read > 20


def test_mutants_are_read_alike_or_declined(capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(29)
    seeds = [text for _, text in texts_in(CASES)]
    calm = tuple(piece for piece in IN_ITEM if not compared(plain_item(piece)))
    read = 0
    for number in range(MUTANTS):
        kind = ("rss", "rdf", "atom")[number % 3]
        seed = chance.choice(seeds) if number % 5 == 0 else document(kind, chance, calm)
        read += compared(mutated(seed, chance)) == ""
    with capsys.disabled():
        print(f"\n{read} of {MUTANTS} mutants read, the others declined")
    assert read > 500


def plain_item(piece: str) -> str:
    return f'<rss version="2.0" {SPACES}><channel><item>{piece}</item></channel></rss>'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "something"),
        ("<!DOCTYPE rss><rss><channel/></rss>", "a document type"),
        ("<rss><channel><title>\ud800</title></channel></rss>", "surrogates"),
        ("<rss><channel><title>&nbsp;</title></channel></rss>", "broken XML"),
        ("<rss><channel><item><x:a xmlns:x='u'><item/></x:a></item></channel></rss>", "by itself"),
        ("<rss><channel><item><rss xml:lang='de'/></item></channel></rss>", "within a feed"),
        (
            "<rss><channel><item/><a><title/></a><item/></channel></rss>",
            "a title of the feed after an entry",
        ),
        ("<html><body/></html>", "as root"),
        ("<rss><channel><item></channel></rss>", "broken XML"),
        ("<rss><channel><item><item/></item></channel></rss>", "stay by itself"),
        ("<rss><item/></rss>", "<item>"),
        (
            '<rss xmlns:dc="urn:x" xmlns:d="http://purl.org/dc/elements/1.1/"><channel/></rss>',
            "a usual prefix",
        ),
        (
            '<rss xmlns:Own="urn:x" xmlns:own="http://purl.org/dc/terms/"><channel/></rss>',
            "a usual prefix",
        ),
        ("<rss><channel><item><dc:date/></item></channel></rss>", "broken XML"),
        ("<rss><channel>" + "<item/>" * 10_001 + "</channel></rss>", "too many entries"),
        ("<rss>" + "<x>" * 250_001, "too many elements"),
        ("<rss><channel>" + "<x>" * 500 + "</x>" * 500 + "</channel></rss>", "deeply nested"),
    ],
)
def test_what_is_not_plain_is_declined(text: str, reason: str) -> None:
    with pytest.raises(Declined, match=reason):
        strict.attempt(text, url=URL)
    assert strict.read(text, url=URL) is None
