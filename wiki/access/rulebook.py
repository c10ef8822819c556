"""All access rules, loaded once and cached until one of them changes."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

from flask import g, has_request_context
from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from wiki.access.models import AccessGrant, AccessRule, Level
from wiki.accounts.models import Group
from wiki.app_state import AppState
from wiki.database import db, is_postgresql
from wiki.hub_settings.current import access_version, know_version, read_version
from wiki.hub_settings.models import AccessVersion


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with the ids of groups that may read and that may edit."""

    id: int
    key: str
    path: str
    covers: str
    read_rank: int
    edit_rank: int
    readers: frozenset[int] = frozenset()
    editors: frozenset[int] = frozenset()

    def may_read(self, rank: int, groups: Collection[int]) -> bool:
        """Whether this rank or one of these group ids may read; editors may read as well."""
        groups_named = self.readers | self.editors
        return rank >= self.read_rank or not groups_named.isdisjoint(groups)

    def may_edit(self, rank: int, groups: Collection[int]) -> bool:
        """Whether this rank or one of these group ids may edit."""
        return rank >= self.edit_rank or not self.editors.isdisjoint(groups)

    def has_same_readers(self, other: "Rule") -> bool:
        """Whether both rules have exactly the same readers."""
        mine, theirs = self.readers | self.editors, other.readers | other.editors
        return (self.read_rank, mine) == (other.read_rank, theirs)


@dataclass(frozen=True)
class RuleBook:
    """The rules of `version` by id, and the names of the groups they mention."""

    version: int
    rules: Mapping[int, Rule]
    group_names: Mapping[int, str] = field(default_factory=dict)
    _known: dict[tuple[int, frozenset[int], Level], frozenset[int]] = field(default_factory=dict)
    _scopes: dict[tuple[frozenset[int], ...], str] = field(default_factory=dict)

    @cached_property
    def _by_key(self) -> dict[str, Rule]:
        return {rule.key: rule for rule in self.rules.values()}

    def at(self, key: str) -> Rule | None:
        """The rule set at this key itself."""
        return self._by_key.get(key)

    def nearest(self, key: str, *, besides: int | None = None) -> Rule:
        """The rule that applies to a page with this key; `besides` is the id of a rule to
        ignore.
        """
        place = key
        while True:
            rule = self._by_key.get(place)
            is_in_force = rule is not None and (rule.covers == "tree" or place == key)
            if rule is not None and is_in_force and rule.id != besides:
                return rule
            if not place:
                raise LookupError("the wiki has no rule of its own")
            place = place.rpartition("/")[0]

    def readable(self, rank: int, groups: frozenset[int]) -> frozenset[int]:
        """The ids of rules under which this rank with these groups may read."""
        return self._allowed(rank, groups, Level.READ)

    def editable(self, rank: int, groups: frozenset[int]) -> frozenset[int]:
        """The ids of rules under which this rank with these groups may edit."""
        return self._allowed(rank, groups, Level.EDIT)

    def scope(self, rank: int, groups: frozenset[int]) -> str:
        """A short hash of what this rank with these groups may read and edit, for cache keys."""
        allowed = (self.readable(rank, groups), self.editable(rank, groups))
        if allowed not in self._scopes:
            ids = repr([sorted(each) for each in allowed]).encode()
            self._scopes[allowed] = f"{self.version}.{sha256(ids).hexdigest()[:16]}"
        return self._scopes[allowed]

    def _allowed(self, rank: int, groups: frozenset[int], level: Level) -> frozenset[int]:
        key = (rank, groups & self._groups, level)
        if key not in self._known:
            may = Rule.may_edit if level is Level.EDIT else Rule.may_read
            self._known[key] = frozenset(r.id for r in self.rules.values() if may(r, rank, groups))
        return self._known[key]

    @cached_property
    def _groups(self) -> frozenset[int]:
        """Groups that a rule mentions; no others matter."""
        named = (rule.readers | rule.editors for rule in self.rules.values())
        return frozenset[int]().union(*named)


class _LatestRules:
    """The rules loaded last. Replaced as a whole, so it is thread-safe."""

    book: RuleBook | None = None


_LATEST = AppState("rulebook", _LatestRules)


def rulebook() -> RuleBook:
    """The current rules; within a request, those of the first call."""
    if not has_request_context():
        return rulebook_at(access_version())
    if "rulebook" not in g:
        use_rules(access_version())
    book: RuleBook = g.rulebook
    return book


def last_rules() -> RuleBook | None:
    """The rules that this process loaded last, without checking whether they have changed."""
    return _LATEST.current().book


def use_rules(version: int) -> RuleBook:
    """Use the rules of `version` for the rest of this request."""
    know_version(version)
    g.rulebook = book = rulebook_at(version)
    return book


def use_current_rules() -> None:
    """In a request that has changed rules, use what they are now for the rest of it."""
    if has_request_context():
        use_rules(read_version())


def rulebook_at(version: int) -> RuleBook:
    """The rules of `version`, which the caller has just read from the database."""
    latest = _LATEST.current()
    book = latest.book
    if book is None or book.version != version:
        book = latest.book = load_rules(db.session(), version)
    return book


def rule_in_force(session: Session, key: str) -> int:
    """The id of the rule for a page about to be written at `key`.

    Locks the rules until the caller’s transaction ends.
    """
    lock_rules(session)
    parts = key.split("/")
    above = ["", *("/".join(parts[:count]) for count in range(1, len(parts) + 1))]
    nearest = (
        select(AccessRule.id)
        .where(AccessRule.key.in_(above), or_(AccessRule.covers == "tree", AccessRule.key == key))
        .order_by(func.length(AccessRule.key).desc())
        .limit(1)
    )
    return session.execute(nearest).scalar_one()


def lock_rules(session: Session) -> None:
    """Keep the rules from being changed until the caller’s transaction ends."""
    if is_postgresql(session):
        session.execute(select(AccessVersion.number).with_for_update(read=True))


def raise_access_version(session: Session) -> None:
    """Call this first in a transaction that changes permissions: the row is its lock."""
    session.execute(update(AccessVersion).values(number=AccessVersion.number + 1))


def load_rules(session: Session, version: int = 0) -> RuleBook:
    """All rules as this transaction sees them; `version` is their version, if it is needed."""
    connection = session.connection()
    named: dict[tuple[int, int], set[int]] = defaultdict(set)
    for grant in connection.execute(select(AccessGrant.__table__)):
        named[grant.rule_id, grant.level].add(grant.group_id)
    columns = ("id", "key", "path", "covers", "read_rank", "edit_rank")
    rows = connection.execute(select(*(getattr(AccessRule, column) for column in columns)))
    rules = {}
    for row in rows:
        readers = frozenset(named[row.id, Level.READ])
        editors = frozenset(named[row.id, Level.EDIT])
        rules[row.id] = Rule(**row._asdict(), readers=readers, editors=editors)
    names = connection.execute(
        select(Group.id, Group.name).where(Group.id.in_(select(AccessGrant.group_id)))
    )
    return RuleBook(version, rules, {row.id: row.name for row in names})
