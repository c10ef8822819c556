"""Events of pages: notifications of their revisions."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from wiki.access.permissions import Viewer, history_visible_to
from wiki.accounts.models import User
from wiki.community.events import Description, Event, EventKind, register_kinds
from wiki.database import db, in_batches
from wiki.i18n import lazy as _l
from wiki.pages.budget import Budget
from wiki.pages.diffing.diff import Diff, diff_texts
from wiki.pages.errors import RevisionNotFound
from wiki.pages.models import Page, Revision, Tag
from wiki.pages.queries.revisions import load_revisions

REVISION, REMOVAL = "revision", "removal"

# Limits of a diff in a mail or message; the page shows all of it.
MAX_DIFF_ROWS = 20
MAX_DIFF_WORDS = 20_000
MAX_DIFF_SIZE = 20_000  # bytes of HTML

# Actions on a page; several edits can be merged into one sentence.
_EDITS = ("edit", "merge", "restore", "undo", "erase", "relink")
_SENTENCES = {
    "create": _l("%(actor)s wrote “%(title)s”"),
    "import": _l("%(actor)s imported “%(title)s”"),
    "rename": _l("%(actor)s renamed a page to “%(title)s”"),
    "delete": _l("%(actor)s deleted “%(title)s”"),
    "undelete": _l("%(actor)s brought back “%(title)s”"),
    "restore": _l("%(actor)s restored an earlier version of “%(title)s”"),
    "undo": _l("%(actor)s undid a change of “%(title)s”"),
    "erase": _l("%(actor)s erased text of “%(title)s”"),
}
_EDITED = _l("%(actor)s edited “%(title)s”")


def init_app(app: Flask) -> None:
    register_kinds(
        app,
        EventKind(
            REVISION,
            _l("Changes of pages"),
            describe_revisions,
            merge=merge_edits,
            diff=diff_of_edits,
        ),
        # Readers don't see a deleted page; those who may restore it do.
        EventKind(REMOVAL, _l("Deleted pages"), describe_revisions, follows_page=False),
    )


def describe_revisions(events: Sequence[Event], viewer: Viewer) -> Mapping[int, Description]:
    """Describe revisions by event number, without those that a rename caused in other pages."""
    revisions = {event.revision_id: event for event in events if event.revision_id is not None}
    query = (
        select(
            *(Revision.id, Revision.page_id, Revision.number, Revision.action, Revision.summary),
            *(Page.title, Page.path, Page.kind, Page.deleted_at, User.username),
        )
        .join(Page, Page.id == Revision.page_id)
        .outerjoin(User, User.id == Revision.author_id)
        .where(Revision.cause_id.is_(None), history_visible_to(viewer, Page))
    )
    rows = [
        row
        for batch in in_batches(revisions)
        for row in db.session.execute(query.where(Revision.id.in_(batch)))
    ]
    tags = tags_of({row.page_id for row in rows})
    return {revisions[row.id].number: _description(row, tags[row.page_id]) for row in rows}


def tags_of(page_ids: Collection[int]) -> Mapping[int, frozenset[str]]:
    """By page id: the keys of its tags; an empty set for pages without tags."""
    found: dict[int, set[str]] = defaultdict(set)
    for batch in in_batches(page_ids):
        for page_id, key in db.session.execute(
            select(Tag.page_id, Tag.key).where(Tag.page_id.in_(batch))
        ):
            found[page_id].add(key)
    return defaultdict(frozenset, {page_id: frozenset(keys) for page_id, keys in found.items()})


def merge_edits(descriptions: Sequence[Description]) -> Description:
    """One description of several edits of a page by one person, oldest first."""
    first, last = descriptions[0], descriptions[-1]
    count = len(descriptions)
    line = ngettext(
        "%(num)s edit of “%(title)s” by %(actor)s",
        "%(num)s edits of “%(title)s” by %(actor)s",
        count,
        title=last.title,
        actor=last.actor or _("somebody"),
    )
    # Includes what others changed in between, which is part of the resulting text.
    values = {**last.values, "from": first.values["from"]}
    excerpts = dict.fromkeys(each.excerpt for each in descriptions if each.excerpt)
    return replace(last, line=line, values=values, excerpt=" · ".join(excerpts))


def diff_of_edits(description: Description) -> Diff | None:
    """The diff of edits, by words and without context; `None` if there is nothing to compare."""
    if "from" not in description.values or description.page_id is None:
        return None
    numbers = [description.values["from"], description.values["to"]]
    try:
        older, newer = load_revisions(description.page_id, numbers)
    except RevisionNotFound:
        return None
    if older.erased_at is not None or newer.erased_at is not None:
        return None
    budget = Budget(words=MAX_DIFF_WORDS, size=MAX_DIFF_SIZE)
    return diff_texts(older.text, newer.text, 0, MAX_DIFF_ROWS, budget)


def _description(row: Any, tags: frozenset[str]) -> Description:
    is_edit = row.action in _EDITS and row.number > 1 and row.deleted_at is None
    sentence = str(_SENTENCES.get(row.action, _EDITED))
    path = {"path": row.path}
    return Description(
        title=row.title,
        line=sentence % {"actor": row.username or _("Somebody"), "title": row.title},
        endpoint="pages.diff" if is_edit else "pages.read",
        values={**path, "from": row.number - 1, "to": row.number} if is_edit else path,
        excerpt=row.summary,
        actor=row.username,
        page_id=row.page_id,
        path=row.path,
        page_kind=row.kind,
        tags=tags,
        thread=f"page-{row.page_id}",
        group=f"edits-{row.page_id}-{row.username}" if is_edit else "",
    )
