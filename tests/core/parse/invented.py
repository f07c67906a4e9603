"""Feeds made of the elements we know of, and mutants of feeds; the same ones for the same seed."""

import random  # noqa: TID251 - mutants, always the same ones: the seeds are fixed
import re

SPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:yandex="http://news.yandex.ru" xmlns:turbo="http://turbo.yandex.ru" '
    'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:x="urn:agency:own" '
    'xmlns:slash="http://purl.org/rss/1.0/modules/slash/" '
    'xmlns:thr="http://purl.org/syndication/thread/1.0" '
    'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" '
    'xmlns:wfw="http://wellformedweb.org/CommentAPI/"'
)
IN_ITEM = (
    "<title>Бюджет принят &amp; подписан</title>",
    "<link>https://agency.example/n/1?a=1&amp;b=2</link>",
    "<link>/n/relative</link>",
    '<link href="/n/2" rel="alternate"/>',
    '<atom:link href="/n/3" rel="Enclosure" type="Image/JPEG" length="12"/>',
    "<guid>https://agency.example/n/1</guid>",
    '<guid isPermaLink="false">n-1</guid>',
    "<guid isPermaLink='False'>n/2</guid>",
    "<description>&lt;p&gt;Кратко&lt;/p&gt;</description>",
    "<description><![CDATA[<p>Кратко &amp; ясно</p> ]]> и <![CDATA[ ещё]]></description>",
    "<description/>",
    "<content:encoded><![CDATA[<p>Полностью</p>]]></content:encoded>",
    "<content>Просто текст &lt; иначе</content>",
    "<yandex:full-text>Полный &lt;b&gt;текст&lt;/b&gt;</yandex:full-text>",
    "<turbo:content><![CDATA[<h1>Турбо</h1>]]></turbo:content>",
    "<pubDate>Mon, 02 Mar 2026 10:00:00 +0300</pubDate>",
    "<dc:date>2026-03-02T10:00:00+03:00</dc:date>",
    "<dcterms:modified>2026-03-03</dcterms:modified>",
    "<atom:updated>2026-03-04T00:00:00Z</atom:updated>",
    "<author>press@agency.example (Пресс-служба)</author>",
    "<author/>",
    "<dc:creator>Фото: Анна Белова</dc:creator>",
    "<dc:creator><![CDATA[Пётр Серов]]></dc:creator>",
    "<atom:author><atom:name>Ольга</atom:name><atom:email>o@a.example</atom:email></atom:author>",
    "<atom:author><atom:email>i@agency.example</atom:email></atom:author>",
    "<category>экономика, бюджет</category>",
    '<category domain="https://agency.example/t">Указы</category>',
    '<category domain="https://agency.example/t"/>',
    "<category> </category>",
    "<dc:subject>право</dc:subject>",
    '<media:category label="Фото">photo</media:category>',
    "<itunes:keywords>один, два,,</itunes:keywords>",
    '<enclosure url="/f/1.jpg" type="image/jpeg" length="10"/>',
    '<enclosure url="https://agency.example/f/2.pdf" TYPE="application/PDF"/>',
    (
        '<media:content url="/p/1.jpg" medium="image" width="10"><media:title>Зал</media:title>'
        "<media:credit> Служба </media:credit></media:content>"
    ),
    (
        '<media:group><media:content url="/v.mp4" type="video/mp4"/><media:thumbnail url="/t.png"/>'
        "<media:description>О записи</media:description></media:group>"
    ),
    "<media:thumbnail>https://agency.example/t.jpg</media:thumbnail>",
    "<media:copyright>Агентство</media:copyright>",
    '<itunes:image href="/i.png"/>',
    "<itunes:summary>Запись</itunes:summary>",
    "<image>https://agency.example/lone.jpg</image>",
    "<image><url>https://agency.example/k.jpg</url><title>Заставка</title></image>",
    '<source url="https://other.example/rss">Другие</source>',
    "<comments>https://agency.example/n/1#c</comments>",
    "<slash:comments>3</slash:comments>",
    '<thr:total x="1">4</thr:total>',
    "<x:own><x:inner>1</x:inner></x:own>",
    "<x:title>Своё</x:title>",
    "<number>17</number>",
    "<date>2026-01-01</date>",
    "<links>чужое</links>",
    "<dc:language>ru</dc:language>",
    "<feedburner:origLink>https://agency.example/o</feedburner:origLink>",
    "<!-- заметка -->",
    "текст между",
    "<?x y?>",
    "<title>\u0093Ã¼ber\u0094</title>",
    '<title type="html">&lt;b&gt;Жирно&lt;/b&gt;</title>',
    '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">да</div></content>',
    '<content type="html" xml:base="https://agency.example/b/">&lt;a href="x"></content>',
    '<summary type="text">5 &lt; 6 &amp; 7</summary>',
    '<summary type="image/png">aGk=</summary>',
    "<published>2026-03-01T00:00:00Z</published>",
    "<id>urn:agency:1</id>",
    '<title type="xhtml"><b xmlns="http://www.w3.org/1999/xhtml" class="x">а</b></title>',
    '<summary type="xhtml">а<i xmlns="http://www.w3.org/1999/xhtml">б &lt;</i></summary>',
    "<description>без <b>пометки</b> так</description>",
    "<x:box><link>https://agency.example/o</link><title>о</title><id>7</id></x:box>",
    "<x:box><item><title>внутри</title></item></x:box>",
    "<image><title>Знак</title><url>/u.png</url><link>https://a.example/</link></image>",
    "<source><title>Другие</title><id>urn:o</id></source>",
    '<link xml:base="https://b.example/x/" href="y"/>',
    "<dc:title>Второе имя</dc:title>",
    '<media:player url="https://agency.example/p"/>',
    "<subtitle>Строкой ниже</subtitle>",
    "<textInput><title>Поиск</title></textInput>",
)
IN_FEED = (
    "<title>Агентство</title>",
    "<link>https://agency.example/</link>",
    '<atom:link rel="self" href="https://agency.example/rss"/>',
    '<link href="https://agency.example/page"/>',
    "<description>Новости</description>",
    "<language>ru-ru</language>",
    "<ttl>15</ttl>",
    "<sy:updatePeriod>hourly</sy:updatePeriod>",
    "<sy:updateFrequency>2</sy:updateFrequency>",
    "<image><url>/l.png</url><title>Знак</title><link>https://agency.example/l</link></image>",
    "<textInput><title>Поиск</title><link>/s</link><name>q</name></textInput>",
    "<category>власть</category>",
    "<managingEditor>e@agency.example</managingEditor>",
    "<itunes:owner><itunes:name>А</itunes:name></itunes:owner>",
    "<skipHours><hour>3</hour></skipHours>",
    "<skipDays><day><sy:updatePeriod>daily</sy:updatePeriod></day></skipDays>",
    "<x:own><ttl>5</ttl></x:own>",
    "<generator>вручную</generator>",
    "<lastBuildDate>Mon, 02 Mar 2026 10:00:00 +0300</lastBuildDate>",
)
PIECES = (
    *IN_ITEM,
    *IN_FEED,
    "&nbsp;",
    "&#150;",
    "&unknown;",
    "&",
    "<![CDATA[]]>",
    "<![CDATA[ ]]]]><![CDATA[> ]]>",
    "<b>",
    "<br/>",
    ' xml:lang="de"',
    ' xml:base="/b/"',
    ' xml:base="https://c.example/d/e"',
    '<div xmlns="http://www.w3.org/1999/xhtml">д</div>',
    ' type="html"',
    ' href="/h"',
    ' lang=""',
    "\u00a0",
    "\u0085",
    "Ð¡",
    "]]>",
    '<e xmlns="urn:inner">1</e>',
    '<d:e xmlns:d="http://purl.org/dc/elements/1.1/">1</d:e>',
)


