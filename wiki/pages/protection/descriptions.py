"""Rules in words: who reads, who edits, and why somebody may."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from wiki.access.models import AccessRule, Level, Rank
from wiki.access.permissions import Governed, Viewer
from wiki.access.rulebook import Rule, rulebook
from wiki.accounts.models import Membership, User
from wiki.database import db


def rank_words(rank: int) -> str:
    """Everybody who has this rank."""
    words = {
        Rank.ANYBODY: _("everybody"),
        Rank.SIGNED_IN: _("everybody who is signed in"),
        Rank.LEARNER: _("learners, mentors and administrators"),
        Rank.MENTOR: _("mentors and administrators"),
        Rank.ADMIN: _("administrators"),
    }
    return str(words[Rank(rank)])


def readers_of(rule: Rule) -> str:
    return _with_groups(rule.read_rank, rule.readers | rule.editors)


def editors_of(rule: Rule) -> str:
    return _with_groups(rule.edit_rank, rule.editors)


def _with_groups(rank: int, groups: Collection[int]) -> str:
    who = rank_words(rank)
    if not groups:
        return who
    names = rulebook().group_names
    listed = ", ".join(f"“{names.get(group, group)}”" for group in sorted(groups))
    if len(groups) == 1:
        return str(_("%(who)s and the group %(groups)s", who=who, groups=listed))
    return str(_("%(who)s and the groups %(groups)s", who=who, groups=listed))


def readers_of_page(page: Governed) -> str:
    """Who reads a page that not everybody reads; empty for a public one."""
    rule = rulebook().rules.get(page.rule_id)
    if rule is None or rule.read_rank == Rank.ANYBODY:
        return ""
    return readers_of(rule)


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """A rule, and who set it when and why."""

    rule: Rule
    set_by: str | None
    set_at: datetime
    note: str


def describe_rule(rule: Rule) -> RuleInForce:
    row = db.session.execute(
        select(AccessRule.set_at, AccessRule.note, User.username)
        .outerjoin(User, User.id == AccessRule.set_by_id)
        .where(AccessRule.id == rule.id)
    ).one()
    return RuleInForce(rule, row.username, row.set_at, row.note)


def viewer_of(user: User) -> Viewer:
    """`user` as the permissions see them."""
    groups = db.session.scalars(
        select(Membership.group_id).where(Membership.user_id == user.id)
    ).all()
    return Viewer(user.id, user.role, groups=frozenset(groups))


def why(viewer: Viewer, rule: Rule, level: Level) -> str:
    """What lets `viewer` read or edit under `rule`; empty if nothing does."""
    needed = rule.read_rank if level is Level.READ else rule.edit_rank
    named = rule.editors if level is Level.EDIT else rule.readers | rule.editors
    if viewer.rank >= needed and (viewer.is_member or level is Level.READ):
        return str(_("the rule names %(who)s", who=rank_words(needed)))
    matching = [rulebook().group_names.get(group, "") for group in sorted(named & viewer.groups)]
    if matching:
        return str(_("the rule names the group “%(group)s”", group=matching[0]))
    return ""
