"""Packet lines: the framing of everything that Git says, and its side bands.

Source: Git, `Documentation/gitprotocol-common.txt`.
"""

from collections.abc import Iterable, Iterator

FLUSH = b"0000"
LONGEST = 65_515  # bytes of content beside four of length and one of the band
DATA, PROGRESS = b"\1", b"\2"


class MalformedRequest(ValueError):
    """What was sent isn't Git's protocol."""


def pkt_line(content: bytes) -> bytes:
    return b"%04x" % (len(content) + 4) + content


def read_pkt_lines(data: bytes, at: int = 0) -> Iterator[tuple[bytes | None, int]]:
    """Each line without its end, and where the next begins; `None` is a flush.

    Raises `MalformedRequest`.
    """
    while at < len(data):
        try:
            length = int(data[at : at + 4], 16)
        except ValueError as error:
            raise MalformedRequest from error
        if length == 0:
            at += 4
            yield None, at
            continue
        if length < 4 or at + length > len(data):
            raise MalformedRequest
        line = data[at + 4 : at + length]
        at += length
        yield line.removesuffix(b"\n"), at


def side_band(band: bytes, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """`chunks` in packet lines of one band."""
    for chunk in chunks:
        for begin in range(0, len(chunk), LONGEST):
            yield pkt_line(band + chunk[begin : begin + LONGEST])
