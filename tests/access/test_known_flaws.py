"""Ways around the rules of other wikis, each tried here: what MediaWiki lists of extensions for
access ("Security issues with authorization extensions"), and more that a wiki like this could have.
"""

import re
from typing import Any

import pytest
from flask import Flask

from tests import factories
from tests.files.upload_forms import fetch, picture, send
from tests.person import Person
from wiki.access.models import Rank
from wiki.database import db
from wiki.pages.models import Page
from wiki.pages.protection.rule_changes import RuleTerms, remove_rule, set_rule

FOR_ADMINS = RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN)
FOR_MENTORS = RuleTerms(read_rank=Rank.MENTOR, edit_rank=Rank.MENTOR)
JSON = {"Accept": "application/json"}


def close(app: Flask, path: str = "closed", terms: RuleTerms = FOR_ADMINS) -> None:
    with app.app_context():
        set_rule(path, terms, by=None)


@pytest.fixture
def dawit(app: Flask, client_of: Any, make_page: Any, index_now: Any) -> Person:
    """A learner in a wiki with a page for administrators, formerly at `closed/before`."""
    boss: Person = client_of("boss", role="admin")
    boss.post_form("/new", title="Xylophone", path="closed/before", text="A marimba, once.\n")
    text = "A marimba.\n\n## Details\n\nMarimba, kalimba. ^zither\n"
    boss.post_form("/edit/closed/before", text=text, tags="balafon", summary="Tremolo")
    boss.post_form("/rename/closed/before", path="closed/plan")
    make_page("open", text="Plain.\n")
    index_now()
    close(app)
    person: Person = client_of("dawit")
    return person


def is_silent(said: str) -> bool:
    words = ("xylophone", "marimba", "kalimba", "balafon", "tremolo")
    return not any(word in said.lower() for word in words)


def test_a_file_of_the_library_that_one_mentions(
    any_app: Flask, client_of: Any, index_now: Any
) -> None:
    """To name a file is not to see it: whoever writes anywhere could read the whole library."""
    boss, dawit = client_of("boss", role="admin"), client_of("dawit")
    send(boss, ("plan.txt", b"Marimba."))
    close(any_app, "", FOR_MENTORS)
    close(any_app, "open", RuleTerms(read_rank=Rank.ANYBODY, edit_rank=Rank.LEARNER))
    close(any_app, "shown", RuleTerms(read_rank=Rank.ANYBODY, edit_rank=Rank.MENTOR))
    text = "See [plan](/files/1/plan.txt).\n"
    assert dawit.post_form("/new", title="Open", path="open", text=text).status_code == 303
    index_now()
    assert fetch(dawit, "/files/1/plan.txt").status_code == 404
    assert "plan.txt" not in dawit.get("/files/").text
    assert '"total":0' in dawit.get("/search?q=marimba", headers=JSON).text.replace(" ", "")
    boss.post_form("/new", title="Shown", path="shown", text=text)
    index_now()
    assert fetch(dawit, "/files/1/plan.txt").status_code == 200
    assert '"total":1' in dawit.get("/search?q=marimba", headers=JSON).text.replace(" ", "")


NAMES = ("closed/plan", "closed/before", "Xylophone")


@pytest.mark.parametrize("name", NAMES, ids=["path", "former path", "title"])
@pytest.mark.parametrize("part", ["", "#details", "#^zither"], ids=["page", "section", "block"])
def test_inclusion(make_page: Any, dawit: Person, name: str, part: str) -> None:
    """Also through redirects."""
    make_page("including", text=f"Here: ![[{name}{part}]]\n")
    said = dawit.get("/wiki/including").text
    assert is_silent(said.replace(name, ""))


@pytest.mark.parametrize("name", NAMES, ids=["path", "former path", "title"])
def test_preview(dawit: Person, name: str) -> None:
    form = dawit.open_form("/new", has="text")
    data = {**form.values, "text": f"![[{name}]]", "path": "closed/plan"}
    for address, more in (("/preview", {}), ("/new", {"action": "preview"})):
        said = dawit.post(address, data={**data, **more}).text
        assert "marimba" not in said.lower()
        assert 'href="/wiki/closed' not in said


