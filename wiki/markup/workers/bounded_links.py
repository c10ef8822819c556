"""`links_within_time`: where links are in a source text, in bounded time and memory."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wiki.markup.workers import complexity

if TYPE_CHECKING:
    from wiki.markup.source_links import SourceLink


class LinksDelayed(Exception):
    """The machine was too busy: another attempt may well succeed."""


class LinksNotFound(ValueError):
    """Finding the links of a text takes more time or memory than it may."""


def links_within_time(text: str) -> "Sequence[SourceLink]":
    """The links of a source text, in order, without those of pictures and in HTML tags.

    A small text with nothing odd is parsed here, every other one in the worker process that renders
    such texts. Raises `LinksNotFound`, and `LinksDelayed` while the machine is too busy.
    """
    # Pages that are only read load neither the parser nor `subprocess`.
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
