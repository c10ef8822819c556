"""Reads the file of changes that a single-file hub saves (`static/offline/changes.js`), within
limits, since anybody may have written it.
"""

import json
import re
from dataclasses import dataclass, replace
from typing import Any

from wiki.hub.transfer.single.change_limits import MAX_BYTES, MAX_PAGES
from wiki.hub.transfer.single.hub_id import is_own_mark
from wiki.i18n import Words
from wiki.i18n import lazy as _l
from wiki.pages.writing.text_store import storable
from wiki.web.request_values import MAX_ID

FORMAT = "nexus-changes"
VERSION = 1
NAME_LIMIT = 1_000  # characters of a title, a path or a summary, before it is validated
TAGS_LIMIT = 4_000  # characters of all tags

_HASH = re.compile(r"[0-9a-f]{64}")

_REFUSALS = {
    "empty": _l("Choose the file that “Save changes” made, or paste its content."),
    "too-large": _l("The file is larger than %(limit)s MB.", limit=MAX_BYTES // 1_000_000),
    "not-changes": _l("This isn’t a file of changes. Choose the small file from your downloads."),
    "is-hub": _l(
        "This is the hub itself. Open it, choose “Your changes” and “Save changes”, and submit "
        "the small file."
    ),
    "damaged": _l("The file of changes is damaged, or was edited elsewhere. Save it again."),
    "newer": _l("The file comes from a newer version of the hub than this one."),
    "other-hub": _l("These changes belong to another hub: %(hub)s"),
    "too-many": _l("The file has more than %(limit)s pages.", limit=MAX_PAGES),
    "nothing": _l("There are no changes in this file."),
}


class ChangesRefused(ValueError):
    """A file that can’t be used at all; `reason` is a key of `_REFUSALS`."""

    def __init__(self, reason: str, hub: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.hub = hub

    @property
    def words(self) -> str:
        words: Words = _REFUSALS[self.reason]
        return str(words) % {"hub": self.hub} if self.hub else str(words)


@dataclass(frozen=True, slots=True)
class SubmittedContent:
    """The state of a page in an earlier file of changes, on which its author built."""

    title: str
    text: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangedPage:
    """A page as its author left it.

    An existing page has its id, the number of the revision that the author started from, and the
    hash of that revision’s text. `given` is what an earlier file of changes, which may have been
    submitted, held of the page.
    """

    title: str
    text: str
    path: str
    tags: tuple[str, ...] = ()
    given: SubmittedContent | None = None
    summary: str = ""
    page_id: int | None = None
    base: int = 0
    base_hash: str = ""


def read_changes(raw: bytes) -> list[ChangedPage]:
    """The pages in a file of changes. Raises `ChangesRefused`."""
    if not raw.strip():
        raise ChangesRefused("empty")
    if raw.lstrip()[:20].lower().startswith((b"<!doctype html", b"<html")):
        raise ChangesRefused("is-hub")
    if len(raw) > MAX_BYTES:
        raise ChangesRefused("too-large")
    try:
        whole = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ChangesRefused("not-changes") from error
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        raise ChangesRefused("not-changes")
    if whole.get("version") != VERSION:
        raise ChangesRefused("newer" if _is_newer(whole.get("version")) else "damaged")
    _check_hub(whole.get("hub"))
    pages = whole.get("pages")
    if not isinstance(pages, list):
        raise ChangesRefused("damaged")
    if not pages:
        raise ChangesRefused("nothing")
    if len(pages) > MAX_PAGES:
        raise ChangesRefused("too-many")
    return [_page(page) for page in pages]


def _is_newer(version: Any) -> bool:
    return isinstance(version, int) and version > VERSION


def _check_hub(hub: Any) -> None:
    if not isinstance(hub, dict) or not isinstance(hub.get("mark"), str):
        raise ChangesRefused("damaged")
    if not is_own_mark(storable(hub["mark"][:NAME_LIMIT])):
        named = (_text(hub, name)[:100] for name in ("name", "address"))
        raise ChangesRefused("other-hub", " ".join(filter(None, named)) or "?")


def _page(page: Any) -> ChangedPage:
    if not isinstance(page, dict):
        raise ChangesRefused("damaged")
    title, text, tags = _parts(page)
    changed = ChangedPage(
        title=title,
        text=text,
        path=_text(page, "path"),
        tags=tags,
        summary=_text(page, "summary"),
    )
    if (given := page.get("given")) is not None:
        if not isinstance(given, dict):
            raise ChangesRefused("damaged")
        changed = replace(changed, given=SubmittedContent(*_parts(given)))
    if page.get("id") is None:
        return changed
    digest = _text(page, "hash")
    if not _HASH.fullmatch(digest):
        raise ChangesRefused("damaged")
    number, base = _number(page, "id"), _number(page, "base")
    return replace(changed, page_id=number, base=base, base_hash=digest)


def _parts(page: dict[str, Any]) -> tuple[str, str, tuple[str, ...]]:
    """Title, text and tags; saving refuses a text that is too long for a page."""
    tags = page.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise ChangesRefused("damaged")
    if len(",".join(tags)) > TAGS_LIMIT:
        raise ChangesRefused("damaged")
    text = _text(page, "text", MAX_BYTES)
    return _text(page, "title"), text, tuple(storable(tag) for tag in tags)


def _text(of: dict[str, Any], name: str, limit: int = NAME_LIMIT) -> str:
    value = of.get(name, "")
    if not isinstance(value, str) or len(value) > limit:
        raise ChangesRefused("damaged")
    return storable(value)


def _number(of: dict[str, Any], name: str) -> int:
    value = of.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= MAX_ID:
        raise ChangesRefused("damaged")
    return value
