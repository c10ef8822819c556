"""Packet lines, the framing of the Git protocol, and its side bands.

Source: Git, `Documentation/gitprotocol-common.txt`.
"""

from collections.abc import Iterable, Iterator

FLUSH = b"0000"
LONGEST = 65_515  # bytes of content, besides four for the length and one for the band
DATA, PROGRESS = b"\1", b"\2"


class MalformedRequest(ValueError):
    """The request doesn’t follow the Git protocol."""


def pkt_line(content: bytes) -> bytes:
    """`content` as one packet line."""
    return b"%04x" % (len(content) + 4) + content


def read_pkt_lines(data: bytes, at: int = 0) -> Iterator[tuple[bytes | None, int]]:
    """Each line without its line end, and where the next one starts; `None` is a flush packet.

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
    """`chunks` as packet lines of one side band."""
    for chunk in chunks:
        for begin in range(0, len(chunk), LONGEST):
            yield pkt_line(band + chunk[begin : begin + LONGEST])
