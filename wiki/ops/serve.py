"""`nexus serve`: Gunicorn with measured settings, so that nothing has to be configured."""

import atexit
import ctypes
import gc
import http.client
import os
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from functools import partial
from typing import Any, NoReturn, cast

import click
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.http import message
from gunicorn.workers.base import Worker

from wiki import create_app
from wiki.config import Settings, read_settings, unknown_settings
from wiki.instance.folder import delete_all_leftovers
from wiki.instance.lock import lock_shared
from wiki.webserver.worker import FrontWorker

# mallopt(3)
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
MMAP_THRESHOLD = 2 * 1024 * 1024  # bytes; larger blocks go back to the system once free
TRIM_THRESHOLD = 8 * 1024 * 1024  # bytes of free memory kept for the next request
SWITCH_INTERVAL = 0.0005  # seconds that a thread runs before another one may
GC_THRESHOLD = 20_000  # net allocations between two runs of the garbage collector
MAX_URL_BYTES = 96_000  # a search for 10,000 pasted characters, each percent-encoded as nine bytes
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)
THREADS_PER_WORKER = 4  # more would only wait for the GIL
CONNECTIONS_PER_WORKER = 1000  # an idle connection needs no thread
MAX_DESCRIPTORS = 8192  # of a process; a connection may need three
HEARTBEAT_FOLDER = "/dev/shm"  # noqa: S108  # in memory: on a slow disk, workers would be killed


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="The port to listen on; 0 picks a free one.",
)
@click.option(
    "--workers",
    type=click.IntRange(1),
    help="The number of worker processes.  [default: NEXUS_WORKERS, or one per core]",
)
def serve(host: str, port: int, workers: int | None) -> None:
    """Migrate the database, fill an empty wiki with starter pages, and start the server.

    Once the server is ready, it prints its address as the last line. Stop it with Ctrl-C.
    """
    # NumPy's helper threads gain nothing on arrays of this size, and each costs memory.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _raise_descriptor_limit()
    settings = read_settings()
    for name in unknown_settings(os.environ):
        click.echo(f"{name} is not a setting of Nexus and is ignored.", err=True)
    listener = _bind(host, port)
    with lock_shared(settings.instance):
        _bootstrap(settings)
        Server(settings, listener, workers or settings.workers).run()


class Server(BaseApplication):
    """Gunicorn for `create_app`; each worker creates its own application."""

    def __init__(self, settings: Settings, listener: socket.socket, workers: int) -> None:
        self.settings, self.listener, self.workers = settings, listener, workers
        # Now, since workers get the socket under another descriptor.
        self.address = _local_address(listener)
        super().__init__()

    def load_config(self) -> None:
        # Gunicorn treats any higher setting as 8190.
        message.MAX_REQUEST_LINE = MAX_URL_BYTES  # type: ignore[misc]  # no setting reaches it
        options = {
            "bind": [f"fd://{self.listener.fileno()}"],
            "worker_class": FrontWorker,
            "workers": self.workers,
            "threads": THREADS_PER_WORKER,
            "worker_connections": CONNECTIONS_PER_WORKER,
            "max_requests": 50_000,  # a new worker starts with empty caches
            "max_requests_jitter": 5000,
            "graceful_timeout": 30,  # seconds
            "worker_tmp_dir": HEARTBEAT_FOLDER if os.access(HEARTBEAT_FOLDER, os.W_OK) else None,
            # An engine, a searcher or a thread made before the fork would be shared and break.
            "preload_app": False,
            "control_socket_disable": True,
            "limit_request_line": MAX_URL_BYTES,
            # Only NEXUS_PROXIES decides which proxies' headers are trusted.
            "forwarded_allow_ips": "",
            "forwarder_headers": "",
            "secure_scheme_headers": {},
            "loglevel": "warning",
            "proc_name": "nexus",
            "post_fork": _init_worker_signals,
            "post_worker_init": self._start_worker,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return create_app(self.settings)

    def run(self) -> None:
        try:
            Master(self).run()
        except SystemExit as ended:  # of the parent, and of each worker
            _exit_fast(ended.code)

    def _start_worker(self, worker: Worker) -> None:
        from wiki.access.busy_gate import costly_kind  # noqa: PLC0415  # in the worker only
        from wiki.admin.worker_registry import start_reporting  # noqa: PLC0415
        from wiki.community.notifier.process import NOTIFIER  # noqa: PLC0415
        from wiki.processes.supervisor import supervise  # noqa: PLC0415
        from wiki.search.indexing.supervision import INDEXER  # noqa: PLC0415
        from wiki.search.meaning.supervision import ENCODER, is_wanted_by  # noqa: PLC0415

        _tune_malloc()
        # The application's objects stay alive: scanning them would cost 50 ms in each collection.
        gc.freeze()
        # A page allocates thousands of objects that are freed with it; collecting after every 700
        # takes a twentieth of its time.
        gc.set_threshold(GC_THRESHOLD, 10, 10)
        # While another thread computes, each database call would wait 5 ms for the GIL.
        sys.setswitchinterval(SWITCH_INTERVAL)
        app = cast("Flask", worker.wsgi)
        if self.settings.rate_limits and isinstance(worker, FrontWorker):
            worker.costly_kind = partial(costly_kind, base_path=self.settings.base_path)
        start_reporting(app)
        supervise(app, INDEXER)
        supervise(app, NOTIFIER)
        if is_wanted_by(app):
            supervise(app, ENCODER)
        if self.settings.smtp_url:
            from wiki.mail.sender import SENDER  # noqa: PLC0415  # where there is mail to send

            supervise(app, SENDER)
        if worker.age == 1:
            threading.Thread(target=_announce, args=self.address, daemon=True).start()


def _raise_descriptor_limit() -> None:
    """Raise the limit of open files as far as the system allows; some systems start with 256."""
    import resource  # noqa: PLC0415  # not on Windows

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, MAX_DESCRIPTORS), most))


