"""The real encoding of bodies, whatever they declare."""

import json
import time
from pathlib import Path

import pytest

from feedhub.core.parse import decode, parse
from feedhub.core.parse.charsets import CHARSETS, charset_named

RUSSIAN = (
    "Комитет по водным путям сообщил: шлюз № 4 открыт после ремонта, судоходство «Верхнего плёса» "
    "возобновлено в полном объёме. Следующий осмотр пройдёт в ноябре."
)
NUMBERED_RUSSIAN = RUSSIAN.translate(dict.fromkeys(map(ord, "«»")))
PLAIN_RUSSIAN = RUSSIAN.translate(dict.fromkeys(map(ord, "«»№")))
SHORT = "Новости порта"
CAPITALS = "УТВЕРЖДЁН ПЛАН РАБОТ НА НАБЕРЕЖНОЙ"
BELARUSIAN = "Міністэрства лясной гаспадаркі паведаміла пра ўраджай і новыя дарогі ў раёне"
UKRAINIAN = "Кабінет ухвалив рішення про її відбудову, є ґрунтовний план"
BULGARIAN = "Общинският съвет прие решение за ремонта на моста през реката"
FRENCH = "Le ministère a confirmé l'été dernier que la fenêtre était déjà fermée à Besançon"
GERMAN = (
    "Die Behörde prüft Anträge für die Straße nach Köln und Göttingen, während es überall läuft"
)
CZECH = "Ministerstvo schválilo žádost o příspěvek na opravu silnice přes řeku"
CHINESE = "交通部宣布新的港口规定将于下月开始实施，有关部门正在准备工作"
JAPANESE = "国土交通省は新しい港の規則を来月から実施すると発表しました"
KOREAN = "교통부는 다음 달부터 새로운 항만 규정을 시행한다고 발표했다"
GREEK = "Το υπουργείο ανακοίνωσε νέους κανόνες για το λιμάνι"


def document(text: str, declared: str | None, codec: str) -> bytes:
    claim = f' encoding="{declared}"' if declared else ""
    xml = f'<?xml version="1.0"{claim}?>\n<rss version="2.0"><channel><title>{text}</title>'
    return (xml + "</channel></rss>").encode(codec)