def test_preloaded_text(dawit: Person) -> None:
    """Of an editor that is opened for a hidden page, or sent with its id."""
    with dawit.application.app_context():
        hidden = db.session.scalars(db.select(Page.id).filter_by(path="closed/plan")).one()
    for query in ("path=closed/plan", "title=Xylophone&path=closed/plan", "draft=1"):
        assert "marimba" not in dawit.get(f"/new?{query}").text.lower()
    form = dawit.open_form("/edit/open", has="text")
    for action in ("preview", "changes", "resolve", ""):
        fields = {"page_id": str(hidden), "action": action, "base_revision": "2", "text": "Mine."}
        answer = form.submit(**fields)
        assert answer.status_code == 404
        assert is_silent(answer.text)
    drafted = dawit.post("/drafts", data={**form.values, "page": "open", "page_id": str(hidden)})
    assert drafted.status_code == 404


def test_section_edit(dawit: Person) -> None:
    for section in ("kalimba", "Kalimba", "nothing"):
        assert dawit.get(f"/edit/closed/plan?section={section}").status_code == 404


def test_old_revisions_and_diffs_by_number(dawit: Person) -> None:
    for address in (
        *("/wiki/closed/plan?revision=1", "/raw/closed/plan?revision=1", "/blame/closed/plan"),
        *("/diff/closed/plan?from=1&to=2", "/history/closed/plan", "/links/closed/plan"),
        *("/restore/closed/plan?revision=1", "/undo/closed/plan?revision=2"),
        # A number of one page asked of another.
        *("/wiki/open?revision=2", "/diff/open?from=1&to=2", "/raw/open?revision=2"),
    ):
        answer = dawit.get(address)
        assert answer.status_code == 404, address
        assert is_silent(answer.text), address


@pytest.mark.parametrize("headers", [{}, JSON], ids=["HTML", "JSON"])
def test_search(dawit: Person, index_now: Any, headers: dict[str, str]) -> None:
    """Its results, totals, facets, corrections, suggestions and relaxations; old texts."""
    for query in (
        *("marimba", "xylophone", "tag:balafon", "in:closed", "kind:page", "author:boss plain"),
        *("marimbas", "xylofone", "marinba plain", "tag:balafom", "open marimba", "closed/plan"),
        *("[[closed/plan]]", '"a marimba"', "plain -marimba", "marimba OR plain", "mari*"),
        "plain text about one two three four five six marimba",
    ):
        for address in (
            "/search?q=",
            "/search?sort=date&q=",
            "/search/suggest?q=",
            "/search/old?q=",
        ):
            said = dawit.get(address + query, headers=headers).text.lower()
            for word in ("xylophone", "marimba", "kalimba", "balafon", "tremolo"):
                assert word in query.lower() or word not in said, f"{word} at {address}{query}"
    found = dawit.get("/search?q=marimba", headers=JSON).get_json()
    assert (found["total"], found["hits"]) == (0, [])


def test_corrections_know_no_word_of_hidden_pages(
    make_page: Any, dawit: Person, index_now: Any
) -> None:
    """Nor whether one of their words has the stem of the one that was typed."""
    make_page("seen", text="An atom, and automation.\n")
    make_page("parts", text="About qz alone.\n")
    said = {}
    long = "wherever readers formerly encountered antique documents mentioning qz-wv"
    for state in ("missing", "hidden"):
        if state == "hidden":
            make_page("closed/other", text="Atomation of qz-wv.\n")
        index_now()
        said[state] = [
            dawit.get(f"/search?q={query}", headers=headers).text
            for query in ("atomation", "qz-wv", long)
            for headers in ({}, JSON)
        ]
    assert said["hidden"] == said["missing"]


def test_frequent_queries(app: Flask, client_of: Any, dawit: Person, index_now: Any) -> None:
    boss = client_of("boss", role="admin")
    for _ in range(4):
        boss.get("/search?q=marimba kalimba")
    index_now()
    assert is_silent(dawit.get("/search/suggest?q=mar").text.replace('"mar"', ""))


def test_completion_after_brackets(dawit: Person) -> None:
    for typed in ("", "xylo", "closed", "Xylophone#", "closed/plan#", "closed/before#det"):
        said = dawit.get("/pages/titles", query_string={"q": typed}).text
        assert is_silent(said.replace("Xylophone#", "")), typed


