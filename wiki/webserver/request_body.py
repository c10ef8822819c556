"""The body of a request, collected as it arrives.

Source: RFC 9112, 6.3 and 7.1.
"""

import re
from tempfile import SpooledTemporaryFile
from typing import IO

# Bytes of a body kept in memory; larger bodies are in an unnamed file on disk.
SPOOL_SIZE = 512 * 1024
MAX_LINE = 8192  # bytes of a chunk-size line, and of all trailers
PLAIN_SIZE_LINE = 18  # bytes of the longest chunk-size line without extensions
_SIZE_LINE = re.compile(rb"([0-9a-fA-F]{1,15})[ \t]*(?:;[^\r\n]*)?\r\n")


class MalformedBody(ValueError):
    """The framing of the body is invalid."""


class BodyTooLarge(ValueError):
    """The body is larger than the application accepts."""


class RequestBody:
    """A body of `length` bytes, or a chunked one (`None`); at most `limit` bytes if that is set.

    `file` holds the body without its framing. If `is_kept` is false, nothing is stored.
    """

    def __init__(self, length: int | None) -> None:
        self.file: IO[bytes] = SpooledTemporaryFile(SPOOL_SIZE)  # noqa: SIM115  # `close`
        self.size = 0
        self.limit: int | None = None
        self.is_kept = True
        self._chunks = ChunkedDecoder() if length is None else None
        self._length = length or 0

    @property
    def is_whole(self) -> bool:
        """Whether the body has been received to its end."""
        return self._chunks.has_ended if self._chunks else self.size >= self._length

    def feed(self, data: bytes) -> bytes:
        """Add the part of `data` that belongs to the body; returns the rest.

        Raises `MalformedBody`, `BodyTooLarge`, `OSError`.
        """
        if self._chunks:
            parts, rest = self._chunks.feed(data)
        else:
            left = self._length - self.size
            parts, rest = [data[:left]], data[left:]
        for part in parts:
            self.size += len(part)
            if self.is_kept:
                if self.limit is not None and self.size > self.limit:
                    raise BodyTooLarge
                self.file.write(part)
        return rest

    def forget(self) -> None:
        """Discard the body and what is still to come of it."""
        self.is_kept = False
        self.file.close()

    def close(self) -> None:
        self.file.close()


class ChunkedDecoder:
    """Decodes the chunked transfer coding incrementally; data may be split anywhere."""

    def __init__(self) -> None:
        self.has_ended = False
        self._left = 0  # bytes to come of the current chunk
        self._line = b""  # a line that hasn't ended yet
        self._is_behind_data = self._is_behind_last = False
        self._trailers = 0  # bytes
        self._excess = 0  # bytes of size lines beyond what chunks of this size need

    def feed(self, data: bytes) -> tuple[list[bytes], bytes]:
        """The contents in `data`, and what follows the last chunk. Raises `MalformedBody`."""
        parts = []
        at = 0  # an index: slicing would copy the rest for each of very many small chunks
        while at < len(data) and not self.has_ended:
            if self._left:
                part = data[at : at + self._left]
                at += len(part)
                self._left -= len(part)
                self._is_behind_data = not self._left
                parts.append(part)
                continue
            newline = data.find(b"\n", at)
            end = newline + 1 or len(data)
            self._line += data[at:end]
            at = end
            if len(self._line) > MAX_LINE:
                raise MalformedBody
            if newline >= 0:
                line, self._line = self._line, b""
                self._read_line(line)
        return parts, data[at:]

    def _read_line(self, line: bytes) -> None:
        if not line.endswith(b"\r\n"):
            raise MalformedBody
        if self._is_behind_data:
            if line != b"\r\n":
                raise MalformedBody
            self._is_behind_data = False
        elif self._is_behind_last:
            self._trailers += len(line)
            if self._trailers > MAX_LINE:
                raise MalformedBody
            self.has_ended = line == b"\r\n"
        else:
            self._read_size(line)

    def _read_size(self, line: bytes) -> None:
        found = _SIZE_LINE.fullmatch(line)
        if not found:
            raise MalformedBody
        self._left = int(found[1], 16)
        self._is_behind_last = not self._left
        # Chunk extensions don't count towards the body's size limit, so they have their own.
        self._excess = max(0, self._excess + len(line) - PLAIN_SIZE_LINE - self._left)
        if self._excess > MAX_LINE:
            raise MalformedBody
