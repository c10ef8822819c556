"""`nexus search`: maintain the index by hand; normal operation needs none of this."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from wiki.processes.modules import alive, work_for_parent
from wiki.search.document_source import DOCUMENT_SOURCE, DocumentSource
from wiki.search.index.index_folder import request_rebuild, search_folder
from wiki.search.indexing import index_lock
from wiki.search.indexing.consistency import check_running_index
from wiki.search.indexing.indexer import Indexer
from wiki.search.indexing.indexer_process import follow
from wiki.search.indexing.parallel_build import build_part
from wiki.search.meaning import supervision
from wiki.search.service import SEARCH

LOCK_WAIT = 3  # seconds for the lock; after them the running indexer is asked instead
MAX_PAGES_NAMED = 20  # pages that differ
PROGRESS_INTERVAL = 1  # seconds between two progress messages of a rebuild


@click.group("search")
def search_group() -> None:
    """Maintain the search index: rebuild, check."""


@search_group.command("rebuild")
@with_appcontext
def rebuild_command() -> None:
    """Rebuild the search index. The wiki and its search can keep running."""
    root = search_folder(current_app)
    with _own_indexer(root) as indexer:
        if indexer is None:
            request_rebuild(root)
            click.echo(
                "The running server is rebuilding its index. Search keeps working meanwhile."
            )
            return
        store = indexer.rebuild(_progress())
        indexer.drain()
        click.echo(f"The search index contains {len(store.revisions())} pages.")


@contextmanager
def _own_indexer(root: Path) -> Iterator[Indexer | None]:
    """An indexer in this process; `None` while another process has the lock."""
    lock = index_lock.acquire(root, LOCK_WAIT)
    if lock is None:
        yield None
        return
    indexer = Indexer(root, DOCUMENT_SOURCE.current(), lock)
    try:
        yield indexer
    finally:
        indexer.close()
        lock.release()


def _progress() -> Callable[[int, int], None]:
    printed_at = 0.0

    def print_progress(done: int, total: int) -> None:
        nonlocal printed_at
        if done == total or time.monotonic() - printed_at >= PROGRESS_INTERVAL:
            printed_at = time.monotonic()
            click.echo(f"{done} of {total} pages", err=True)

    return print_progress


@search_group.command("check")
@with_appcontext
def check_command() -> None:
    """Compare every page with the index, and repair the differences."""
    root, source = search_folder(current_app), DOCUMENT_SOURCE.current()
    with _own_indexer(root) as indexer:
        if indexer is None:
            differing, behind = check_running_index(root, source.states)
        else:
            indexer.open(verify=True)
            indexer.drain()
            differing, behind = indexer.repair_differences(), 0
    for name in _named(source, differing):
        click.echo(name)
    count = len(differing)
    click.echo(f"{count} pages differed." if count != 1 else "1 page differed.")
    if behind:
        pages = "1 page" if behind == 1 else f"{behind} pages"
        click.echo(f"The index is {pages} behind; the running server is indexing.")
    _print_encoding_lag()


def _print_encoding_lag() -> None:
    """Print how many pages wait to be encoded, if the extra `meaning` is installed."""
    search = SEARCH.current()
    snapshot = search.index.snapshot()
    if search.meaning and snapshot and (lag := search.meaning.lag(snapshot)):
        pages = "1 page has" if lag == 1 else f"{lag} pages have"
        click.echo(f"{pages} yet to be encoded for search by meaning; a running server does that.")


def _named(source: DocumentSource, page_ids: Sequence[int]) -> Iterator[str]:
    """The paths of the first `MAX_PAGES_NAMED` pages, and how many more there are."""
    documents = source.load(page_ids[:MAX_PAGES_NAMED])
    for page_id in page_ids[:MAX_PAGES_NAMED]:
        document = documents.get(page_id)
        yield document.path if document else f"page {page_id}, which was deleted"
    if len(page_ids) > MAX_PAGES_NAMED:
        yield f"and {len(page_ids) - MAX_PAGES_NAMED} more"


@search_group.command("build", hidden=True)
@click.argument("result", type=click.Path(path_type=Path))
@with_appcontext
def build_command(result: Path) -> None:
    """Build one part of a new index; a rebuild starts this itself."""
    work_for_parent()
    build_part(DOCUMENT_SOURCE.current(), result)


@search_group.command("follow", hidden=True)
@click.option("--while", "process", type=int, default=0, help="End with this process.")
@click.option("--lock", "number", type=int, help="The lock, held by the process that started us.")
@with_appcontext
def follow_command(process: int, number: int | None) -> None:
    """Keep the index up to date until stopped; the server starts this itself."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    root = search_folder(app)
    lock = index_lock.inherited(root, number) if number is not None else index_lock.acquire(root)
    if lock is None:
        raise click.ClickException("Another indexer is running.")
    follow(app, lock, alive(process))


@search_group.command("encode", hidden=True)
@click.option("--while", "process", type=int, default=0, help="End with this process.")
@click.option("--lock", "number", type=int, help="The lock, held by the process that started us.")
@with_appcontext
def encode_command(process: int, number: int | None) -> None:
    """Encode pages and queries until stopped; the server starts this itself."""
    from wiki.search.meaning import encoder_process  # noqa: PLC0415  # an extra

    app = current_app._get_current_object()  # type: ignore[attr-defined]
    root = search_folder(app)
    lock = supervision.inherited(root, number) if number is not None else supervision.acquire(root)
    if lock is None:
        raise click.ClickException("Another encoder is running.")
    encoder_process.follow(app, lock, alive(process))
