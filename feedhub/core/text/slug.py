"""Slugs: a name in plain ASCII for addresses, by a transliteration table of our own.

A slug is presentation, made once and kept; the identity of a tag is its folded name. The table
follows what Russian readers expect in addresses (ya, yu, shch, kh, ts), without apostrophes.
"""

from __future__ import annotations

import re
import unicodedata
from hashlib import sha256

from feedhub.core.text.fold import bare, repair

_TABLE = """
а=a б=b в=v г=g д=d е=e ё=e ж=zh з=z и=i й=y к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts
ч=ch ш=sh щ=shch ъ= ы=y ь= э=e ю=yu я=ya ў=u і=i ї=yi є=ye ґ=g ә=a ғ=g қ=k ң=n ө=o ұ=u ү=u һ=h ҳ=h
ҷ=j ӣ=i ӯ=u җ=zh ј=j љ=lj њ=nj ћ=c ђ=dj џ=dz ѓ=g ќ=k ѕ=z ӑ=a ӗ=e ҫ=s ӳ=u
ß=ss æ=ae œ=oe ø=o ł=l đ=d ı=i þ=th ð=d
"""
_LETTERS = dict(pair.split("=") for pair in _TABLE.split())
_KNOWN = str.maketrans(_LETTERS)
_UNKNOWN = re.compile(r"[^\x00-\x7f]")
_APOSTROPHES = re.compile("(?<=\\w)['’ʼ`](?=\\w)")
_BREAK = re.compile("[^a-z0-9]+")
_SHARP = re.compile(r"(?<=\w)#")
_PLUS = re.compile(r"(?<=\w)(\+{1,2})(?!\w)")


def slugify(text: str, *, limit: int = 60) -> str:
    """Return `[a-z0-9-]+` for a name: at most `limit` characters, cut at a hyphen where it has one.

    Never empty: a name without a letter or digit we can write becomes "x" and a short hash of it,
    so that it is the same next time.
    """
    spoken = bare(repair(text))
    if "+" in spoken:
        spoken = _PLUS.sub(lambda found: "-plus" * len(found[1]) + " ", spoken)
    if "#" in spoken:
        spoken = _SHARP.sub("-sharp ", spoken)
    spoken = _APOSTROPHES.sub("", spoken)
    plain = unicodedata.normalize("NFKC", spoken).casefold()
    if not plain.isascii():
        plain = _UNKNOWN.sub(lambda found: _letter(found[0]), plain.translate(_KNOWN))
    slug = _BREAK.sub("-", plain).strip("-")
    return _cut(slug, limit) or "x" + sha256(text.encode("utf-8", "replace")).hexdigest()[:8]


def _letter(char: str) -> str:
    first = unicodedata.normalize("NFKD", char)[:1]
    return _LETTERS.get(first, first if first.isascii() else "" if char.isalpha() else " ")


def _cut(slug: str, limit: int) -> str:
    if len(slug) <= limit:
        return slug
    whole, hyphen, _ = slug[: limit + 1].rpartition("-")
    return (whole if hyphen else slug[:limit]).strip("-")
