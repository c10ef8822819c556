"""`render`: every text gets a rendering, in bounded time and memory."""

import hashlib
import logging

from wiki.markup.model import TRUNCATED_MARK, NestedTooDeep, Rendered
from wiki.markup.workers import complexity
from wiki.markup.workers.render_cache import RenderCache

_log = logging.getLogger(__name__)
_cache = RenderCache()


def render(text: str, *, path: str = "", for_reader: bool = False) -> Rendered:
    """Safe HTML of a Markdown `text` and what is known about it; `path` is the page's own, against
    which relative links are resolved.

    Never raises; safe to call from any thread. A small text with nothing odd is rendered here,
    every other one in a worker process that ends after `worker.TIME_LIMIT` seconds; then the
    answer is the escaped source and `is_complete` is false. Readers (`for_reader`) do not wait for
    texts that are being saved. The last few are cached: a preview is often saved.
    """
    key = _cache.key_of(text, path)
    rendered = _cache.get(key)
    if rendered is None:
        rendered = _render(text, path, for_reader)
        if rendered.is_disputed:
            # By the hash that the database has of it: no text belongs in a log.
            text_hash = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
            _log.warning("the sanitizers disagree on the text %s", text_hash)
        if rendered.is_complete:
            _cache.put(key, rendered)
    return rendered


def _render(text: str, path: str, for_reader: bool) -> Rendered:
    # Processes that only fill in links load neither the parsers nor `subprocess`.
    from wiki.markup import pipeline  # noqa: PLC0415
    from wiki.markup.workers import worker_client  # noqa: PLC0415

    try:
        if complexity.is_plain(text):
            return pipeline.render_truncated(text, path)
        if for_reader:
            answer = worker_client.read_worker.ask(text, path, worker_client.READER_QUEUE_TIMEOUT)
        else:
            answer = worker_client.save_worker.ask(text, path)
    except worker_client.Overloaded:
        return pipeline.source_rendering(text, is_overloaded=True)
    except (NestedTooDeep, RecursionError):
        answer = None
    except Exception:  # whatever it is, the reader gets the source
        _log.warning("a text of %d characters could not be rendered", len(text), exc_info=True)
        answer = None
    return answer or pipeline.source_rendering(text)


def source_instead(text: str, *, is_overloaded: bool = False) -> Rendered:
    """The escaped source with a note about it; see `Rendered`."""
    from wiki.markup import pipeline  # noqa: PLC0415

    return pipeline.source_rendering(text, is_overloaded=is_overloaded)


def is_cut(html: str) -> bool:
    """Whether a rendering shows less than its text says, or its source instead."""
    return TRUNCATED_MARK in html


def expect_text(text: str) -> None:
    """An editor was opened on `text`: load what rendering it will take. Returns at once."""
    from wiki.markup.workers import preload, worker_client  # noqa: PLC0415  # as above

    preload.warm()
    if not complexity.is_plain(text):
        worker_client.save_worker.warm()