# text, codec of the bytes, claim in the prolog, content type, real name
CASES = [
    (RUSSIAN, "utf-8", None, None, "utf-8"),
    (RUSSIAN, "utf-8", "utf-8", "text/xml; charset=utf-8", "utf-8"),
    (RUSSIAN, "utf-8-sig", "windows-1251", None, "utf-8"),
    (RUSSIAN, "utf-8", "windows-1251", "text/xml; charset=windows-1251", "utf-8"),
    (RUSSIAN, "utf-8", "unicode_escape", None, "utf-8"),
    (RUSSIAN, "cp1251", None, None, "windows-1251"),
    (RUSSIAN, "cp1251", "utf-8", None, "windows-1251"),
    (RUSSIAN, "cp1251", None, "text/xml; charset=UTF-8", "windows-1251"),
    (RUSSIAN, "cp1251", "iso-8859-1", None, "windows-1251"),
    (RUSSIAN, "cp1251", "koi8-r", None, "windows-1251"),
    (RUSSIAN, "cp1251", "gb2312", None, "windows-1251"),
    (RUSSIAN, "cp1251", "utf-7", None, "windows-1251"),
    (PLAIN_RUSSIAN, "koi8-r", None, None, "koi8-r"),
    (
        PLAIN_RUSSIAN,
        "koi8-r",
        "utf-8",
        None,
        "koi8-r",
    ),
    (NUMBERED_RUSSIAN, "cp866", "windows-1251", None, "ibm866"),
    (NUMBERED_RUSSIAN, "iso8859-5", None, None, "iso-8859-5"),
    (RUSSIAN, "mac-cyrillic", None, None, "x-mac-cyrillic"),
    (SHORT, "cp1251", None, None, "windows-1251"),
    (SHORT, "koi8-r", None, None, "koi8-r"),
    (CAPITALS, "cp1251", "utf-8", None, "windows-1251"),
    (CAPITALS, "koi8-r", None, None, "koi8-r"),
    (CAPITALS, "cp866", None, None, "ibm866"),
    (BELARUSIAN, "cp1251", None, None, "windows-1251"),
    (BELARUSIAN, "iso8859-5", "utf-8", None, "iso-8859-5"),
    (UKRAINIAN, "cp1251", "utf-8", None, "windows-1251"),
    (UKRAINIAN, "koi8-u", None, None, "koi8-u"),
    (BULGARIAN, "cp1251", "iso-8859-1", None, "windows-1251"),
    (FRENCH, "cp1252", None, None, "windows-1252"),
    (FRENCH, "latin-1", "ISO-8859-1", None, "iso-8859-1"),
    (FRENCH, "latin-1", "utf-8", None, "windows-1252"),
    (GERMAN, "latin-1", None, "text/xml; charset=iso-8859-1", "iso-8859-1"),
    (GERMAN, "iso8859-15", "iso-8859-15", None, "iso-8859-15"),
    (CZECH, "cp1250", "windows-1250", None, "windows-1250"),
    (CZECH, "iso8859-2", "iso-8859-2", None, "iso-8859-2"),
    (CHINESE, "gb18030", "gb2312", None, "gb18030"),
    (JAPANESE, "cp932", "Shift_JIS", None, "shift_jis"),
    (JAPANESE, "euc-jp", "euc-jp", None, "euc-jp"),
    (JAPANESE, "iso2022-jp", "iso-2022-jp", None, "iso-2022-jp"),
    (KOREAN, "euc-kr", "euc-kr", None, "euc-kr"),
    (GREEK, "cp1253", "windows-1253", None, "windows-1253"),
    (RUSSIAN, "utf-16", "utf-16", None, "utf-16le"),
    (RUSSIAN, "utf-16-be", "utf-16", None, "utf-16be"),
    (RUSSIAN, "utf-16-le", None, "application/xml; charset=utf-8", "utf-16le"),
    (RUSSIAN, "utf-32", None, None, "utf-32le"),
    (RUSSIAN, "utf-32-be", None, None, "utf-32be"),
    ("Plain words", "ascii", "windows-1251", None, "windows-1251"),
    ("Plain words", "ascii", None, None, "utf-8"),
]


@pytest.mark.parametrize(("text", "codec", "claim", "header", "real"), CASES)
def test_the_text_comes_out_whatever_is_declared(
    text: str, codec: str, claim: str | None, header: str | None, real: str
) -> None:
    decoded = decode(document(text, claim, codec), content_type=header)
    assert decoded.text == document(text, claim, "utf-8").decode()
    assert decoded.real == real


def test_a_lie_is_told_in_words_and_agreement_is_not() -> None:
    lie = decode(document(RUSSIAN, "utf-8", "cp1251"), content_type=None)
    assert (lie.declared, lie.real) == ("utf-8", "windows-1251")
    assert lie.why == "declared utf-8, really windows-1251"
    header = decode(document(RUSSIAN, "cp1251", "cp1251"), content_type="a/b; charset='utf-8'")
    assert header.why == "declared utf-8, really windows-1251"
    for claim in ("Windows-1251", "cp1251", "win-1251", None):
        assert decode(document(RUSSIAN, claim, "cp1251"), content_type=None).why == ""
    assert decode(document(RUSSIAN, "utf16", "utf-16"), content_type=None).why == ""
    assert decode(document("Plain", "koi8-r", "ascii"), content_type=None).why == ""


