"""Rules on paths: which one is in force, and that nothing shows what it hides."""

import random
from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask, request

from tests import factories
from tests.person import Person
from tests.sampling import seeds
from wiki.access.models import ROOT_RULE_ID, Rank
from wiki.access.permissions import Viewer, can_edit, can_read, editable_by, visible_to
from wiki.access.rulebook import rulebook
from wiki.accounts.models import Group, Membership
from wiki.database import db, write_transaction
from wiki.naming import path_key
from wiki.pages.models import Page
from wiki.pages.moving.rename import RenameRequest, rename_page
from wiki.pages.protection import views
from wiki.pages.protection.rule_changes import (
    RuleRefused,
    RuleTerms,
    preview_removal,
    preview_rule,
    remove_rule,
    set_rule,
)

FOR_ADMINS = RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN)
FOR_MEMBERS = RuleTerms(read_rank=Rank.SIGNED_IN, edit_rank=Rank.LEARNER)


def make_group(name: str, *user_ids: int) -> int:
    with write_transaction() as session:
        group = Group(name=name, key=path_key(name))
        session.add(group)
        session.flush()
        session.add_all(Membership(group_id=group.id, user_id=user_id) for user_id in user_ids)
        return group.id


def rules_by_path() -> Mapping[str, str]:
    """By the path of each page: the path at which its rule stands."""
    book = rulebook()
    return {
        page.path: book.rules[page.rule_id].path for page in db.session.scalars(db.select(Page))
    }


def test_the_nearest_rule_is_in_force(any_app: Flask) -> None:
    with any_app.app_context():
        for path in ("a", "a/b", "a/b/c", "a/bc", "b"):
            factories.make_page(any_app, path)
        set_rule("A/B", FOR_ADMINS, by=None)
        assert rules_by_path() == {"a": "", "a/b": "A/B", "a/b/c": "A/B", "a/bc": "", "b": ""}
        set_rule("a", FOR_MEMBERS, by=None)
        assert rules_by_path() == {"a": "a", "a/b": "A/B", "a/b/c": "A/B", "a/bc": "a", "b": ""}
        set_rule("a/b", RuleTerms(covers="page"), by=None)
        assert rules_by_path()["a/b"] == "a/b"
        assert rules_by_path()["a/b/c"] == "a"
        set_rule("a/b", RuleTerms(), by=None)
        assert rules_by_path()["a/b/c"] == "a/b"
        remove_rule("a/b", by=None)
        assert rules_by_path() == {"a": "a", "a/b": "a", "a/b/c": "a", "a/bc": "a", "b": ""}


def test_pages_take_the_rule_of_their_place(context: Flask, make_page: Any) -> None:
    set_rule("closed", FOR_ADMINS, by=None)
    inside = make_page("closed/new")
    make_page("open")
    assert rules_by_path() == {"closed/new": "closed", "open": ""}
    rename_page(inside.page_id, RenameRequest("New", "free", 1), by=None)
    assert rules_by_path()["free"] == ""
    rename_page(inside.page_id, RenameRequest("New", "Closed/again", 2), by=None)
    assert rules_by_path()["Closed/again"] == "closed"


def test_previews_count_the_pages_whose_readers_change(context: Flask, make_page: Any) -> None:
    for path in ("a", "a/b", "a/b/c", "d"):
        make_page(path)
    effect = preview_rule("a", FOR_MEMBERS)
    assert effect.page_count == 3
    assert effect.changes_readers
    assert not preview_rule("a", RuleTerms(edit_rank=Rank.MENTOR)).changes_readers
    assert not preview_rule("empty", FOR_MEMBERS).changes_readers
    set_rule("a/b", FOR_ADMINS, by=None)
    assert preview_rule("a", FOR_MEMBERS).page_count == 1
    assert preview_removal("a/b").page_count == 2
    narrowed = preview_rule("a/b", RuleTerms("page", Rank.ADMIN, Rank.ADMIN))
    assert [(after.path, count) for _, after, count in narrowed.moves] == [("a/b", 1), ("", 1)]


