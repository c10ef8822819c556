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


def test_one_is_claimed_shown_on_its_page_and_closed_when_it_is_solved(any_app, client):
    asker, helper, third = (
        factories.client_of(any_app, factories.make_user(any_app, name))
        for name in ("selam", "dawit", "hana")
    )
    for title in ("Slow", "Broken"):
        asker.post_form("/new?kind=challenge", title=title, text="Words.\n")
    third.open_form("/challenge/challenges/broken", has="csrf_token").submit(action="same")
    said = client.get("/board/wanted").text.partition("Open challenges")[2]
    assert said.index("Broken") < said.index("Slow"), "more people have it"
    assert "1 more person has it" in said
    claim = helper.form_in(helper.get("/board/wanted"), "/board/wanted/claim")
    assert claim.submit().status_code == 303
    for address in ("/board/wanted", "/wiki/challenges/broken"):
        assert "is working on this, until" in client.get(address).text, address
    assert helper.post_form("/rename/challenges/broken", path="challenges/torn").status_code == 303
    assert "is working on this" in client.get("/wiki/challenges/torn").text
    token = third.open_form("/board/wanted").values["csrf_token"]
    sent = {"key": claim.values["key"], "csrf_token": token}
    assert third.post("/board/wanted/claim", data=sent).status_code == 409
    asker.post_form("/edit/challenges/torn", status="solved")
    for address in ("/board/wanted", "/wiki/challenges/torn"):
        assert "is working on this" not in client.get(address).text, address
