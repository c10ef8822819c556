"""A response on its way to a client that may be slow to read it."""

import os
import socket
from collections import deque
from tempfile import TemporaryFile
from typing import IO

BUFFER_SIZE = 256 * 1024  # bytes of a response that wait in memory; the rest waits on disk
_FILE_CHUNK = 256 * 1024  # bytes read from a file at once
_MAX_PIECES = 16  # pieces sent with one call


class FileSlice:
    """A part of an open file."""

    def __init__(self, fileno: int, offset: int = 0, count: int = 0) -> None:
        self.fileno, self.offset, self.count = os.dup(fileno), offset, count

    def append(self, data: memoryview) -> None:
        """Write `data` behind the slice. Raises `OSError` when the disk is full."""
        while data:
            written = os.pwrite(self.fileno, data, self.offset + self.count)
            self.count += written
            data = data[written:]

    def send(self, connection: socket.socket) -> int:
        """Send a piece; returns the bytes sent, 0 if the file is shorter than `count` says."""
        data = os.pread(self.fileno, min(_FILE_CHUNK, self.count), self.offset)
        sent = connection.send(data) if data else 0
        self.offset += sent
        self.count -= sent
        return sent

    def close(self) -> None:
        os.close(self.fileno)


class ResponseBuffer:
    """Takes the place of the socket to which Gunicorn writes a response; never blocks."""

    def __init__(self, connection: socket.socket) -> None:
        self.sent = 0  # bytes of all responses
        self._socket = connection
        self._parts: deque[memoryview | FileSlice] = deque()
        self._held = 0  # bytes in memory
        self._overflow: FileSlice | None = None  # the last part, once memory was full

    def sendall(self, data: bytes) -> None:
        """Send or buffer `data`. Raises `OSError` if the client is gone or the disk is full."""
        if not data:
            return
        if self._overflow:
            self._overflow.append(memoryview(data))
            return
        self._parts.append(memoryview(data))
        self._held += len(data)
        if self._held > BUFFER_SIZE and not self.flush():
            self._spill()

    send = sendall

    def gettimeout(self) -> float:
        """0, as for a non-blocking socket."""
        return 0.0

    def sendfile(self, file: IO[bytes], offset: int = 0, count: int = 0) -> None:
        """Send `count` bytes of `file`, which the caller may close afterwards."""
        self._overflow = None
        self._parts.append(FileSlice(file.fileno(), offset, count))

    def flush(self) -> bool:
        """Send what the client accepts now; true once everything is sent. Raises `OSError`."""
        try:
            while self._parts:
                first = self._parts[0]
                self._send_file(first) if isinstance(first, FileSlice) else self._send_pieces()
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        """Discard what hasn't been sent."""
        self._overflow = None
        while self._parts:
            if isinstance(part := self._parts.popleft(), FileSlice):
                part.close()

    def _send_file(self, part: FileSlice) -> None:
        if part.count:
            sent = part.send(self._socket)
            if not sent:
                raise ConnectionAbortedError("a file has become shorter")
            self.sent += sent
        if not part.count:
            self._parts.popleft()
            part.close()
            if part is self._overflow:
                self._overflow = None

    def _send_pieces(self) -> None:
        pieces: list[memoryview] = []
        for part in self._parts:
            if isinstance(part, FileSlice) or len(pieces) == _MAX_PIECES:
                break
            pieces.append(part)
        # Head and body with one call: the client needn't wait for the second one.
        sent = self._socket.sendmsg(pieces)
        self.sent += sent
        self._held -= sent
        for piece in pieces:
            if sent < len(piece):
                self._parts[0] = piece[sent:]
                break
            sent -= len(piece)
            self._parts.popleft()

    def _spill(self) -> None:
        """Move the data in memory to disk, where later data is appended."""
        waiting: list[memoryview] = []
        while self._parts and isinstance(part := self._parts[-1], memoryview):
            waiting.append(part)
            self._parts.pop()
        with TemporaryFile(buffering=0) as file:
            self._overflow = FileSlice(file.fileno())
        self._parts.append(self._overflow)
        for part in reversed(waiting):
            self._held -= len(part)
            self._overflow.append(part)