@pytest.mark.parametrize(
    ("path", "terms", "reason"),
    [
        ("", RuleTerms(covers="page"), "root-page"),
        ("a", RuleTerms(read_rank=Rank.MENTOR, edit_rank=Rank.LEARNER), "edits-unread"),
        ("a", RuleTerms(readers=frozenset({77})), "group-gone"),
    ],
)
def test_what_no_rule_can_say(context: Flask, path: str, terms: RuleTerms, reason: str) -> None:
    with pytest.raises(RuleRefused) as refused:
        set_rule(path, terms, by=None)
    assert refused.value.reason == reason
    with pytest.raises(RuleRefused):
        preview_rule(path, terms)


def test_the_root_keeps_its_rule(context: Flask) -> None:
    for path in ("", "nowhere"):
        with pytest.raises(RuleRefused):
            remove_rule(path, by=None)


@pytest.mark.parametrize("seed", seeds(2))
def test_sql_and_python_agree_whatever_the_rules_are(any_app: Flask, seed: int) -> None:
    chance = random.Random(seed)
    with any_app.app_context():
        people = [factories.make_user(any_app, f"person{n}", id=n) for n in range(1, 5)]
        groups = [make_group(f"group {n}", *{chance.randint(1, 4)}) for n in range(3)]
        places = ["", "a", "a/b", "a/b/c", "a/d", "e", "e/f"]
        for path in [*places[1:], "a/b/x", "e/f/g", "h"]:
            factories.make_page(any_app, path)
        for place in chance.sample(places, 5):
            ranks = sorted(chance.choices(range(5), k=2))
            covers = chance.choice(["tree", "page"]) if place else "tree"
            named = [frozenset(chance.sample(groups, chance.randint(0, 2))) for _ in range(2)]
            set_rule(place, RuleTerms(covers, ranks[0], max(1, ranks[1]), *named), by=None)
        if chance.random() < 0.5:
            remove_rule(
                chance.choice([r.path for r in rulebook().rules.values() if r.path]), by=None
            )
        _check_agreement(people, groups)


def _check_agreement(people: list[Any], groups: list[int]) -> None:
    pages = db.session.scalars(db.select(Page)).all()
    book = rulebook()
    for page in pages:
        assert page.rule_id == book.nearest(page.key).id, page.path
    members = db.session.execute(db.select(Membership.user_id, Membership.group_id)).all()
    for person in people:
        mine = frozenset(row.group_id for row in members if row.user_id == person.id)
        for role in (None, "reader", "learner", "mentor", "admin"):
            viewer = Viewer(person.id, role, groups=mine) if role else Viewer()
            seen = set(db.session.scalars(db.select(Page.id).where(visible_to(viewer, Page))))
            edited = set(db.session.scalars(db.select(Page.id).where(editable_by(viewer, Page))))
            assert seen == {page.id for page in pages if can_read(viewer, page)}
            assert edited == {page.id for page in pages if can_edit(viewer, page)}
            assert edited <= seen
            assert role != "admin" or len(edited) == len(pages)


# Over HTTP


@pytest.fixture
def closed(app: Flask, make_page: Any, index_now: Any) -> None:
    make_page("secret/plan", title="Xylophone", text="A marimba. [[Open]]\n", tags=["kalimba"])
    make_page("open", text="See [[secret/plan]] and [[Xylophone]].\n")
    with app.app_context():
        set_rule("secret", FOR_ADMINS, by=None)
    index_now()


@pytest.mark.usefixtures("closed")
def test_a_hidden_page_and_a_missing_one_answer_alike(client_of: Any) -> None:
    dawit: Person = client_of("dawit")
    for tool in ("wiki", "history", "diff", "raw", "links", "blame", "edit", "rename", "delete"):
        hidden, missing = dawit.get(f"/{tool}/secret/plan"), dawit.get(f"/{tool}/secret/none")
        assert hidden.status_code == missing.status_code == 404, tool
        assert hidden.text.replace("plan", "none").replace("Plan", "None") == missing.text
    assert dawit.get("/wiki/Xylophone").status_code == 404
    assert "marimba" in client_of("boss", role="admin").get("/wiki/secret/plan").text


