"""Rules of access, for administrators: list, set, remove."""

from flask import make_response

from wiki.access.permissions import can_administer
from wiki.accounts.authentication.sessions import signed_in_user
from wiki.api.blueprint import api
from wiki.api.cursors import next_headers, part_by_offset
from wiki.api.openapi.operation import operation
from wiki.api.rules.documents import all_rules, rule_at_path, terms_of
from wiki.api.rules.schemas import RuleBody, RuleItem, RuleList, RuleQuery
from wiki.api.schema import Answer, ListQuery
from wiki.pages.protection.rule_changes import remove_rule as remove_rule_at
from wiki.pages.protection.rule_changes import set_rule as set_rule_at

RULES = "Rules"


@api.get("/rules")
@operation(RuleList, tag=RULES, needs="admin", may=can_administer)
def list_all_rules(query: ListQuery) -> Answer:
    """All rules of access, by path."""
    found = all_rules()
    shown, cursor = part_by_offset(query, lambda skip, count: found[skip : skip + count])
    return RuleList(items=list(shown), next=cursor), 200, next_headers(cursor)


@api.put("/rules")
@operation(RuleItem, tag=RULES, is_writing=True, may=can_administer)
def set_rule(json: RuleBody) -> Answer:
    """Set who reads and who edits at a path and below it. It applies at once."""
    set_rule_at(json.path, terms_of(json), by=signed_in_user())
    return rule_at_path(json.path)


@api.delete("/rules")
@operation(None, tag=RULES, status=204, is_writing=True, may=can_administer)
def remove_rule(query: RuleQuery) -> Answer:
    """Remove the rule at a path: the one above is in force again."""
    remove_rule_at(query.path, by=signed_in_user())
    return make_response("", 204)
