"""Pages through the API: list, read, create, update, rename, restore, delete, undelete."""

from urllib.parse import quote

from sqlalchemy import update

from wiki.access.models import Rank
from wiki.database import db, write_transaction
from wiki.pages.models import Draft, Page
from wiki.pages.protection.rule_changes import RuleTerms, set_rule

BASE = "One.\n\nTwo.\n\nThree.\n\nFour.\n"


def test_a_page_is_read_with_its_source_its_fields_and_a_tag(any_app, make_page, stranger):
    page = make_page(
        "concepts/redis", title="Redis", text="It is *fast*.\n", kind="concept", tags=["Cache"]
    )
    answer = stranger.get("/pages/concepts/redis")
    assert answer.status_code == 200
    assert answer.headers["ETag"].startswith(f'"{page.page_id}-1-')
    assert "Authorization" in answer.headers["Vary"]
    told = answer.json
    assert told["text"] == "It is *fast*.\n"
    assert (told["title"], told["kind"], told["tags"]) == ("Redis", "concept", ["Cache"])
    assert (told["revision"], told["current_revision"]) == (1, 1)
    assert told["url"] == "http://localhost/wiki/concepts/redis"
    assert told["html"] is None


def test_a_page_is_found_by_an_encoded_path_its_title_and_a_former_path(
    app, make_page, stranger, client_of
):
    make_page("a/b", title="A title of its own")
    client_of("hana").post_form("/rename/a/b", path="c/d")
    for name in (quote("c/d", safe=""), "A%20title%20of%20its%20own", "a/b"):
        assert stranger.get(f"/pages/{name}").json["path"] == "c/d"


def test_an_old_revision_and_the_html_are_there_when_asked_for(app, program_of, make_page):
    make_page("a", text="First.\n\n[[a]]\n")
    hana = program_of("hana")
    hana.patch("/pages/a", {"text": "Second.\n"}, '"1-1"')
    old = hana.get("/pages/a?revision=1&html=true").json
    assert (old["revision"], old["current_revision"], old["text"][:5]) == (1, 2, "First")
    assert "First." in old["html"]
    assert "Second." in hana.get("/pages/a?html=true").json["html"]
    assert "/edit/" not in hana.get("/pages/a?html=true").json["html"]
    assert hana.get("/pages/a?revision=7").status_code == 404


def test_nobody_is_sent_again_what_they_have(app, make_page, stranger):
    make_page("a")
    tag = stranger.get("/pages/a").headers["ETag"]
    answer = stranger.get("/pages/a", headers={"If-None-Match": tag})
    assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", tag)
    weak = stranger.get("/pages/a", headers={"If-None-Match": f"W/{tag}"})
    assert weak.status_code == 304  # a proxy that compresses makes it weak


def test_an_answer_that_differs_has_another_tag(app, make_page, stranger, client_of):
    make_page("a", title="A")
    seen = {"If-None-Match": stranger.get("/pages/a").headers["ETag"]}
    for more in ("?html=true", "?revision=1"):
        answer = stranger.get(f"/pages/a{more}", headers=seen)
        assert (answer.status_code, answer.headers["ETag"]) == (200, 'W/"1-1"')
    with app.app_context(), write_transaction() as session:
        session.execute(update(Page).values(path="b", key="b"))
    moved = stranger.get("/pages/b", headers=seen)
    assert (moved.status_code, moved.json["revision"]) == (200, 1)


def test_a_change_needs_the_revision_that_was_seen(any_app, program_of, make_page):
    make_page("a", text=BASE)
    hana = program_of("hana")
    refused = hana.patch("/pages/a", {"text": "New.\n"})
    assert (refused.status_code, refused.json["type"]) == (428, "/api#nx-precondition")
    saved = hana.patch("/pages/a", {"text": "New.\n", "summary": "Shorter"}, '"1-1"')
    assert (saved.status_code, saved.json["revision"]) == (200, 2)
    assert saved.headers["ETag"] == '"1-2"'
    assert hana.get("/pages/a").json["text"] == "New.\n"
    again = hana.patch("/pages/a", {"text": "Newer.\n"}, hana.get("/pages/a").headers["ETag"])
    assert (again.status_code, again.headers["ETag"]) == (200, '"1-3"')