def test_listings_and_their_counts(app: Flask, dawit: Person, client: Person) -> None:
    addresses = (
        *("/", "/pages", "/kinds/", "/kinds/page", "/tags/", "/changes", "/users/boss"),
        *("/changes.atom", "/files/", "/changes?hide=minor", "/wiki/open", "/below/closed"),
    )
    with_closed = [client.get(address).text for address in addresses]
    boss = factories.client_of(app, factories.make_user(app, "boss", role="admin"))
    assert "marimba" in boss.get("/wiki/closed/plan").text.lower()
    for said, address in zip(with_closed, addresses, strict=True):
        assert is_silent(said), address
        assert is_silent(dawit.get(address).text), address
    assert dawit.get("/tags/balafon").status_code == 404
    assert dawit.get("/pages?letter=X").status_code == 404
    assert dawit.get("/wiki/closed").status_code == 404


def test_list_by_query_in_a_page(make_page: Any, dawit: Person) -> None:
    make_page("listing", text="```pages\nin: closed\n```\n\n```pages\ntag: balafon\n```\n")
    assert is_silent(dawit.get("/wiki/listing").text.replace("balafon", ""))


def test_numbers_of_others_changed_along(
    app: Flask, make_page: Any, dawit: Person, client_of: Any
) -> None:
    """A rename that moves and relinks visible and hidden pages counts the visible ones."""
    for number in range(33):  # as many as no date has
        make_page(f"closed/linking-{number}", text="[[open]]\n")
    make_page("linking", text="[[open]]\n")
    make_page("open/below")
    boss = client_of("boss", role="admin")
    boss.post_form("/rename/open", path="opened", subtree=True, links=True)
    for address in ("/changes", "/changes.atom", "/history/opened", "/users/boss"):
        said = dawit.get(address).text
        assert "linking-" not in said, address
        without_times = re.sub(r"<(time|updated|published)\b.*?</\1>", "", said, flags=re.DOTALL)
        assert not re.search(r"\b33\b", without_times), address
    form = dawit.open_form("/rename/opened", has="path")
    assert form.names >= {"links", "subtree"}
    assert "1 page links here" in dawit.get("/rename/opened").text


def test_file_by_address(app: Flask, dawit: Person, client_of: Any, make_page: Any) -> None:
    """Its versions, pictures of other widths, and its name where it is shown."""
    boss = client_of("boss", role="admin")
    assert send(boss, ("marimba.png", picture()), page="closed/plan").status_code == 303
    shown = fetch(boss, "/files/1/marimba.png")
    assert shown.status_code == 200
    tag = shown.headers["ETag"]
    for address in (
        *(
            "/files/1",
            "/files/1/marimba.png",
            "/files/1/other.png",
            "/files/1/marimba.png?width=40",
        ),
        *("/files/1/marimba.png?v=0", "/files/rename/1", "/files/delete/1"),
    ):
        answer = dawit.get(address, headers={"If-None-Match": tag})
        assert answer.status_code == 404, address
    make_page("showing", text="![](/files/1/marimba.png) ![[marimba.png]] [[marimba.png]]\n")
    said = dawit.get("/wiki/showing").text
    assert "<img" not in said.partition("<main")[2]
    assert 'href="/files/1' not in said
    assert is_silent(dawit.get("/files/?q=marimba").text.replace('value="marimba"', ""))


@pytest.mark.parametrize("is_member", [False, True])
def test_kept_pages(
    app: Flask, make_page: Any, dawit: Person, client: Person, is_member: bool
) -> None:
    """What was finished, or fetched, before its page was hidden; also links and terms in others."""
    person = dawit if is_member else client
    make_page("later", title="Ocarina", text="An oboe.\n")
    make_page("linking", text="[[later]]\n\n![[later]]\n")
    make_page("words", kind="glossary", text="Plain\n: A bassoon.\n")
    before = {path: person.get(f"/wiki/{path}") for path in ("later", "linking", "open")}
    assert "oboe" in before["linking"].text
    assert "bassoon" in before["open"].text
    close(app, "later")
    close(app, "words")
    for path, answer in before.items():
        kept = {"If-None-Match": answer.headers["ETag"]}
        for headers in (kept, {}):
            again = person.get(f"/wiki/{path}", headers=headers)
            assert again.status_code == (404 if path == "later" else 200), path
            assert "oboe" not in again.text
            assert "bassoon" not in again.text
            assert 'href="/wiki/later"' not in again.text
    raw = person.get("/raw/later", headers={"If-None-Match": "*"})
    assert raw.status_code == 404
    with app.app_context():
        remove_rule("words", by=None)
    assert "bassoon" in person.get("/wiki/open").text