def document(kind: str, chance: random.Random, own: tuple[str, ...] = IN_ITEM) -> str:
    """Invent a feed of some entries, each with some of the elements we know of."""
    item = "entry" if kind == "atom" else "item"
    head = "".join(chance.sample(IN_FEED, chance.randint(2, 8)))
    about = ' rdf:about="https://agency.example/a"' if kind == "rdf" else ""
    items = "".join(
        f"<{item}{about}>{''.join(chance.sample(own, min(len(own), chance.randint(1, 7))))}</{item}>\n"
        for _ in range(chance.randint(1, 3))
    )
    if kind == "atom":
        return f'<feed xmlns="http://www.w3.org/2005/Atom" {SPACES}>{head}{items}</feed>'
    if kind == "rdf":
        rdf = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        core = f'{rdf} xmlns="http://purl.org/rss/1.0/"'
        return f"<rdf:RDF {core} {SPACES}><channel>{head}</channel>{items}</rdf:RDF>"
    version = chance.choice(
        ('version="2.0"', 'version="0.91"', "", 'version="2.0" xml:lang="ru_RU"')
    )
    return f"<rss {version} {SPACES}><channel>{head}{items}</channel></rss>"


def mutated(text: str, chance: random.Random) -> str:
    """Change a document at one to three places."""
    for _ in range(chance.randint(1, 3)):
        places = [match.span() for match in re.finditer(r"<[^<>!?]*>|(?<=>)[^<>]+", text)]
        if not places:
            return text
        start, end = chance.choice(places)
        other, stop = chance.choice(places)
        text = chance.choice(
            (
                text[:start] + text[end:],
                text[:end] + text[start:end] + text[end:],
                text[:end] + chance.choice(PIECES) + text[end:],
                text[: max(end - 1, 0)] + chance.choice(PIECES) + text[max(end - 1, 0) :],
                text[:start] + " " + text[end:],
                text[:start] + text[other:stop] + text[end:],
                renamed(text, chance),
                without_one_element(text, chance),
                text.replace("https://agency.example/", "/", chance.randint(1, 4)),
            )
        )
    return text


def renamed(text: str, chance: random.Random) -> str:
    """Give all elements of one name another name, or one prefix another namespace."""
    names = sorted(set(re.findall(r"</([\w:.-]+)>", text))) or ["item"]
    if chance.random() < 0.3:
        spaces = re.findall(r'xmlns(?::\w+)?="([^"]*)"', text) or ["urn:x"]
        return text.replace(f'"{chance.choice(spaces)}"', f'"{chance.choice(spaces)}"', 1)
    old, new = chance.choice(names), chance.choice([*names, "tags", "body", "media:title", "x:y"])
    return re.sub(rf"(</?){re.escape(old)}(?=[\s/>])", rf"\g<1>{new}", text)


def without_one_element(text: str, chance: random.Random) -> str:
    found = list(re.finditer(r"<([\w:]+)(?:\s[^<>]*)?>[^<>]*</\1>", text))
    if not found:
        return text
    gone = chance.choice(found)
    again = gone.group() if chance.random() < 0.5 else ""
    return text[: gone.start()] + again * 2 + text[gone.end() :]
