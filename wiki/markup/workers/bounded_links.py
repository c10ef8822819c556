"""`links_within_time`: finds the links of a source text in bounded time and memory."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wiki.markup.workers import complexity

if TYPE_CHECKING:
    from wiki.markup.source_links import SourceLink


class LinksDelayed(Exception):
    """The machine was too busy: another attempt may well succeed."""


class LinksNotFound(ValueError):
    """Finding the links of a text takes too much time or memory."""


def links_within_time(text: str) -> "Sequence[SourceLink]":
    """The links of a source text, in order, without those of pictures and in HTML tags.

    A small and harmless text is parsed in this process, any other in the worker process. Raises
    `LinksNotFound`, and `LinksDelayed` while the machine is too busy.
    """
    # Imported on use: serving pages to readers needs neither the parser nor `subprocess`.
    from wiki.markup.source_links import links_in  # noqa: PLC0415
    from wiki.markup.workers import worker_client  # noqa: PLC0415

    if complexity.is_plain(text):
        return list(links_in(text))
    try:
        found = worker_client.save_worker.links_of(text)
    except worker_client.Overloaded as error:
        raise LinksDelayed from error
    if found is None:
        raise LinksNotFound
    return found
