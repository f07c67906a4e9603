"""Western European text is folded by tables as any other text is by rules."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.core.text.fold import lower, repair
from feedhub.core.text.western import western_words


@given(st.text(st.sampled_from("aÀéßÿŸœŠ²ªƒ zQ1_-’«».,\n\u00a0€×ˆ™")))
def test_words_of_western_text_are_those_of_any_text(text: str) -> None:
    folded = lower(repair(text))
    expected = "".join(char if re.match(r"\w", char) else " " for char in folded)
    assert western_words(text) == expected


@pytest.mark.parametrize("text", ["Ж", "café \u00ad", "5 µm", "naïve \u200b", "\u4e00", "a\ud800"])
def test_text_of_other_letters_or_with_hidden_marks_is_left_to_the_rules(text: str) -> None:
    assert western_words(text) is None
