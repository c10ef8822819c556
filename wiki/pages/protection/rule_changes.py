"""Changes access rules; one transaction assigns pages to their new rules."""

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
    """The rule can’t be set; `reason` says why, `field` which part of it is wrong."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class RuleTerms:
    """What a rule says: ranks, and the ids of groups that may also read or edit."""

    covers: str = "tree"
    read_rank: int = Rank.ANYBODY
    edit_rank: int = Rank.LEARNER
    readers: frozenset[int] = frozenset()
    editors: frozenset[int] = frozenset()
    note: str = ""


@dataclass(frozen=True, slots=True)
class RuleEffect:
    """The effect of setting or removing a rule: numbers of pages by the rules before and after.

    Includes pages with unchanged readers and editors.
    """

    moves: tuple[tuple[Rule, Rule, int], ...]

    @property
    def page_count(self) -> int:
        """The number of pages that change from one rule to another."""
        return sum(count for _, _, count in self.moves)

    @property
    def changes_readers(self) -> bool:
        """Whether some page gets other readers, which requires a confirmation."""
        return any(
            count and not before.has_same_readers(after) for before, after, count in self.moves
        )

    @property
    def digest(self) -> str:
        """Identifies the effect, to detect that it differs from the one that was shown."""
        return sha256(repr(self.moves).encode()).hexdigest()[:16]


@contextmanager
def _changing_rules() -> Iterator[Session]:
    """A write transaction; afterwards the request sees the changed rules."""
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
    """Let only mentors edit the page at `path`, unless there is a rule.

    Raises `RuleRefused`, `StorageUnavailable`.
    """
    with _changing_rules() as session:
        # Checked under the lock: an administrator may be setting a rule there.
        book, key = load_rules(session), path_key(path)
        if book.at(key) is not None:
            raise RuleRefused("path", "there")
        _set(session, book, path, protected(book.nearest(key)), by)


def remove_rule(path: str, *, by: User | None) -> None:
    """Remove the rule at `path`, so that the one above it applies.

    Raises `RuleRefused` for the root rule or if there is no rule, `StorageUnavailable`.
    """
    with _changing_rules() as session:
        book = load_rules(session)
        _remove(session, book, _removable(book, path), by)


def lift_protection(path: str, *, by: User | None) -> None:
    """Remove the rule at `path`, if it only protects the page from edits.

    Raises `RuleRefused`, `StorageUnavailable`.
    """
    with _changing_rules() as session:
        book = load_rules(session)
        old = _removable(book, path)
        if not is_protection(book, old):
            raise RuleRefused("path", "there")
        _remove(session, book, old, by)


def _set(session: Session, book: RuleBook, path: str, terms: RuleTerms, by: User | None) -> int:
    """Set a rule in this transaction; returns its id. Raises `RuleRefused`, `NameRefused`."""
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
    """The rule at `path`, if it can be removed. Raises `RuleRefused`."""
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
    """Terms with the readers of `rule`, under which only mentors may edit."""
    return RuleTerms(
        covers="page",
        read_rank=rule.read_rank,
        edit_rank=max(rule.edit_rank, Rank.MENTOR),
        readers=rule.readers | rule.editors,
    )


def is_protection(book: RuleBook, rule: Rule) -> bool:
    """Whether a rule only restricts editing to mentors, so that they may remove it."""
    if rule.covers != "page":
        return False
    terms = protected(book.nearest(rule.key, besides=rule.id))
    return rule == _rule_of(rule.path, terms, id_=rule.id)


def _checked(session: Session, path: str, terms: RuleTerms) -> tuple[str, RuleTerms]:
    """The normalized path and the terms. Raises `RuleRefused`, `NameRefused`."""
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
    """The page at `key`, and those below it if the rule there covers the tree."""
    if covers == "page":
        return Page.key == key
    return (Page.key == key) | is_below(Page.key, key) if key else true()


def _count(session: Session, rule_id: int, *where: ColumnElement[bool]) -> int:
    """The number of pages under a rule that are not deleted."""
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
    """Assign pages, including deleted ones, to their nearest rule after a change.

    `book` contains the rules before the change. Only pages between the rule and the rules below it
    change: those that it now covers, or no longer covers.
    """
    if not key:
        return
    above = book.nearest(key, besides=rule_id)
    covered = _covered(key, covers)
    for before, after, where in ((above.id, rule_id, covered), (rule_id, above.id, ~covered)):
        _move_pages(session, and_(Page.rule_id == before, where), after)


def _move_pages(session: Session, where: ColumnElement[bool], rule_id: int) -> None:
    # Locked in order of id, like everywhere, so that there are no deadlocks.
    session.execute(select(Page.id).where(where).order_by(Page.id).with_for_update(**FOR_CHANGE))
    session.execute(update(Page).where(where).values(rule_id=rule_id))
