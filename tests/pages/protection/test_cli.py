"""`nexus rules …`."""

from types import SimpleNamespace
from typing import Any

from flask import Flask

from tests import factories
from tests.pages.protection.test_rules import FOR_ADMINS, make_group
from tests.pages.visible_text import main
from wiki.access.models import Rank
from wiki.access.permissions import can_read
from wiki.accounts.blocking.blocks import add_block
from wiki.pages.protection.cli import rules_group
from wiki.pages.protection.descriptions import viewer_of
from wiki.pages.protection.rule_changes import RuleTerms, set_rule


def said(app: Flask, *words: str) -> list[str]:
    result = app.test_cli_runner().invoke(rules_group, list(words))
    assert result.exit_code == 0, result.output
    return result.output.splitlines()


def test_all_rules_are_listed(app: Flask, make_page: Any) -> None:
    make_page("closed/one")
    with app.app_context():
        set_rule("closed", RuleTerms("tree", Rank.MENTOR, Rank.MENTOR, note="Drafts"), by=None)
    mentors = "mentors and administrators"
    assert said(app, "list")[1] == f"/closed\ttree\t1\t{mentors}\t{mentors}\tDrafts"


def test_why_somebody_may(app: Flask, make_user: Any) -> None:
    selam, boss = make_user("selam"), make_user("boss", role="admin")
    with app.app_context():
        group = make_group("Backend 3", selam.id)
        terms = RuleTerms("tree", Rank.ADMIN, Rank.ADMIN, frozenset({group}), note="Drafts")
        set_rule("closed", terms, by=boss)
    first, second, *rest = said(app, "why", "Closed/Plan", "selam")
    assert first == "The rule at /closed applies."
    assert second.startswith("boss set it on ")
    assert rest == [
        "Note: Drafts",
        "May read, because the rule names the group “Backend 3”.",
        "May not edit: the rule asks for administrators.",
    ]
    assert said(app, "why", "open")[-2:] == [
        "May read, because the rule names everybody.",
        "May not edit: the rule asks for learners, mentors and administrators.",
    ]
    assert "May not read" in said(app, "why", "closed")[-2]


def test_why_for_a_name_that_nobody_has(app: Flask) -> None:
    with app.app_context():
        set_rule("closed", FOR_ADMINS, by=None)
    result = app.test_cli_runner().invoke(rules_group, ["why", "closed", "nobody"])
    assert result.exit_code == 1
    assert "There is no user 'nobody'" in result.output
    assert factories.PASSWORD not in result.output


def test_whoever_is_blocked_reads_what_strangers_do(app: Flask, make_user: Any) -> None:
    selam = make_user("selam", role="mentor")
    with app.app_context():
        set_rule("closed", RuleTerms("tree", Rank.MENTOR, Rank.MENTOR), by=None)
        add_block("selam", "Spam.", None, by=None, own_address=None)
        assert not can_read(viewer_of(selam), SimpleNamespace(deleted_at=None, rule_id=2))
    blocked = "whoever is blocked reads what strangers do, and writes nothing."
    assert said(app, "why", "closed", "selam")[-2:] == [
        f"May not read: {blocked}",
        f"May not edit: {blocked}",
    ]
    assert said(app, "why", "open", "selam")[-2:] == [
        "May read, because the rule names everybody.",
        f"May not edit: {blocked}",
    ]


def test_the_page_says_that_somebody_is_blocked(
    app: Flask, make_user: Any, client_of: Any, make_page: Any
) -> None:
    make_page("redis")
    make_user("selam")
    boss = client_of("boss", role="admin")
    assert "May edit" in main(boss.get("/access/redis?person=selam"))
    with app.app_context():
        add_block("selam", "Spam.", None, by=None, own_address=None)
    page = main(boss.get("/access/redis?person=selam"))
    assert "May not edit: people who are blocked can’t write." in page
