"""Open challenges are on the board of what is wanted, those that most pages lead to first."""

from tests import factories
from wiki.access.models import Rank
from wiki.pages.protection.rule_changes import RuleTerms, set_rule


def test_all_open_challenges_that_one_may_read_and_no_others(any_app, client):
    make = factories.make_page
    for path, status in (("a", "open"), ("b", "solved"), ("c", ""), ("closed/d", "open")):
        fields = {"status": status} if status else {}
        make(any_app, path, title=f"Problem {path}", kind="challenge", fields=fields)
    make(any_app, "e", title="Problem e", text="[[c]] [[Problem c]] [[closed/d]]\n")
    make(any_app, "closed/f", title="Behind", text="[[a]]\n")
    with any_app.app_context():
        set_rule("closed", RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN), by=None)
    said = client.get("/board/wanted").text.partition("Open challenges")[2]
    assert said.index("Problem c") < said.index("Problem a")
    assert "1 page links to it" in said
    assert "Problem b" not in said
    assert "Problem closed" not in said
    assert "Problem e" not in said