@pytest.mark.parametrize("broken", [b"\xd0", b"\xff", b"\xd0\xbf\xd1 ", b"\xe2\x80"])
def test_one_broken_byte_changes_nothing_around_it(broken: bytes) -> None:
    body = document(f"{RUSSIAN}@@{RUSSIAN}", "utf-8", "utf-8").replace(b"@@", broken)
    decoded = decode(body, content_type="text/xml; charset=utf-8")
    assert decoded.real == "utf-8"
    assert decoded.text.count(RUSSIAN) == 2
    feed = parse(decoded, url="https://a.example/")
    assert any("could not be read as utf-8" in warning for warning in feed.warnings)


@pytest.mark.parametrize("mistaken_for", ["cp1252", "cp1251"])
def test_a_document_that_was_encoded_twice_is_put_right(mistaken_for: str) -> None:
    text = "Ministère: «été», déjà prévu — für Köln" if mistaken_for == "cp1252" else "Цены — рост"
    twice = text.encode().decode(mistaken_for)
    decoded = decode(document(twice, "utf-8", "utf-8"), content_type=None)
    assert text in decoded.text
    assert decoded.why == "declared utf-8, really utf-8 encoded twice"


@pytest.mark.parametrize("text", [RUSSIAN, FRENCH, GERMAN, CZECH, "Она сказала: «é» — Ã©, Ã¼"])
def test_a_document_that_was_encoded_once_is_left_alone(text: str) -> None:
    decoded = decode(document(text, None, "utf-8"), content_type=None)
    assert decoded.text == document(text, None, "utf-8").decode()


def test_a_mark_of_utf_8_before_other_text_is_not_believed() -> None:
    body = document(RUSSIAN, "utf-8", "cp1251")
    decoded = decode(b"\xef\xbb\xbf" + body, content_type=None)
    assert (decoded.real, decoded.text) == ("windows-1251", body.decode("cp1251"))


def test_a_person_may_name_the_encoding() -> None:
    body = document("абв", "utf-8", "koi8-r")
    assert "абв" in decode(body, content_type=None, override="koi8-r").text
    assert decode(body, content_type=None, override="KOI8_R").real == "koi8-r"
    for nothing in ("auto", None, "rot13"):
        assert decode(
            document(RUSSIAN, None, "cp1251"), content_type=None, override=nothing
        ).real == ("windows-1251")


@pytest.mark.parametrize(
    "name",
    ["utf-7", "punycode", "unicode_escape", "rot13", "idna", "hex", "base64", "../x", "mbcs"],
)
def test_only_encodings_of_text_are_on_the_list(name: str) -> None:
    assert charset_named(name) is None


def test_every_listed_encoding_can_be_used() -> None:
    for charset in CHARSETS.values():
        assert isinstance(b"<a/>".ljust(8).decode(charset.codec, "replace"), str)


@pytest.mark.parametrize(
    "body", [b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\x00", bytes(range(256)) * 9]
)
def test_no_bytes_make_it_fail(body: bytes) -> None:
    assert decode(body, content_type="text/xml; charset=x-unknown").real in {
        charset.label for charset in CHARSETS.values()
    }


def test_deciding_costs_well_under_a_millisecond() -> None:
    body = document(RUSSIAN * 280, "utf-8", "utf-8")
    assert len(body) > 65_000

    def once() -> float:
        start = time.perf_counter()
        decode(body, content_type="text/xml; charset=utf-8")
        return time.perf_counter() - start

    assert min(once() for _ in range(20)) < 0.001


def test_the_annotated_documents_come_out_exactly(shared: Path) -> None:
    folder = shared / "gold" / "encodings.dev"
    rows = (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(rows) >= 12
    for row in map(json.loads, rows):
        body = (folder / row["file"]).read_bytes()
        decoded = decode(body, content_type=row["http_content_type"])
        feed = parse(decoded, url="https://a.example/", content_type=row["http_content_type"])
        found = (decoded.real, feed.title, feed.entries[0].title)
        wanted = (row["true_encoding"], row["expected_title"], row["expected_first_entry_title"])
        assert found == wanted, row["file"]
