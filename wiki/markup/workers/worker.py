"""The worker process that renders large and odd texts, or finds their links.

Started by `worker_client`. It reads messages from standard input and answers on standard output,
until the input ends because the parent has ended. It has no state, so it may be killed at any time.
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
CPU_TIME_LIMIT = 1.4  # processor seconds for one text; `COST_LIMIT` allows for half of them
LINKS_TIME_LIMIT = 3.0  # processor seconds to find the links of one text; 2 MB of prose take 0.8
WORKER_IDLE_LIMIT = 600  # seconds without work, after which it ends to free its memory


def main() -> None:
    """Serve until the input ends, or for `WORKER_IDLE_LIMIT` seconds without a message."""
    limit_memory(WORKER_MEMORY_LIMIT)
    # Garbage collection while a large tree is built takes a third of the time; do it afterwards.
    gc.disable()
    with contextlib.suppress(BrokenPipeError):  # the server was killed meanwhile
        _serve()


def _serve() -> None:
    while head := _read(LENGTH_HEADER.size):
        body = _read(LENGTH_HEADER.unpack(head)[0])
        if not body:
            return
        # Processor time, so that other load doesn't count. The signal kills this process.
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
    except Exception:  # nested too deep, or out of memory: the parent treats both alike
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
