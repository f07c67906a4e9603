"""Measure the tagging: entries per CPU-second, and what compiling costs: `python -m bench.tagging`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import process_time

from bench.gold_tags import lead_of, load_specs, read_entries
from feedhub.core.tagging import Rules, compile_vocabulary, rules_from_json, rules_to_json, tag
from feedhub.model.entry import Entry
from feedhub.model.settings import Tagging, TagSpec

WORDS = 283
"""The mean length of a full entry in a collection of agencies' news."""

HEAD_CHARS = 600


def filler(count: int) -> tuple[TagSpec, ...]:
    """Return so many more place tags, of the kind that hardly ever match, with an alias each."""
    stems = ("ново", "верхне", "нижне", "старо", "средне", "велико", "мало", "красно")
    ends = ("горский район", "реченская область", "озерск", "польский край", "каменск")
    return tuple(
        TagSpec(
            name=f"{stems[n % 8]}{ends[n // 8 % 5]} {_letters(n)}",
            aliases=(f"ведомство {_letters(n)}",),
        )
        for n in range(count)
    )


def _letters(number: int) -> str:
    return "".join("абвгдежзик"[int(digit)] for digit in f"{number:05}") + "ский"


def rate(entries: list[Entry], rules: Rules, seconds: float = 2.0) -> float:
    """Return entries tagged per CPU-second."""
    done, start = 0, process_time()
    while process_time() - start < seconds:
        for entry in entries:
            tag(entry, rules, None)
        done += len(entries)
    return done / (process_time() - start)


def cost(work: Callable[[], Rules]) -> tuple[Rules, float]:
    """Return the outcome of the work and its CPU-seconds."""
    start = process_time()
    rules = work()
    return rules, process_time() - start


def main(arguments: list[str]) -> int:
    """Print one line for each size of vocabulary."""
    here = Path(__file__).resolve().parent.parent
    gold = (Path(arguments[0]) if arguments else here.parent / "shared") / "gold"
    entries = [entry for entry in read_entries(gold).values() if len(entry.text) > 400]
    full = [_cut(entry, WORDS) for entry in entries]
    heads = [
        replace(e, text=e.text[:HEAD_CHARS], lead=lead_of(e.text[:HEAD_CHARS])) for e in entries
    ]
    specs = load_specs(gold / "vocabulary.yaml")
    for size in (250, 5_000):
        wanted = (*specs, *filler(size - len(specs)))
        # mypy gives no type to a lambda with a default, here and below
        rules, seconds = cost(lambda wanted=wanted: compile_vocabulary(wanted, tagging=Tagging()))  # type: ignore[misc]
        text = rules_to_json(rules)
        _, load = cost(lambda text=text: rules_from_json(text))  # type: ignore[misc]
        print(
            f"{size} tags: full {rate(full, rules):,.0f}/s, title+{HEAD_CHARS} {rate(heads, rules):,.0f}/s,"
            f" compile {seconds:.2f} s, JSON {len(text.encode()) / 1e6:.2f} MB read in {load:.2f} s"
        )
    mean = sum(len(entry.text.split()) for entry in full) / len(full)
    print(f"{len(full)} entries, {mean:.0f} words each")
    return 0


def _cut(entry: Entry, words: int) -> Entry:
    text = entry.text
    while len(text.split()) < words:
        text = f"{text}\n{entry.text}"
    text = text[: _end_of_word(text, words)]
    return replace(entry, text=text, lead=lead_of(text))


def _end_of_word(text: str, words: int) -> int:
    end = 0
    for word in text.split()[:words]:
        end = text.index(word, end) + len(word)
    return end


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
