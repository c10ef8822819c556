"""Changing who reads and edits what: one transaction moves pages from rule to rule."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256

from sqlalchemy import ColumnElement, and_, delete, func, insert, select, true, update
from sqlalchemy.orm import Session

from wiki.access.models import ROOT_RULE_ID, AccessGrant, AccessRule, Level, Rank
from wiki.access.rulebook import Rule, RuleBook, load_rules, raise_access_version, use_current_rules
from wiki.accounts.audit_log import log_event, register_actions
from wiki.accounts.models import Group, User
from wiki.database import FOR_CHANGE, db, utcnow, write_transaction
from wiki.i18n import lazy as _l
from wiki.naming import clean_path, path_key
from wiki.pages.models import Page
from wiki.pages.queries.folders import is_below

register_actions({"rule-set": _l("Access rule set"), "rule-removed": _l("Access rule removed")})


class RuleRefused(ValueError):
    """The rule can't be set; `reason` names why, `field` where."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class RuleTerms:
    """What a rule says: ranks, and the ids of groups who read or edit besides."""

    covers: str = "tree"
    read_rank: int = Rank.ANYBODY
    edit_rank: int = Rank.LEARNER
    readers: frozenset[int] = frozenset()
    editors: frozenset[int] = frozenset()
    note: str = ""


@dataclass(frozen=True, slots=True)
class RuleEffect:
    """What setting or removing a rule does: by the rules before and after, how many pages.

    Pages whose readers and editors stay the same are counted, too.
    """

    moves: tuple[tuple[Rule, Rule, int], ...]

    @property
    def page_count(self) -> int:
        """How many pages change from one rule to another."""
        return sum(count for _, _, count in self.moves)

    @property
    def changes_readers(self) -> bool:
        """Whether some page gets other readers, which whoever changes a rule has to confirm."""
        return any(
            count and not before.has_same_readers(after) for before, after, count in self.moves
        )

    @property
    def digest(self) -> str:
        """Tells whether the effect is still the one that somebody was shown."""
        return sha256(repr(self.moves).encode()).hexdigest()[:16]


@contextmanager
def _changing_rules() -> Iterator[Session]:
    """One write transaction, of which the rest of the request sees the rules."""
    with write_transaction() as session:
        raise_access_version(session)
        yield session
    use_current_rules()


def preview_rule(path: str, terms: RuleTerms) -> RuleEffect:
    """What `set_rule` would do. Raises `RuleRefused`, `NameRefused`."""
    session: Session = db.session()
    book = load_rules(session)
    path, terms = _checked(session, path, terms)
    key = path_key(path)
    new = _rule_of(path, terms, id_=0)
    old = book.at(key)
    if old is None:
        above = book.nearest(key)
        count = _count(session, above.id, _covered(key, terms.covers))
        return RuleEffect(((above, new, count),))
    kept = _count(session, old.id, _covered(key, terms.covers))
    left = _count(session, old.id) - kept
    effect = [(old, new, kept)]
    above = book.nearest(key, besides=old.id) if old.id != ROOT_RULE_ID else old
    if left:
        effect.append((old, above, left))
    if old.covers == "page" and terms.covers == "tree":
        effect.append((above, new, _count(session, above.id, _covered(key, "tree"))))
    return RuleEffect(tuple(effect))


def set_rule(path: str, terms: RuleTerms, *, by: User | None) -> int:
    """Set the rule at `path` (empty: the whole wiki); returns its id.

    Raises `RuleRefused`, `NameRefused`, `StorageUnavailable`.
    """
    with _changing_rules() as session:
        return _set(session, load_rules(session), path, terms, by)


def protect_page(path: str, *, by: User | None) -> None:
    """Let only mentors edit the page at `path`, if no rule is there.

    Raises `RuleRefused`, `StorageUnavailable`.
    """
    with _changing_rules() as session:
        # Looked at under the lock: an administrator may be setting a rule there.
        book, key = load_rules(session), path_key(path)
        if book.at(key) is not None:
            raise RuleRefused("path", "there")
        _set(session, book, path, protected(book.nearest(key)), by)


def remove_rule(path: str, *, by: User | None) -> None:
    """Let the rule above be in force at `path` again.

    Raises `RuleRefused` for the root's rule and where there is none, `StorageUnavailable`.
    """
    with _changing_rules() as session:
        book = load_rules(session)
        _remove(session, book, _removable(book, path), by)


def lift_protection(path: str, *, by: User | None) -> None:
    """Remove the rule at `path`, if it is but a protection.

    Raises `RuleRefused`, `StorageUnavailable`.
    """
    with _changing_rules() as session:
        book = load_rules(session)
        old = _removable(book, path)
        if not is_protection(book, old):
            raise RuleRefused("path", "there")
        _remove(session, book, old, by)