def test_what_is_not_sent_stays_and_null_empties_a_field(app, program_of, make_page):
    fields = {"review_by": "2027-01-01", "origin": "An import"}
    make_page("a", title="A", text=BASE, kind="concept", tags=["x"], fields=fields)
    hana = program_of("hana")
    hana.patch("/pages/a", {"tags": ["y", "z"], "fields": {"review_by": None}}, '"1-1"')
    told = hana.get("/pages/a").json
    assert (told["title"], told["text"], told["kind"]) == ("A", BASE, "concept")
    assert (told["tags"], told["fields"]) == (["y", "z"], {"origin": "An import"})
    wrong = hana.patch("/pages/a", {"fields": {"review_by": "soon"}}, '"1-2"')
    assert wrong.json["errors"][0]["where"] == "fields.review_by"
    assert wrong.status_code == 422


def test_a_late_change_stores_nothing_and_is_offered_the_merge(any_app, program_of, make_page):
    make_page("a", text=BASE)
    hana, dawit = program_of("hana"), program_of("dawit")
    dawit.patch("/pages/a", {"text": BASE.replace("One", "1")}, '"1-1"')
    late = hana.patch("/pages/a", {"text": BASE.replace("Four", "4")}, '"1-1"')
    assert (late.status_code, late.mimetype) == (412, "application/problem+json")
    told = late.json
    assert (told["is_clean"], told["conflicts"]) == (True, [])
    assert told["merged"]["text"] == BASE.replace("One", "1").replace("Four", "4")
    assert (told["base"]["text"], told["current_revision"]) == (BASE, 2)
    assert told["theirs"]["text"] == BASE.replace("One", "1")
    assert told["yours"]["text"] == BASE.replace("Four", "4")
    assert hana.get("/pages/a").json["revision"] == 2
    sent = hana.patch("/pages/a", {"text": told["merged"]["text"]}, late.headers["ETag"])
    assert (sent.status_code, sent.json["revision"]) == (200, 3)


def test_with_a_base_revision_a_late_change_is_merged_where_that_can_be_done(
    any_app, program_of, make_page
):
    make_page("a", text=BASE)
    hana, dawit = program_of("hana"), program_of("dawit")
    dawit.patch("/pages/a", {"text": BASE.replace("Two.", "2, by me.")}, '"1-1"')
    text = BASE.replace("Four", "4")
    merged = hana.patch("/pages/a", {"text": text, "base_revision": 1})
    assert (merged.status_code, merged.json["merged_with"]) == (200, 2)
    clash = hana.patch("/pages/a", {"text": BASE.replace("Two.", "Zwei."), "base_revision": 1})
    assert clash.status_code == 409
    (region,) = clash.json["conflicts"]
    assert region == {"line": 3, "base": "Two.\n", "theirs": "2, by me.\n", "yours": "Zwei.\n"}
    assert clash.json["merged"]["text"].split("\n")[region["line"] - 1] == "Zwei."
    assert hana.get("/pages/a").json["revision"] == 3


def test_a_tag_of_another_page_at_the_same_path_changes_nothing(app, program_of, make_page):
    make_page("a")
    hana = program_of("hana")
    hana.delete("/pages/a", '"1-1"')
    make_page("a", text="Another page.\n")
    assert hana.patch("/pages/a", {"text": "x"}, '"1-1"').status_code == 412
    assert hana.get("/pages/a").json["text"] == "Another page.\n"
    for tag in ("*", '"x"', "1-1"):
        assert hana.patch("/pages/a", {"text": "x"}, tag).status_code == 400