def _tune_malloc() -> None:
    """Let glibc return memory that was used briefly, such as the 19 MB of a password hash."""
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        # Otherwise each thread gets its own heap, which never shrinks.
        libc.mallopt(_M_ARENA_MAX, 1)
        # Otherwise both grow to the size of the largest block ever freed.
        libc.mallopt(_M_MMAP_THRESHOLD, MMAP_THRESHOLD)
        libc.mallopt(_M_TRIM_THRESHOLD, TRIM_THRESHOLD)


class Master(Arbiter):
    """Gunicorn's arbiter, except that SIGHUP stops it instead of reloading the workers."""

    def init_signals(self) -> None:
        is_nohup = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        super().init_signals()
        if is_nohup:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def handle_hup(self) -> None:
        self.handle_term()

    def spawn_worker(self) -> int:
        # A new worker inherits our signal handlers, which would swallow a stop signal until it has
        # its own: block these signals until `_init_worker_signals`.
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
        try:
            return super().spawn_worker()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)


def _exit_fast(status: object) -> NoReturn:
    """Exit without finalizing the interpreter, which takes half a second of processor time."""
    atexit._run_exitfuncs()
    with suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status & 0xFF if isinstance(status, int) else bool(status))


def _init_worker_signals(_master: Arbiter, _worker: Worker) -> None:
    """Let a worker stop even before it has started, and shield it from Ctrl-C.

    The master stops it: a worker that exited by itself would be replaced immediately.
    """
    os.setpgid(0, 0)
    for number in STOP_SIGNALS:
        signal.signal(number, lambda *_: os._exit(0))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)


def _local_address(listener: socket.socket) -> tuple[str, int]:
    """The address and port at which a program on this machine reaches `listener`."""
    host, port = listener.getsockname()[:2]
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port  # noqa: S104


def _bind(host: str, port: int) -> socket.socket:
    """A socket bound to the address. Raises `click.ClickException` with the reason."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        raise click.ClickException(
            f"Can’t listen on {host}:{port} ({error.strerror}). "
            "Stop what uses it, or choose another port: nexus serve --port 8001"
        ) from error
    return listener


def _bootstrap(settings: Settings) -> None:
    """Migrate and fill the wiki in a separate process, if there is anything to do.

    Gunicorn forks from this process: it must have neither connections nor threads.
    """
    from wiki.database import db  # noqa: PLC0415
    from wiki.ops.bootstrap import is_bootstrapped, print_setup_code  # noqa: PLC0415
    from wiki.processes.modules import start_module  # noqa: PLC0415

    app = create_app(settings)
    delete_all_leftovers(settings.instance)
    if is_bootstrapped(app):
        print_setup_code(app)
    elif status := start_module("wiki", ["init"], app).wait():
        sys.exit(status)
    with app.app_context():
        db.engine.dispose()


def _announce(host: str, port: int) -> None:
    """Print the address once the server answers."""
    while True:
        connection = http.client.HTTPConnection(host, port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse()
            break
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
        finally:
            connection.close()
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"Nexus is at http://{shown}:{port}")
