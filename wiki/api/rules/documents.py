"""Builds responses about access rules, and reads them from requests."""

from collections.abc import Collection

from wiki.access.groups.membership import list_groups
from wiki.access.models import Rank
from wiki.access.rulebook import rulebook
from wiki.api.pages.contents import refused_part
from wiki.api.rules.schemas import RankName, RuleBody, RuleItem
from wiki.naming import path_key
from wiki.pages.protection.descriptions import RuleInForce, list_rules
from wiki.pages.protection.rule_changes import RuleTerms

RANKS: dict[RankName, Rank] = {
    "anybody": Rank.ANYBODY,
    "signed-in": Rank.SIGNED_IN,
    "learner": Rank.LEARNER,
    "mentor": Rank.MENTOR,
    "admin": Rank.ADMIN,
}
_NAMES = {rank: name for name, rank in RANKS.items()}


def all_rules() -> list[RuleItem]:
    """All access rules, by path."""
    return [_item(each) for each in list_rules()]


def rule_at_path(path: str) -> RuleItem:
    """The access rule that is set at `path`."""
    key = path_key(path)
    return next(_item(each) for each in list_rules() if each.rule.key == key)


def _item(found: RuleInForce) -> RuleItem:
    rule = found.rule
    return RuleItem(
        path=rule.path,
        covers=rule.covers,
        read=_NAMES[Rank(rule.read_rank)],
        edit=_NAMES[Rank(rule.edit_rank)],
        readers=_group_names(rule.readers),
        editors=_group_names(rule.editors),
        note=found.note,
        set_by=found.set_by,
        set_at=found.set_at,
        pages=found.page_count,
    )


def _group_names(ids: Collection[int]) -> list[str]:
    names = rulebook().group_names
    return sorted(names.get(id_, str(id_)) for id_ in ids)


def rule_terms(sent: RuleBody) -> RuleTerms:
    """The terms of a rule. Raises `Problem` (422) for an unknown group, or if nobody could edit."""
    if sent.edit == "anybody":
        raise refused_part("edit", "Whoever edits is signed in.")
    known = {path_key(name): id_ for id_, name in list_groups()}
    return RuleTerms(
        sent.covers,
        RANKS[sent.read],
        RANKS[sent.edit],
        _group_ids(known, "readers", sent.readers),
        _group_ids(known, "editors", sent.editors),
        sent.note.strip(),
    )


def _group_ids(known: dict[str, int], where: str, names: list[str]) -> frozenset[int]:
    for name in names:
        if path_key(name) not in known:
            raise refused_part(where, "There is no group of this name.")
    return frozenset(known[path_key(name)] for name in names)
