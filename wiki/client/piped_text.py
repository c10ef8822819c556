"""Reads the end of piped output of any length in bounded memory."""

from collections import deque
from typing import IO

KEPT = 1_000_000  # bytes at the end of the output, where the last error is
_CHUNK = 65_536


def read_end(stream: IO[bytes], copy: IO[bytes] | None = None) -> str:
    """The last `KEPT` bytes as text, in whole lines; all of `stream` is also written to `copy`."""
    chunks: deque[bytes] = deque()
    size = dropped = 0
    while chunk := stream.read1(_CHUNK) if hasattr(stream, "read1") else stream.read(_CHUNK):
        if copy is not None:
            copy.write(chunk)
            copy.flush()
        chunks.append(chunk)
        size += len(chunk)
        while size - len(chunks[0]) >= KEPT:
            first = len(chunks.popleft())
            size, dropped = size - first, dropped + first
    text = b"".join(chunks)
    if dropped or len(text) > KEPT:
        text = text[-KEPT:].partition(b"\n")[2]
    return _plain(text)


def _plain(text: bytes) -> str:
    encoding = "utf-16" if text[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"  # PowerShell's
    return text.decode(encoding, "replace").replace("\r\n", "\n").replace("\x00", "")
