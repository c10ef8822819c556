"""Messages for Discord: an embed for each page, within all limits, with users' text escaped.

Source: Discord's API documentation, "Execute Webhook" and "Embed Limits". It doesn't define a
character; we count UTF-16 code units, the highest of the usual counts.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask_babel import gettext as _

from wiki.community.events import Description, event_kinds
from wiki.community.webhooks.messages.discord_text import escape_markdown, masked_link, utf16_length
from wiki.community.webhooks.messages.public_events import PublicEvent

EMBED_LIMIT = 10  # embeds in a message
TOTAL_LIMIT = 6000  # units of all titles and descriptions in a message
TITLE_LIMIT, DESCRIPTION_LIMIT = 256, 4096  # units
LINE_LIMIT = 450  # units of an event's line, without its URL
EXCERPT_LIMIT = 300  # units
URL_LIMIT = 2000  # characters; Discord rejects longer URLs

_COLOUR = 0x0F6B5C  # the accent of the light theme


class _Line(NamedTuple):
    text: str
    numbers: frozenset[int]  # of its events


def make_message(published: Sequence[PublicEvent]) -> tuple[dict[str, Any], frozenset[int]]:
    """A message with as many of these events as fit, at least one, and their numbers."""
    embeds: list[dict[str, Any]] = []
    numbers: set[int] = set()
    left = TOTAL_LIMIT
    for part in _by_page(published):
        embed, taken, is_whole = _embed(part, left)
        if not taken:
            break
        embeds.append(embed)
        numbers |= taken
        left -= utf16_length(embed["title"]) + utf16_length(embed["description"])
        if not is_whole or len(embeds) == EMBED_LIMIT:
            break
    return message_of(embeds=embeds), frozenset(numbers)


def make_test_message(name: str) -> dict[str, Any]:
    """A message that says that the webhook works; `name` is the wiki's."""
    words = _("This is a test message from %(wiki)s. The webhook works.", wiki=name)
    return message_of(content=escape_markdown(words, 500))


def message_of(**parts: Any) -> dict[str, Any]:
    """A message without mentions, whatever its text contains."""
    return {**parts, "allowed_mentions": {"parse": []}}


def _by_page(published: Sequence[PublicEvent]) -> list[list[PublicEvent]]:
    """The events grouped by page, or else by thread, in the order of their first events."""
    pages: dict[object, list[PublicEvent]] = {}
    for each in published:
        about = each.description
        pages.setdefault(about.page_id or about.thread or each.event.number, []).append(each)
    return list(pages.values())


def _embed(published: Sequence[PublicEvent], room: int) -> tuple[dict[str, Any], set[int], bool]:
    """The embed, the numbers of its events, and whether these are all.

    There are no events if not even the first fits into `room` units.
    """
    last = published[-1]
    title = escape_markdown(last.description.title, TITLE_LIMIT) or "…"
    room = min(DESCRIPTION_LIMIT, room - utf16_length(title))
    lines, taken = list[str](), set[int]()
    is_whole = True
    for line in _lines(published):
        cost = utf16_length(line.text) + (1 if lines else 0)
        if cost > room:
            is_whole = False
            break
        room -= cost
        lines.append(line.text)
        taken |= line.numbers
    embed = {
        "title": title,
        "description": "\n".join(lines),
        "color": _COLOUR,
        "timestamp": last.event.at.isoformat(timespec="milliseconds"),
    }
    if len(last.page_url) <= URL_LIMIT:
        embed["url"] = last.page_url
    return embed, taken, is_whole


def _lines(published: Sequence[PublicEvent]) -> list[_Line]:
    """A line for each event, or for several that can be merged."""
    groups: dict[tuple[str, object], list[PublicEvent]] = {}
    for each in published:
        group = each.description.group or each.event.number
        groups.setdefault((each.event.kind, group), []).append(each)
    return [_line(group) for group in groups.values()]


def _line(published: Sequence[PublicEvent]) -> _Line:
    description = _merged(published)
    words = masked_link(escape_markdown(description.line, LINE_LIMIT), description.url)
    if description.excerpt:
        words += f" – {escape_markdown(description.excerpt, EXCERPT_LIMIT)}"
    return _Line(words, frozenset(each.event.number for each in published))


def _merged(published: Sequence[PublicEvent]) -> Description:
    merge = event_kinds()[published[0].event.kind].merge
    descriptions = [each.description for each in published]
    return merge(descriptions) if merge and len(descriptions) > 1 else descriptions[-1]
