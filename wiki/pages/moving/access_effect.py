"""Who can read pages after a move: the rule of their new path applies."""

from collections import Counter

from sqlalchemy import or_, select

from wiki.access.permissions import Viewer, editable_by
from wiki.access.rulebook import rulebook
from wiki.database import db
from wiki.naming import clean_path, path_key
from wiki.pages.models import Page
from wiki.pages.protection.rule_changes import RuleEffect
from wiki.pages.queries.folders import is_below
from wiki.pages.writing.write import check_may_write_at


def effect_of_move(viewer: Viewer, page: Page, path: str, *, with_subtree: bool) -> RuleEffect:
    """The numbers of pages that get another rule, by old and new rule.

    Counts only pages with changed readers; with a subtree, also those below that `viewer` may edit.
    Raises `NameRefused`, and `PathForbidden` for a path where `viewer` may not write: who may read
    there is not disclosed.
    """
    old, new, book = page.key, path_key(clean_path(path)), rulebook()
    is_moved = Page.id == page.id
    if with_subtree:
        is_moved = or_(is_moved, is_below(Page.key, old))
    rows = db.session.execute(
        select(Page.key, Page.rule_id).where(
            is_moved, Page.deleted_at.is_(None), editable_by(viewer, Page)
        )
    )
    moves: Counter[tuple[int, int]] = Counter()
    for key, rule_id in rows:
        place = new + key[len(old) :]
        check_may_write_at(viewer, place)
        after = book.nearest(place)
        if not book.rules[rule_id].has_same_readers(after):
            moves[rule_id, after.id] += 1
    return RuleEffect(
        tuple(
            (book.rules[before], book.rules[after], count)
            for (before, after), count in sorted(moves.items())
        )
    )