def test_former_names(make_page: Any, dawit: Person, client_of: Any) -> None:
    """Whether a hidden page once had a name changes nothing for others."""
    boss = client_of("boss", role="admin")
    boss.post_form("/new", title="Tools", path="tools", text="Secret.\n")
    asked = boss.post_form("/rename/tools", path="closed/tools", title="Other")
    assert boss.form_in(asked, "/rename/tools").submit().status_code == 303
    make_page("elsewhere", title="Tools")
    make_page("tools/hammer")
    answer = dawit.get("/wiki/tools")
    assert answer.status_code == 200  # the folder, as if nothing had ever been there
    assert "hammer" in answer.text.lower()


def test_deleted_pages_of_others(app: Flask, dawit: Person, client_of: Any) -> None:
    """A page that one may not bring back hides an earlier one of one's own at its path no more."""
    dawit.post_form("/new", title="Mine", path="mine", text="An oboe.\n")
    dawit.post_form("/delete/mine")
    boss = client_of("boss", role="admin")
    boss.post_form("/new", title="Theirs", path="mine", text="A marimba.\n")
    boss.post_form("/delete/mine", summary="Tremolo")
    said = dawit.get("/wiki/mine").text
    assert "/undelete/mine" in said
    assert "oboe" in dawit.get("/raw/mine").text
    close(app, "mine")
    assert "/undelete/mine" not in dawit.get("/wiki/mine").text
    assert dawit.get("/raw/mine").status_code == 404
    assert "oboe" not in dawit.get("/changes").text


def test_drafts_of_pages_hidden_since(app: Flask, make_page: Any, dawit: Person) -> None:
    """One's own text stays; of the page nothing is told."""
    make_page("later", title="Ocarina", text="An oboe.\n")
    form = dawit.open_form("/edit/later", has="text")
    saved = dawit.post("/drafts", data={**form.values, "page": "later", "text": "Mine."})
    close(app, "later")
    number = saved.get_json()["id"]
    assert dawit.get("/drafts").status_code == 200
    said = dawit.get(f"/drafts/{number}").text
    assert "Mine." in said
    assert "oboe" not in said
    assert f"/edit/later?draft={number}" not in said
    assert "Mine." in dawit.get(f"/new?draft={number}").text


def test_undoing_everything_moves_nothing_where_one_may_not_write(
    app: Flask, client_of: Any, make_page: Any, dawit: Person
) -> None:
    boss = client_of("boss", role="admin")
    boss.post_form("/new", title="Handbook", path="closed/handbook", text="Open to all.\n")
    member: Person = client_of("selam", role="admin")
    asked = member.post_form("/rename/closed/handbook", path="handbook")
    assert member.form_in(asked, "/rename/closed/handbook").submit().status_code == 303
    mentor: Person = client_of("tirunesh", role="mentor")
    address = "/users/selam/undo?since=2000-01-01T00:00"
    assert 'name="seen"' not in mentor.get(address).text
    assert 'name="seen"' in boss.get(address).text
    form = boss.form_in(boss.get(address), address, has="seen")
    sent = {**form.values, "csrf_token": mentor.open_form("/new").values["csrf_token"]}
    mentor.post("/users/selam/undo", data=sent)
    assert dawit.get("/wiki/handbook").status_code == 200
    form.submit()
    assert dawit.get("/wiki/handbook").status_code == 404


def test_words_of_the_closed_wikis_rule(app: Flask, client: Person, dawit: Person) -> None:
    close(app, "", RuleTerms(read_rank=Rank.SIGNED_IN, note="Cohort of Adama"))
    assert client.get("/access/").status_code == 404
    assert "Adama" not in client.get("/access/").text
    assert "Adama" in dawit.get("/access/").text


def test_other_methods(dawit: Person) -> None:
    for method in ["HEAD", "OPTIONS", "GET", "PUT", "PATCH", "DELETE"]:
        hidden, missing = (
            dawit.open(f"/wiki/closed/{name}", method=method) for name in ("plan", "none")
        )
        assert hidden.status == missing.status, method
        assert is_silent(hidden.text + str(hidden.headers)), method
