"""Longest common subsequences, in bounded time and memory. Pure."""

from collections.abc import Sequence

from rapidfuzz.distance import LCSseq

MAX_TOKENS = 20_000  # on each side; the method's memory grows with their product

Block = tuple[int, int, int]  # start in one sequence, start in the other, length


def common_blocks(a: Sequence[str], b: Sequence[str], limit: int = MAX_TOKENS) -> list[Block]:
    """The blocks of a longest common subsequence of `a` and `b`, in order.

    Common prefixes and suffixes are removed first. If more than `limit` tokens remain on either
    side, the rest counts as having nothing in common.

    Source: Hyyrö, “Bit-parallel LCS-length computation revisited”, AWOCA 2004 (in rapidfuzz).
    """
    head = _common_prefix(a, b)
    tail = _common_suffix(a, b, head)
    inner_a, inner_b = a[head : len(a) - tail], b[head : len(b) - tail]
    blocks: list[Block] = [(0, 0, head)] if head else []
    if inner_a and inner_b and max(len(inner_a), len(inner_b)) <= limit:
        numbers: dict[str, int] = {}
        coded_a = [numbers.setdefault(token, len(numbers)) for token in inner_a]
        coded_b = [numbers.setdefault(token, len(numbers)) for token in inner_b]
        for step in LCSseq.opcodes(coded_a, coded_b):
            if step.tag == "equal":
                blocks.append(
                    (step.src_start + head, step.dest_start + head, step.src_end - step.src_start)
                )
    if tail:
        blocks.append((len(a) - tail, len(b) - tail, tail))
    return _with_adjacent_joined(blocks)


def _common_prefix(a: Sequence[str], b: Sequence[str]) -> int:
    length = min(len(a), len(b))
    return next((i for i in range(length) if a[i] != b[i]), length)


def _common_suffix(a: Sequence[str], b: Sequence[str], head: int) -> int:
    length = min(len(a), len(b)) - head
    return next((i for i in range(length) if a[-1 - i] != b[-1 - i]), length)


def _with_adjacent_joined(blocks: list[Block]) -> list[Block]:
    joined: list[Block] = []
    for start_a, start_b, length in blocks:
        if joined:
            last_a, last_b, last = joined[-1]
            if last_a + last == start_a and last_b + last == start_b:
                joined[-1] = (last_a, last_b, last + length)
                continue
        joined.append((start_a, start_b, length))
    return joined
