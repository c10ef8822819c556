"""Longest common subsequences: as long as can be, in order, and bounded."""

from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from wiki.pages.diffing.lcs import common_blocks

TOKENS = st.lists(st.sampled_from("abc"), max_size=9)


def _lcs_length(a: list[str], b: list[str]) -> int:
    """The textbook's recurrence."""

    @cache
    def length(i: int, j: int) -> int:
        if i == len(a) or j == len(b):
            return 0
        if a[i] == b[j]:
            return 1 + length(i + 1, j + 1)
        return max(length(i + 1, j), length(i, j + 1))

    return length(0, 0)


@given(TOKENS, TOKENS)
def test_the_blocks_are_a_longest_common_subsequence(a: list[str], b: list[str]) -> None:
    blocks = common_blocks(a, b)
    end_a = end_b = 0
    for start_a, start_b, length in blocks:
        assert start_a >= end_a
        assert start_b >= end_b
        assert a[start_a : start_a + length] == b[start_b : start_b + length]
        end_a, end_b = start_a + length, start_b + length
    assert sum(length for *_, length in blocks) == _lcs_length(a, b)


def test_adjacent_blocks_are_one() -> None:
    assert common_blocks(list("abcd"), list("abcd")) == [(0, 0, 4)]


def test_past_the_limit_only_what_is_around_the_change_is_common() -> None:
    a, b = ["first", *"uvwx", "last"], ["first", *"vwxy", "last"]
    assert common_blocks(a, b, limit=3) == [(0, 0, 1), (5, 5, 1)]
    assert common_blocks(a, b, limit=4) == [(0, 0, 1), (2, 1, 3), (5, 5, 1)]