@pytest.mark.usefixtures("closed")
def test_nobody_writes_where_they_may_not(app: Flask, client_of: Any) -> None:
    dawit: Person = client_of("dawit")
    for path in ("secret/plan", "secret/none", "secret"):
        answer = dawit.post_form("/new", title="Mine", path=path, text="My text.\n")
        assert answer.status_code == 403
        assert "My text." in answer.text
        assert "You may not write at" in answer.text
    answer = dawit.post_form("/rename/open", path="secret/mine")
    assert answer.status_code == 422
    assert "You may not write at" in answer.text


def test_who_may_read_but_not_edit_is_not_offered_it(
    app: Flask, make_page: Any, client_of: Any
) -> None:
    make_page("guide")
    with app.app_context():
        set_rule("guide", RuleTerms(edit_rank=Rank.MENTOR), by=None)
    dawit: Person = client_of("dawit")
    assert "/edit/guide" not in dawit.get("/wiki/guide").text
    assert dawit.get("/edit/guide").status_code == 403
    mentor: Person = client_of("tirunesh", role="mentor")
    assert "/edit/guide" in mentor.get("/wiki/guide").text


def test_a_text_that_may_no_longer_be_saved_comes_back(
    app: Flask, make_page: Any, client_of: Any
) -> None:
    make_page("guide")
    dawit: Person = client_of("dawit")
    form = dawit.open_form("/edit/guide", has="text")
    for terms, status in ((RuleTerms(edit_rank=Rank.MENTOR), 403), (FOR_ADMINS, 404)):
        with app.app_context():
            set_rule("guide", terms, by=None)
        answer = form.submit(text="What I wrote.\n")
        assert answer.status_code == status
        assert "What I wrote." in answer.text


def test_a_group_opens_a_closed_place_at_once(app: Flask, make_page: Any, client_of: Any) -> None:
    make_page("cohort/plan", text="A marimba.\n")
    dawit, selam = client_of("dawit"), client_of("selam")
    with app.app_context():
        user_id = factories.make_user(app, "dawit").id
        group = make_group("Backend 3", user_id)
        set_rule("cohort", RuleTerms("tree", 4, 4, editors=frozenset({group})), by=None)
    assert "marimba" in dawit.get("/wiki/cohort/plan").text
    assert "Read by administrators and the group “Backend 3”" in dawit.get("/wiki/cohort/plan").text
    assert selam.get("/wiki/cohort/plan").status_code == 404
    assert dawit.get("/edit/cohort/plan").status_code == 200
    with app.app_context(), write_transaction() as session:
        session.execute(db.delete(Membership))
    assert dawit.get("/wiki/cohort/plan").status_code == 404


def total(person: Person, url: str) -> int:
    found: int = person.get(url, headers={"Accept": "application/json"}).get_json()["total"]
    return found


def test_search_shows_what_the_rules_let_one_see(
    app: Flask, make_page: Any, client_of: Any, client: Person, index_now: Any
) -> None:
    for number in range(6):
        make_page(f"{'closed' if number % 2 else 'open'}/{number}", text="A marimba.\n", tags=["x"])
    index_now()
    boss = client_of("boss", role="admin")
    assert total(client, "/search?q=marimba") == 6
    with app.app_context():
        set_rule("closed", FOR_ADMINS, by=None)
    for asked in ("/search?q=marimba", "/search?q=marimba&sort=date", "/search?q=tag:x"):
        assert total(client, asked) == 3
        assert total(boss, asked) == 6
    assert "closed" not in client.get("/search?q=marimba").text
    make_page("closed/late", text="A marimba.\n")
    index_now()
    assert total(client, "/search?q=marimba") == 3
    assert total(boss, "/search?q=marimba") == 7


# The page about access


def test_an_administrator_confirms_who_reads_before_it_changes(
    app: Flask, make_page: Any, client_of: Any
) -> None:
    make_page("plans/one")
    make_page("plans/two")
    boss: Person = client_of("boss", role="admin")
    terms = {"covers": "tree", "read_rank": "1", "edit_rank": "2", "note": "Drafts"}
    asked = boss.post_form("/access/plans", **terms, action="set")
    assert asked.status_code == 200
    assert "2 pages: read by everybody who is signed in (now: everybody)" in asked.text
    assert boss.get("/wiki/plans/one").text.count("Read by everybody who is signed in") == 0
    done = boss.form_in(asked, "/access/plans", has="note").submit(action="set")
    assert done.status_code == 303
    page = boss.get("/access/plans/one").text
    assert "Drafts" in page
    assert "boss" in page
    assert app.test_client().get("/wiki/plans/one").status_code == 404
    assert "Read by everybody who is signed in" in boss.get("/wiki/plans/one").text