def test_a_base_that_no_revision_is_changes_nothing(app, program_of, make_page):
    make_page("a", text=BASE)
    hana = program_of("hana")
    for number in (2, 99):
        wrong = hana.patch("/pages/a", {"text": "x", "base_revision": number})
        assert (wrong.status_code, wrong.json["errors"][0]["where"]) == (422, "base_revision")
    for tag in ('"1-9"', '"1-0"', '"7-1"'):
        late = hana.patch("/pages/a", {"text": "x"}, tag)
        assert (late.status_code, "merged" in late.json) == (412, False)
        assert late.headers["ETag"] == '"1-1"'
    both = hana.patch("/pages/a", {"text": "x", "base_revision": 2}, '"1-1"')
    assert both.status_code == 400
    assert hana.get("/pages/a").json["text"] == BASE


def test_a_draft_in_the_editor_is_left_alone(app, program_of, make_page, client_of):
    make_page("a", title="A")
    client_of("hana").open_form("/edit/a").submit(text="A draft.\n", action="preview")
    hana = program_of("hana")
    hana.patch("/pages/a", {"text": "New.\n"}, '"1-1"')
    with app.app_context():
        assert [draft.text for draft in db.session.scalars(db.select(Draft))] == ["A draft.\n"]


def test_a_page_is_renamed_with_what_stands_below_it(app, program_of, make_page):
    make_page("a", text="See [[b]].\n")
    make_page("b")
    make_page("b/c")
    hana = program_of("hana")
    answer = hana.post("/renames", {"page": "b", "path": "d"}, headers={"If-Match": '"2-1"'})
    assert answer.status_code == 201
    assert (answer.json["path"], answer.json["moved_below"], answer.json["relinked"]) == ("d", 1, 1)
    assert hana.get("/pages/b").json["path"] == "d"
    late = hana.post("/renames", {"page": "d", "path": "e"}, headers={"If-Match": '"2-1"'})
    assert late.status_code == 412


def test_a_rename_that_changes_who_reads_has_to_say_so(app, program_of, make_page):
    make_page("a")
    with app.app_context():
        set_rule("inner", RuleTerms(read_rank=Rank.LEARNER), by=None)
    hana, tag = program_of("hana"), {"If-Match": '"1-1"'}
    body = {"page": "a", "path": "inner/a"}
    asked = hana.post("/renames", body, headers=tag)
    assert (asked.status_code, asked.json["type"]) == (409, "/api#nx-readers")
    assert asked.json["readers"][0]["pages"] == 1
    assert hana.post("/renames", {**body, "new_readers": True}, headers=tag).status_code == 201


def test_a_deleted_page_is_gone_and_may_be_brought_back(app, program_of, make_page, client_of):
    make_page("a")
    hana = program_of("hana")
    assert hana.delete("/pages/a").status_code == 428
    gone = hana.delete("/pages/a?summary=Twice", '"1-1"')
    assert (gone.status_code, gone.data) == (204, b"")
    assert hana.get("/pages/a").status_code == 404
    client_of("hana").post_form("/undelete/a")
    assert hana.get("/pages/a").status_code == 200


def test_a_deleted_page_is_brought_back_by_its_path_or_its_id(app, program_of, make_page):
    first = make_page("a", text="The first.\n")
    hana = program_of("hana")
    hana.delete("/pages/a", '"1-1"')
    back = hana.post("/undeletions", {"page": "a", "summary": "Needed"})
    assert (back.status_code, back.json["path"], back.json["revision"]) == (201, "a", 3)
    assert hana.get("/pages/a").json["text"] == "The first.\n"
    assert hana.post("/undeletions", {"page": "a"}).status_code == 404  # it is there
    hana.delete("/pages/a", '"1-3"')
    hana.post("/pages", {"title": "A", "path": "a", "text": "The second.\n"})
    taken = hana.post("/undeletions", {"page": "a"})
    assert taken.status_code == 409
    hana.delete("/pages/a", '"2-1"')
    hana.post("/undeletions", {"page": "a", "id": first.page_id})
    assert hana.get("/pages/a").json["text"] == "The first.\n"
    assert hana.post("/undeletions", {"page": "nowhere"}).status_code == 404


