"""Deltas between two versions of a tree or a text that mostly differ in one place.

Source: Git, `Documentation/gitformat-pack.txt`, "Deltified representation".
"""

SHORTEST = 32  # bytes; Git takes no delta of less than four
_BLOCK = 4_096  # bytes compared at once
_LONGEST_COPY = 0xFFFF
_LONGEST_INSERT = 0x7F


def delta_between(base: bytes, new: bytes) -> bytes | None:
    """The delta that turns `base` into `new`; `None` if `new` is very short or more than half of it
    differs.
    """
    if len(new) < SHORTEST:
        return None
    begin = _common(base, new)
    most = min(len(base), len(new)) - begin
    end = min(most, _common(base[begin:][::-1], new[begin:][::-1]))
    inserted = new[begin : len(new) - end]
    if len(inserted) * 2 > len(new):
        return None
    parts = [_size(len(base)), _size(len(new)), *_copies(0, begin)]
    for at in range(0, len(inserted), _LONGEST_INSERT):
        part = inserted[at : at + _LONGEST_INSERT]
        parts += bytes([len(part)]), part
    return b"".join([*parts, *_copies(len(base) - end, end)])


def _common(one: bytes, other: bytes) -> int:
    """The length of the common prefix."""
    most = min(len(one), len(other))
    at = 0
    while at < most and one[at : at + _BLOCK] == other[at : at + _BLOCK]:
        at += _BLOCK
    if at >= most:
        return most
    while at < most and one[at] == other[at]:
        at += 1
    return at


def _copies(offset: int, size: int) -> list[bytes]:
    parts = []
    while size:
        length = min(size, _LONGEST_COPY)
        parts.append(_copy(offset, length))
        offset, size = offset + length, size - length
    return parts


def _copy(offset: int, size: int) -> bytes:
    code, operands = 0x80, bytearray()
    for bit, value in enumerate([*offset.to_bytes(4, "little"), *size.to_bytes(2, "little")]):
        if value:
            code |= 1 << bit
            operands.append(value)
    return bytes([code]) + bytes(operands)


def _size(size: int) -> bytes:
    out = bytearray()
    while size >= 0x80:
        out.append(size & 0x7F | 0x80)
        size >>= 7
    out.append(size)
    return bytes(out)
