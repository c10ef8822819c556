"""The process in which large and odd texts are rendered, or searched for links; `worker_client`
starts it.

Reads messages from standard input and answers on standard output until the input ends, which it
does when the parent is gone. It holds nothing, so it may be killed at any moment.
"""

import contextlib
import gc
import json
import os
import select
import signal
import sys
from dataclasses import asdict

from wiki.child_process import limit_memory
from wiki.markup.pipeline import render_truncated
from wiki.markup.source_links import links_in
from wiki.markup.workers.ipc import LENGTH_HEADER, LINKS_OF, pack

WORKER_MEMORY_LIMIT = 768 * 1024 * 1024  # bytes of address space; a 2 MB text takes about 300 MB
CPU_TIME_LIMIT = 1.4  # seconds of processor for one text; what is formatted takes half of it
LINKS_TIME_LIMIT = 3.0  # seconds of processor for the links of one; 2 MB of prose take 0.8
WORKER_IDLE_LIMIT = 600  # seconds without work, after which the memory is given back


def main() -> None:
    """Serve until the input ends or nothing has come for `WORKER_IDLE_LIMIT` seconds."""
    limit_memory(WORKER_MEMORY_LIMIT)
    # Collecting while a large tree is built costs a third of the time; after the answer, none.
    gc.disable()
    with contextlib.suppress(BrokenPipeError):  # the server was killed meanwhile
        _serve()


def _serve() -> None:
    while head := _read(LENGTH_HEADER.size):
        body = _read(LENGTH_HEADER.unpack(head)[0])
        if not body:
            return
        # Processor time: other load doesn't count against the text. The signal kills this process.
        limit = LINKS_TIME_LIMIT if body.startswith(LINKS_OF) else CPU_TIME_LIMIT
        signal.setitimer(signal.ITIMER_PROF, limit)
        answer = _answer(body)
        signal.setitimer(signal.ITIMER_PROF, 0)
        _write(answer)
        gc.collect()


def _answer(body: bytes) -> bytes:
    try:
        message = json.loads(body)
        if body.startswith(LINKS_OF):
            return pack(list(links_in(message["links_of"])))
        return pack(asdict(render_truncated(message["text"], message["path"])))
    except Exception:  # too deep, out of memory: the parent treats them alike
        return pack(None)


def _read(size: int) -> bytes:
    parts = []
    while size:
        if not select.select([sys.stdin], [], [], WORKER_IDLE_LIMIT)[0]:
            return b""
        part = os.read(sys.stdin.fileno(), min(size, 1 << 20))
        if not part:
            return b""
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _write(answer: bytes) -> None:
    view = memoryview(answer)
    while view:
        view = view[os.write(sys.stdout.fileno(), view) :]