def test_an_old_revision_is_made_the_current_one(app, program_of, make_page):
    make_page("a", text="Old.\n")
    hana, body = program_of("hana"), {"page": "a", "revision": 1}
    hana.patch("/pages/a", {"text": "New.\n"}, '"1-1"')
    assert hana.post("/restorations", body).status_code == 428
    assert hana.post("/restorations", body, headers={"If-Match": '"1-1"'}).status_code == 412
    done = hana.post("/restorations", body, headers={"If-Match": '"1-2"'})
    assert (done.status_code, done.json["revision"]) == (201, 3)
    assert hana.get("/pages/a").json["text"] == "Old.\n"
    missing = {"page": "a", "revision": 9}
    assert hana.post("/restorations", missing, headers={"If-Match": '"1-3"'}).status_code == 404


def test_lists_are_read_in_parts_in_which_nothing_is_missing(any_app, make_page, stranger):
    for number in range(7):
        make_page(f"p{number}", title="Same title" if number % 2 else f"Page {number}")
    for sort in ("title", "changed"):
        seen, address = [], f"/pages?limit=3&sort={sort}"
        while address:
            answer = stranger.get(address)
            seen += [each["path"] for each in answer.json["items"]]
            cursor = answer.json["next"]
            assert (cursor is None) == ("Link" not in answer.headers)
            address = f"/pages?limit=3&sort={sort}&cursor={cursor}" if cursor else ""
        assert sorted(seen) == [f"p{number}" for number in range(7)]
    assert seen[0] == "p6"


def test_a_page_that_is_written_meanwhile_does_not_shift_a_list(app, make_page, stranger):
    for name in "bcd":
        make_page(name)
    first = stranger.get("/pages?limit=2").json
    make_page("a")
    rest = stranger.get(f"/pages?limit=2&cursor={first['next']}").json
    assert [each["path"] for each in first["items"] + rest["items"]] == ["b", "c", "d"]


def test_a_cursor_is_of_one_list(app, make_page, stranger):
    for name in "abc":
        make_page(name, kind="concept")
    cursor = stranger.get("/pages?limit=1").json["next"]
    wrong = (f"kind=concept&cursor={cursor}", f"cursor={cursor}x", "cursor=W10.x", "cursor=%00")
    for query in wrong:
        answer = stranger.get(f"/pages?{query}")
        assert (answer.status_code, answer.json["type"]) == (400, "/api#nx-cursor"), query


def test_lists_are_narrowed(app, make_page, stranger):
    make_page("a", kind="challenge", tags=["Cache"], fields={"status": "open"})
    make_page("a/b", kind="concept")
    for query, paths in {
        "kind=challenge": ["a"],
        "status=open": ["a"],
        "tag=cache": ["a"],
        "below=a": ["a/b"],
        "below=a&kind=challenge": [],
    }.items():
        found = stranger.get(f"/pages?{query}").json["items"]
        assert [each["path"] for each in found] == paths, query


def test_whoever_may_not_write_there_is_refused(app, program_of, make_page, stranger):
    make_page("a")
    with app.app_context():
        set_rule("closed", RuleTerms(edit_rank=Rank.MENTOR), by=None)
    make_page("closed/b")
    assert stranger.post("/pages", {"title": "New"}).status_code == 401
    assert program_of("reader", role="reader").post("/pages", {"title": "N"}).status_code == 403
    hana = program_of("hana")
    assert hana.post("/pages", {"title": "New", "path": "closed/new"}).status_code == 403
    assert hana.patch("/pages/closed/b", {"text": "x"}, '"2-1"').status_code == 403
