"""`render`: every text gets a rendering, in bounded time and memory."""

import hashlib
import logging

from wiki.markup.model import TRUNCATED_MARK, NestedTooDeep, Rendered
from wiki.markup.workers import complexity
from wiki.markup.workers.render_cache import RenderCache

_log = logging.getLogger(__name__)
_cache = RenderCache()


def render(text: str, *, path: str = "", for_reader: bool = False) -> Rendered:
    """Render a Markdown `text`; relative links are resolved against `path`, the page's own.

    Never raises; thread-safe. A small and harmless text is rendered in this process, any other in a
    worker process that is killed when it exceeds its time limit; the result is then the escaped
    source, and `is_complete` is false. Readers (`for_reader`) do not wait for texts that are being
    saved. The last renderings are cached, since a preview is often saved unchanged.
    """
    key = _cache.key_of(text, path)
    rendered = _cache.get(key)
    if rendered is None:
        rendered = _render(text, path, for_reader)
        if rendered.is_disputed:
            # Identified by its hash, as in the database: texts must not be logged.
            text_hash = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
            _log.warning("the sanitizers disagree on the text %s", text_hash)
        if rendered.is_complete:
            _cache.put(key, rendered)
    return rendered


def _render(text: str, path: str, for_reader: bool) -> Rendered:
    # Imported on use: processes that only fill slots need neither parsers nor `subprocess`.
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
    except Exception:  # whatever went wrong, show the source
        _log.warning("a text of %d characters could not be rendered", len(text), exc_info=True)
        answer = None
    return answer or pipeline.source_rendering(text)


def source_instead(text: str, *, is_overloaded: bool = False) -> Rendered:
    """A rendering that shows the escaped source with a note; see `Rendered`."""
    from wiki.markup import pipeline  # noqa: PLC0415

    return pipeline.source_rendering(text, is_overloaded=is_overloaded)


def is_cut(html: str) -> bool:
    """Whether a rendering shows only the beginning of its text, or its source instead."""
    return TRUNCATED_MARK in html


def preload_for(text: str) -> None:
    """Preload what rendering `text` needs, as an editor was opened on it. Returns at once."""
    from wiki.markup.workers import preload, worker_client  # noqa: PLC0415  # as above

    preload.warm()
    if not complexity.is_plain(text):
        worker_client.save_worker.warm()
