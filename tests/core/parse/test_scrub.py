"""What is done to a document before an XML parser sees it."""

from xml.etree import ElementTree as ET

import pytest

from feedhub.core.parse.scrub import PROLOG, legal, scrub


def body(text: str) -> str:
    return scrub(text).body.removeprefix(PROLOG).decode()


@pytest.mark.parametrize(
    "before",
    [
        "\ufeff",
        "\n" * 500,
        '<?xml version="1.0" encoding="windows-1251"?>\n\n',
        '<?xml version="1.0"?><!-- <rss> --><?php echo 1 ?>',
        "<!DOCTYPE rss>",
        '<!DOCTYPE rss [<!ENTITY a "b"> <!ENTITY c "]">]>\n',
        "Notice: undefined index\n",
        '<br />\n<b>Notice</b>: x in y <br /><?xml version="1.0"?>\n',
    ],
)
def test_the_document_begins_with_its_root(before: str) -> None:
    found = scrub(f"{before}<rss><a/></rss>\n\n")
    assert found.body == PROLOG + b"<rss><a/></rss>"
    assert found.root == "rss"


@pytest.mark.parametrize(
    "text", ["", "words only", "<!-- open", "<?xml", "<!DOCTYPE x [", "<!DOCTYPE"]
)
def test_a_text_without_a_root_has_none(text: str) -> None:
    assert scrub(text).root == ""


def test_what_is_appended_to_the_root_goes_and_is_told() -> None:
    found = scrub("<rss><item/></rss>\n<script>count()</script>")
    assert found.body.endswith(b"</rss>")
    assert len(found.warnings) == 1
    assert scrub("<rss></rss> <!-- 0.2 s -->").warnings == ()
    assert "<item>2" in body("<rss><item>1</item></rss><item>2</item>")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("&nbsp;&laquo;&mdash;", "\xa0«—"),
        ("&amp;laquo; &lt;b&gt; &quot;&apos;", "&laquo; <b> \"'"),
        ("R&D & co", "R&D & co"),
        ("?a=1&copy=2&lt=3", "?a=1&copy=2&lt=3"),
        ("&unknown;", "&unknown;"),
        ("&#1055;&#x41;&#8212;&#128512;", "ПA—😀"),
        ("&#0;&#xD800;&#11;&#x1F;&#xFFFE;&#99999999;", ""),
        ("<![CDATA[&nbsp; & <b> &#0;]]>&nbsp;", "&nbsp; & <b> &#0;\xa0"),
        ("a\x00b\x0bc\x1bd\ufffee\uffff\ud800f", "abcdef"),
    ],
)
def test_references_and_characters_become_readable_xml(written: str, read: str) -> None:
    tree = ET.fromstring(scrub(f"<a>{written}</a>").body)
    assert (tree.text or "") == read


def test_harmless_entities_of_a_document_type_are_kept_and_bombs_are_not() -> None:
    subset = '<!ENTITY org "Порт"><!ENTITY c "&#169;"><!ENTITY l "ha"><!ENTITY m "&l;&l;">'
    external = '<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY % p "q">'
    document = f"<!DOCTYPE a [{subset}{external}]><a>&org;&c;&m;&x;</a>"
    assert ET.fromstring(scrub(document).body).text == "Порт©&m;&x;"


def test_netscapes_document_type_is_noted() -> None:
    assert scrub(
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91">\n<rss/>'
    ).netscape
    assert not scrub("<!DOCTYPE rss><rss/>").netscape


def test_legal_text_is_left_as_it_is() -> None:
    text = "Порт\tНовый\r\n😀"
    assert legal(text) is text
    assert legal("a\ud800b\x00") == "ab"
