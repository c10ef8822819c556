"""Access rules, for administrators: list, set, remove."""

from flask import make_response

from wiki.access.permissions import can_administer
from wiki.accounts.authentication.sessions import signed_in_user
from wiki.api.blueprint import api
from wiki.api.cursors import next_headers, part_by_offset
from wiki.api.openapi.operation import operation
from wiki.api.rules.documents import all_rules, rule_at_path, rule_terms
from wiki.api.rules.schemas import RuleBody, RuleItem, RuleList, RuleQuery
from wiki.api.schema import ListQuery, ViewResult
from wiki.pages.protection.rule_changes import remove_rule as remove_rule_at
from wiki.pages.protection.rule_changes import set_rule as set_rule_at

RULES = "Rules"


@api.get("/rules")
@operation(RuleList, tag=RULES, needs="admin", may=can_administer)
def list_all_rules(query: ListQuery) -> ViewResult:
    """All access rules, by path."""
    found = all_rules()
    shown, cursor = part_by_offset(query, lambda skip, count: found[skip : skip + count])
    return RuleList(items=list(shown), next=cursor), 200, next_headers(cursor)


@api.put("/rules")
@operation(RuleItem, tag=RULES, is_writing=True, may=can_administer)
def set_rule(json: RuleBody) -> ViewResult:
    """Set who can read and edit at a path and below. It applies immediately."""
    set_rule_at(json.path, rule_terms(json), by=signed_in_user())
    return rule_at_path(json.path)


@api.delete("/rules")
@operation(None, tag=RULES, status=204, is_writing=True, may=can_administer)
def remove_rule(query: RuleQuery) -> ViewResult:
    """Remove the rule at a path. The next rule above applies again."""
    remove_rule_at(query.path, by=signed_in_user())
    return make_response("", 204)