def test_a_rule_where_there_is_no_page(client_of: Any, client: Person) -> None:
    boss: Person = client_of("boss", role="admin")
    terms = {"covers": "tree", "read_rank": "1", "edit_rank": "2", "note": "Soon", "action": "set"}
    assert "There is no page here yet." in boss.get("/access/plans").text
    assert boss.post_form("/access/plans", **terms).status_code == 303
    boss.post_form("/new", title="One", path="plans/one", text="It is here.\n")
    assert client.get("/wiki/plans/one").status_code == 404
    for path, words in (
        ("a//b", "two slashes in a row"),
        (f"a/{'x' * 300}", "Shorten the path"),
        ("a|b", "A path can’t contain"),
    ):
        refused = boss.post_form(f"/access/{path}", **terms)
        assert (refused.status_code, words in refused.text) == (422, True)
        assert refused.text.count("Soon")  # what was typed


def sent(person: Person, **fields: str) -> bool:
    """Whether `person` may change who may do what with a page, for which they get no form."""
    token = person.open_form("/account/settings").values["csrf_token"]
    answer = person.post("/access/guide", data={"csrf_token": token, **fields})
    assert answer.status_code in (200, 303, 403)
    return answer.status_code != 403


def test_only_administrators_set_rules(make_page: Any, client_of: Any, client: Person) -> None:
    make_page("guide")
    for person in (client_of("dawit"), client_of("tirunesh", role="mentor")):
        assert not sent(person, covers="page", read_rank="0", edit_rank="1")
    assert "May read, because the rule names everybody" in client.get("/access/guide").text
    assert client.get("/access/nothing").status_code == 404


def test_a_mentor_protects_a_page_and_lifts_it(make_page: Any, client_of: Any) -> None:
    make_page("guide")
    mentor, dawit = client_of("tirunesh", role="mentor"), client_of("dawit")
    assert mentor.post_form("/access/guide", action="protect").status_code == 303
    assert dawit.get("/edit/guide").status_code == 403
    assert not sent(dawit, action="lift")
    assert mentor.post_form("/access/guide", action="lift").status_code == 303
    assert dawit.get("/edit/guide").status_code == 200


@pytest.mark.parametrize("action", ["protect", "lift"])
def test_a_mentor_replaces_no_rule_that_is_set_at_that_moment(
    make_page: Any, client_of: Any, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    make_page("guide")
    mentor, dawit = client_of("tirunesh", role="mentor"), client_of("dawit")
    if action == "lift":
        assert mentor.post_form("/access/guide", action="protect").status_code == 303

    def allow_late(*_: Any) -> bool:
        if request.method == "POST":
            set_rule("guide", FOR_ADMINS, by=None)
        return True

    monkeypatch.setattr(views, "can_protect", allow_late)
    assert mentor.post_form("/access/guide", action=action).status_code == 303
    assert dawit.get("/wiki/guide").status_code == 404


def test_the_rule_of_the_whole_wiki_is_changed_like_any_other(
    make_page: Any, client_of: Any, client: Person
) -> None:
    make_page("guide")
    boss: Person = client_of("boss", role="admin")
    asked = boss.post_form("/access/", covers="tree", read_rank="1", edit_rank="2", action="set")
    assert boss.form_in(asked, "/access/", has="note").submit(action="set").status_code == 303
    assert client.get("/wiki/guide").status_code == 404
    assert boss.post_form("/access/", action="remove").status_code == 409
    assert ROOT_RULE_ID == 1


def test_who_can_read_nothing_is_asked_to_sign_in(
    app: Flask, make_page: Any, client: Person
) -> None:
    make_page("guide")
    with app.app_context():
        set_rule("", FOR_MEMBERS, by=None)
    front = client.get("/").text
    assert "There are no pages open to you" in front
    assert "Sign in to read" in front
    for path in ("guide", "nothing"):
        page = client.get(f"/wiki/{path}").text
        assert "Nobody has written it yet, or it isn’t open to you." in page
