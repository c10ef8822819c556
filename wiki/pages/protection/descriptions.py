"""Rules in words: who may read, who may edit, and why."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from wiki.access.models import AccessRule, Level, Rank
from wiki.access.permissions import Governed, Viewer
from wiki.access.rulebook import Rule, rulebook
from wiki.accounts.blocking.blocks import block_of_user
from wiki.accounts.models import Group, Membership, User
from wiki.app_state import current_settings
from wiki.database import db
from wiki.pages.models import Page


def rank_words(rank: int) -> str:
    """All people with this rank, in words."""
    words = {
        Rank.ANYBODY: _("everybody"),
        Rank.SIGNED_IN: _("everybody who is signed in"),
        Rank.LEARNER: _("learners, mentors and administrators"),
        Rank.MENTOR: _("mentors and administrators"),
        Rank.ADMIN: _("administrators"),
    }
    return str(words[Rank(rank)])


def readers_of(rule: Rule) -> str:
    """Who may read under a rule, in the reader’s language, with groups by name."""
    return _with_groups(rule.read_rank, rule.readers | rule.editors)


def editors_of(rule: Rule) -> str:
    """Who may edit under a rule, in the reader’s language, with groups by name."""
    return _with_groups(rule.edit_rank, rule.editors)


def _with_groups(rank: int, groups: Collection[int]) -> str:
    who = rank_words(rank)
    if not groups:
        return who
    names = _names_of(groups)
    listed = ", ".join(f"“{names.get(group, group)}”" for group in sorted(groups))
    if len(groups) == 1:
        return str(_("%(who)s and the group %(groups)s", who=who, groups=listed))
    return str(_("%(who)s and the groups %(groups)s", who=who, groups=listed))


def _names_of(groups: Collection[int]) -> Mapping[int, str]:
    """Names of groups by id, including groups that no stored rule uses yet."""
    known = rulebook().group_names
    if known.keys() >= set(groups):
        return known
    named = select(Group.id, Group.name).where(Group.id.in_(groups))
    return {row.id: row.name for row in db.session.execute(named)}


def readers_of_page(page: Governed) -> str:
    """Who may read a page that is not public; empty for a public one."""
    rule = rulebook().rules.get(page.rule_id)
    if rule is None or rule.read_rank == Rank.ANYBODY:
        return ""
    return readers_of(rule)


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """A rule, with who set it, when and why."""

    rule: Rule
    set_by: str | None = None
    set_at: datetime | None = None
    note: str = ""
    page_count: int = 0


def describe_rule(rule: Rule) -> RuleInForce:
    """A rule with its origin; one that has been removed meanwhile is described as far as known."""
    row = db.session.execute(_sources().where(AccessRule.id == rule.id)).one_or_none()
    return RuleInForce(rule, row.username, row.set_at, row.note) if row else RuleInForce(rule)


def list_rules() -> list[RuleInForce]:
    """All rules in the order of their paths, with the number of pages to which each applies."""
    count = (
        select(func.count())
        .where(Page.rule_id == AccessRule.id, Page.deleted_at.is_(None))
        .scalar_subquery()
    )
    known = rulebook().rules
    rows = db.session.execute(_sources().add_columns(count).order_by(AccessRule.key)).all()
    return [
        RuleInForce(known[row.id], row.username, row.set_at, row.note, row[-1])
        for row in rows
        if row.id in known
    ]


@dataclass(frozen=True, slots=True)
class RuleNode:
    """A rule, with the rules below it that override it for some pages."""

    entry: RuleInForce
    below: list["RuleNode"] = field(default_factory=list)


def rule_tree() -> list[RuleNode]:
    """All rules, each below the rule that would be in force without it."""
    nodes = {each.rule.id: RuleNode(each) for each in list_rules()}
    tops: list[RuleNode] = []
    book = rulebook()
    for id_, node in nodes.items():
        rule = node.entry.rule
        above = nodes.get(book.nearest(rule.key, besides=id_).id) if rule.key else None
        (above.below if above else tops).append(node)
    return tops


def _sources() -> "Select[int, datetime, str, str | None]":
    query = select(AccessRule.id, AccessRule.set_at, AccessRule.note, User.username)
    return query.outerjoin(User, User.id == AccessRule.set_by_id)


def viewer_of(user: User) -> Viewer:
    """`user` as a viewer, for checking permissions."""
    is_public = current_settings().public_reading
    if block_of_user(user.id):
        return Viewer(user.id, None, is_public, is_blocked=True)
    groups = db.session.scalars(
        select(Membership.group_id).where(Membership.user_id == user.id)
    ).all()
    return Viewer(user.id, user.role, is_public, groups=frozenset(groups))


def why(viewer: Viewer, rule: Rule, level: Level) -> str:
    """Why `viewer` may read or edit under `rule`; empty if they may not."""
    if viewer.is_blocked and level is Level.EDIT:
        return ""
    needed = rule.read_rank if level is Level.READ else rule.edit_rank
    named = rule.editors if level is Level.EDIT else rule.readers | rule.editors
    if viewer.rank >= needed and (viewer.is_member or level is Level.READ):
        return str(_("the rule names %(who)s", who=rank_words(needed)))
    matching = [rulebook().group_names.get(group, "") for group in sorted(named & viewer.groups)]
    if matching:
        return str(_("the rule names the group “%(group)s”", group=matching[0]))
    return ""