def _set(session: Session, book: RuleBook, path: str, terms: RuleTerms, by: User | None) -> int:
    """Raises `RuleRefused`, `NameRefused`."""
    path, terms = _checked(session, path, terms)
    key = path_key(path)
    old = book.at(key)
    values = {
        "path": path,
        "key": key,
        "covers": terms.covers,
        "read_rank": terms.read_rank,
        "edit_rank": terms.edit_rank,
        "note": terms.note,
        "set_at": utcnow(),
        "set_by_id": by.id if by else None,
    }
    if old is None:
        rule_id: int = session.execute(
            insert(AccessRule).values(values).returning(AccessRule.id)
        ).scalar_one()
    else:
        rule_id = old.id
        session.execute(update(AccessRule).where(AccessRule.id == rule_id).values(values))
    _grant(session, rule_id, terms)
    _assign_pages(session, book, key, rule_id, terms.covers)
    log_event(session, "rule-set", by=by.id if by else None, subject=path or "/")
    return rule_id


def _removable(book: RuleBook, path: str) -> Rule:
    """Raises `RuleRefused`."""
    old = book.at(path_key(path))
    if old is None or old.id == ROOT_RULE_ID:
        raise RuleRefused("path", "root" if old else "missing")
    return old


def _remove(session: Session, book: RuleBook, old: Rule, by: User | None) -> None:
    above = book.nearest(old.key, besides=old.id)
    _move_pages(session, Page.rule_id == old.id, above.id)
    session.execute(delete(AccessRule).where(AccessRule.id == old.id))
    log_event(session, "rule-removed", by=by.id if by else None, subject=old.path)


def preview_removal(path: str) -> RuleEffect:
    """What `remove_rule` would do. Raises `RuleRefused`."""
    session: Session = db.session()
    book = load_rules(session)
    old = _removable(book, path)
    above = book.nearest(old.key, besides=old.id)
    return RuleEffect(((old, above, _count(session, old.id)),))


def protected(rule: Rule) -> RuleTerms:
    """Terms with which a page is read as under `rule`, and edited by mentors."""
    return RuleTerms(
        covers="page",
        read_rank=rule.read_rank,
        edit_rank=max(rule.edit_rank, Rank.MENTOR),
        readers=rule.readers | rule.editors,
    )


def is_protection(book: RuleBook, rule: Rule) -> bool:
    """Whether a rule only keeps a page for mentors, so that they may lift it."""
    if rule.covers != "page":
        return False
    terms = protected(book.nearest(rule.key, besides=rule.id))
    return rule == _rule_of(rule.path, terms, id_=rule.id)


def _checked(session: Session, path: str, terms: RuleTerms) -> tuple[str, RuleTerms]:
    """Raises `RuleRefused`, `NameRefused`."""
    path = clean_path(path) if path.strip().strip("/") else ""
    if not path and terms.covers != "tree":
        raise RuleRefused("covers", "root-page")
    if terms.edit_rank < terms.read_rank:
        raise RuleRefused("edit_rank", "edits-unread")
    named = terms.readers | terms.editors
    known = set(session.scalars(select(Group.id).where(Group.id.in_(named)))) if named else set()
    if named - known:
        raise RuleRefused("readers", "group-gone")
    return path, replace(terms, readers=terms.readers - terms.editors)


def _rule_of(path: str, terms: RuleTerms, *, id_: int) -> Rule:
    return Rule(
        id_,
        path_key(path),
        path,
        terms.covers,
        terms.read_rank,
        terms.edit_rank,
        terms.readers,
        terms.editors,
    )


def _covered(key: str, covers: str) -> ColumnElement[bool]:
    """The pages at `key`, and those below it if a rule there covers the tree."""
    if covers == "page":
        return Page.key == key
    return (Page.key == key) | is_below(Page.key, key) if key else true()


def _count(session: Session, rule_id: int, *where: ColumnElement[bool]) -> int:
    """Pages that aren't deleted, under a rule."""
    query = select(func.count()).select_from(Page)
    return session.execute(
        query.where(Page.rule_id == rule_id, Page.deleted_at.is_(None), *where)
    ).scalar_one()


def _grant(session: Session, rule_id: int, terms: RuleTerms) -> None:
    session.execute(delete(AccessGrant).where(AccessGrant.rule_id == rule_id))
    rows = [
        {"rule_id": rule_id, "group_id": group_id, "level": level}
        for level, groups in ((Level.READ, terms.readers), (Level.EDIT, terms.editors))
        for group_id in groups
    ]
    if rows:
        session.execute(insert(AccessGrant), rows)


def _assign_pages(session: Session, book: RuleBook, key: str, rule_id: int, covers: str) -> None:
    """Give pages, deleted ones too, the rule that is the nearest one now.

    `book` is from before the change. Only pages between the rule and the ones below it move: those
    under the rule above that it covers now, or under it that it no longer covers.
    """
    if not key:
        return
    above = book.nearest(key, besides=rule_id)
    covered = _covered(key, covers)
    for before, after, where in ((above.id, rule_id, covered), (rule_id, above.id, ~covered)):
        _move_pages(session, and_(Page.rule_id == before, where), after)


def _move_pages(session: Session, where: ColumnElement[bool], rule_id: int) -> None:
    # Locked in the order of ids, as by everybody who locks several: there are no deadlocks.
    session.execute(select(Page.id).where(where).order_by(Page.id).with_for_update(**FOR_CHANGE))
    session.execute(update(Page).where(where).values(rule_id=rule_id))
