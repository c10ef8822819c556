"""Files, people, discussions, proposals, watches and rules through the API."""

import io

import pytest

from tests.files.upload_forms import picture, send
from wiki.access.groups.membership import create_group
from wiki.access.models import Rank
from wiki.accounts.tokens.models import TokenScope
from wiki.files.uploads import upload_batch
from wiki.pages.protection.rule_changes import RuleTerms, set_rule


def sent(program, name="plan.png", content=None, headers=None, **fields):
    data = {"file": (io.BytesIO(content or picture()), name), **fields}
    more = {"headers": headers} if headers else {}
    return program.ask("POST", "/files", data=data, content_type="multipart/form-data", **more)


def test_a_file_is_sent_read_renamed_replaced_and_deleted(app, program_of, make_page):
    make_page("a")
    hana = program_of("hana")
    made = sent(hana, page="a")
    assert made.status_code == 201
    file = made.json
    assert (file["name"], file["page"], file["media_type"]) == ("plan.png", "a", "image/png")
    assert file["markdown"].startswith("![plan](/files/1/")
    assert hana.get("/files?page=a").json["items"] == [file]
    content = hana.get("/files/1/content", buffered=True)
    assert content.data.startswith(b"\x89PNG")
    assert "attachment" in content.headers["Content-Disposition"]
    assert hana.patch("/files/1", {"name": "map"}).json["name"] == "map.png"
    again = sent(hana, "map.png", content=picture(size=(5, 5)), replaces="1")
    assert (again.json["id"], again.json["versions"]) == (1, 3)
    assert hana.delete("/files/1").status_code == 204
    assert hana.get("/files/1").status_code == 404
    assert hana.get("/files/1/content").status_code == 404


def test_a_file_is_sent_once_for_one_key(app, program_of):
    hana, headers = program_of("hana"), {"Idempotency-Key": "k"}
    first, again = (sent(hana, headers=headers) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert sent(hana, content=picture(size=(5, 5)), headers=headers).status_code == 422
    assert len(hana.get("/files").json["items"]) == 1


@pytest.mark.settings(rate_limits=True)
def test_uploads_are_counted_with_those_of_browsers(app, program_of, client_of, monkeypatch):
    monkeypatch.setattr(upload_batch, "UPLOAD_RATE", "2 per minute")
    hana = program_of("hana")
    assert send(client_of("hana"), ("a.png", picture())).status_code == 303
    assert [sent(hana).status_code for _ in range(2)] == [201, 429]


def test_a_file_that_cannot_be_taken_is_refused(app, program_of, stranger):
    hana = program_of("hana")
    refused = sent(hana, "a.exe", content=b"MZ\0\1" * 9)
    assert (refused.status_code, refused.json["type"]) == (415, "/api#nx-file"), refused.text
    assert hana.ask("POST", "/files", json={}).status_code == 415
    none = hana.ask("POST", "/files", data={"page": ""}, content_type="multipart/form-data")
    assert none.status_code == 422
    assert sent(hana, page="nowhere").status_code == 404
    assert sent(hana, replaces="7").status_code == 404
    assert sent(stranger).status_code == 401
    assert sent(program_of("reader", role="reader")).status_code == 403


def test_people_are_reported_by_name_and_listed_for_administrators(any_app, program_of, make_page):
    hana = program_of("hana", email="hana@example.org")
    hana.post("/pages", {"title": "New"})
    told = hana.get("/people/HANA").json
    assert (told["username"], told["change_count"]) == ("hana", 1)
    assert "example.org" not in str(told)
    assert hana.get("/people/nobody").status_code == 404
    assert hana.get("/people").status_code == 403
    chief = program_of("chief", role="admin", scope=TokenScope.ADMIN)
    found = chief.get("/people?q=han").json["items"]
    assert [(each["username"], each["email"]) for each in found] == [("hana", "hana@example.org")]
    lesser = program_of("chief", role="admin", scope=TokenScope.WRITE)
    assert lesser.get("/people").status_code == 403


def test_a_discussion_is_begun_answered_edited_and_settled(any_app, program_of, make_page):
    make_page("a", text="## Why\n\nIt is fast.\n")
    hana, dawit = program_of("hana"), program_of("dawit", role="reader")
    begun = dawit.post("/threads", {"page": "a", "text": "How *fast*?", "quote": "fast"})
    assert begun.status_code == 201
    assert begun.headers["Location"] == "/api/v1/threads/1"
    assert hana.post("/threads/1/comments", {"text": "Very."}).status_code == 201
    assert hana.post("/threads/1/comments", {"text": "Very."}).json["comment"] == 3
    (listed,) = hana.get("/threads?page=a").json["items"]
    assert (listed["about"], listed["page"], listed["quote"]) == ("A", "a", "fast")
    assert (listed["comments"], listed["begins"], listed["heading"]) == (3, "How fast?", "why")
    part = hana.get("/threads/1?limit=2").json
    assert [each["text"] for each in part["items"]] == ["How *fast*?", "Very."]
    assert "<em>fast</em>" in part["items"][0]["html"]
    rest = hana.get(f"/threads/1?limit=2&cursor={part['next']}").json
    assert [each["id"] for each in rest["items"]] == [3]
    late = hana.patch("/comments/2", {"text": "Quite.", "version": 2})
    assert late.status_code == 409
    assert hana.patch("/comments/2", {"text": "Quite.", "version": 1}).status_code == 200
    assert dawit.patch("/comments/2", {"text": "x", "version": 2}).status_code == 403
    assert hana.delete("/comments/3").status_code == 204
    assert hana.patch("/threads/1", {"resolved": True}).status_code == 403
    assert dawit.patch("/threads/1", {"resolved": True}).json["resolved"] is True
    assert hana.get("/threads").json["items"] == []
    assert len(hana.get("/threads?show=resolved").json["items"]) == 1
    wrong = hana.post("/threads", {"page": "a", "text": "x", "quote": "slow"})
    assert (wrong.status_code, wrong.json["detail"]) == (422, "The page has no such words.")


def test_a_discussion_of_a_hidden_page_is_missing(app, program_of, make_page):
    make_page("a")
    dawit = program_of("dawit", role="reader")
    dawit.post("/threads", {"page": "a", "text": "Why?"})
    with app.app_context():
        set_rule("a", RuleTerms(read_rank=Rank.LEARNER), by=None)
    for answer in (
        dawit.get("/threads/1"),
        dawit.post("/threads/1/comments", {"text": "x"}),
        dawit.patch("/comments/1", {"text": "x", "version": 1}),
        dawit.delete("/comments/1"),
        dawit.patch("/threads/1", {"resolved": True}),
        dawit.post("/threads", {"page": "a", "text": "x"}),
    ):
        assert answer.status_code == 404
    assert dawit.get("/threads").json["items"] == []


CHANGE = {"page": "a", "base_revision": 1, "text": "Better.\n"}


def test_a_reader_proposes_and_whoever_edits_accepts(any_app, program_of, make_page):
    make_page("a", text="Good.\n", tags=["x"])
    dawit, hana = program_of("dawit", role="reader"), program_of("hana")
    new = {"title": "New", "path": "b/new", "text": "New.\n"}
    made = dawit.post("/proposals", {"title": "Two pages", "pages": [CHANGE, new]})
    assert (made.status_code, made.json["version"]) == (201, 1)
    (listed,) = hana.get("/proposals?show=me").json["items"]
    assert (listed["title"], listed["author"], listed["state"]) == ("Two pages", "dawit", "open")
    told = hana.get("/proposals/1").json
    assert [part["standing"] for part in told["parts"]] == ["live", "new"]
    assert (told["parts"][0]["text"], told["parts"][0]["tags"]) == ("Better.\n", ["x"])
    assert (told["may_decide"], dawit.get("/proposals/1").json["may_decide"]) == (True, False)
    assert dawit.post("/proposals/1/accept", {"version": 1}).status_code == 403
    assert hana.post("/proposals/1/accept", {"version": 2}).status_code == 409
    done = hana.post("/proposals/1/accept", {"version": 1}).json
    assert [page["path"] for page in done["pages"]] == ["a", "b/new"]
    page = hana.get("/pages/a").json
    assert (page["text"], page["updated_by"], page["accepted_by"]) == ("Better.\n", "dawit", "hana")
    assert hana.post("/proposals/1/accept", {"version": 1}).status_code == 409


def test_renames_and_deletions_are_proposed_as_one(any_app, program_of, make_page):
    for path in ("a", "gone"):
        make_page(path, text="Good.\n")
    make_page("linking", text="[[a]]\n")
    dawit, hana = program_of("dawit", role="reader"), program_of("hana")
    rename = {"page": "a", "base_revision": 1, "path": "b/a", "text": "Better.\n"}
    deletion = {"page": "gone", "base_revision": 1, "delete": True}
    assert dawit.post("/proposals", {"pages": [rename, deletion]}).status_code == 201
    assert [part["action"] for part in hana.get("/proposals").json["items"][0]["parts"]] == [
        "rename",
        "delete",
    ]
    told = hana.get("/proposals/1").json["parts"]
    assert [(each["path"], each["new_path"]) for each in told] == [("a", "b/a"), ("gone", None)]
    hana.patch("/pages/gone", {"text": "Still good.\n", "base_revision": 1})
    refused = hana.post("/proposals/1/accept", {"version": 1})
    assert (refused.status_code, refused.json["part"]) == (409, 2)
    assert hana.get("/pages/a").json["path"] == "a"
    again = {"version": 1, "pages": [{**deletion, "base_revision": 2}]}
    assert dawit.patch("/proposals/1", again).status_code == 200
    done = hana.post("/proposals/1/accept", {"version": 2}).json["pages"]
    assert [page["path"] for page in done] == ["b/a", "gone"]
    page = hana.get("/pages/a").json
    assert (page["path"], page["text"], page["accepted_by"]) == ("b/a", "Better.\n", "hana")
    assert hana.get("/pages/linking").json["text"] == "[[b/a]]\n"
    assert hana.get("/pages/gone").status_code == 404


def test_a_proposal_that_overlaps_is_stale(app, program_of, make_page):
    make_page("a", text="Good.\n")
    dawit, hana = program_of("dawit", role="reader"), program_of("hana")
    assert dawit.post("/proposals", {"pages": [CHANGE]}).status_code == 201
    assert hana.patch("/pages/a", {"text": "Bad.\n", "base_revision": 1}).status_code == 200
    refused = hana.post("/proposals/1/accept", {"version": 1})
    assert (refused.status_code, refused.json["type"]) == (409, "/api#nx-stale")


def test_a_proposal_is_answered_amended_and_withdrawn(app, program_of, make_page):
    make_page("a", text="Good.\n")
    dawit, hana = program_of("dawit", role="reader"), program_of("hana")
    dawit.post("/proposals", {"title": "Better", "pages": [CHANGE]})
    asked = {"version": 1, "action": "ask", "reason": "Why?"}
    for unsaid in ("", " ", "\u200b"):
        assert hana.post("/proposals/1/answer", {**asked, "reason": unsaid}).status_code == 422
    assert dawit.post("/proposals/1/answer", asked).status_code == 403
    assert hana.post("/proposals/1/answer", asked).status_code == 204
    more = {"version": 1, "pages": [{**CHANGE, "text": "Best.\n"}]}
    assert dawit.patch("/proposals/1", more).json["version"] == 2
    told = hana.get("/proposals/1").json
    assert (told["state"], told["title"]) == ("open", "Better")
    assert (told["parts"][0]["text"], told["version"]) == ("Best.\n", 2)
    assert hana.get("/proposals/1?version=1").json["parts"][0]["text"] == "Better.\n"
    assert hana.patch("/proposals/1", {**more, "version": 2}).status_code == 404
    assert hana.post("/proposals/1/withdraw").status_code == 404
    assert dawit.post("/proposals/1/withdraw").status_code == 204
    assert hana.get("/proposals").json["items"] == []
    assert len(hana.get("/proposals?state=all").json["items"]) == 1


def test_what_cannot_be_proposed_is_refused(app, program_of, make_page):
    make_page("a")
    cases = [
        ([], 422),
        ([{"text": "x"}], 422),
        ([{"page": "a", "text": "x"}], 422),
        ([{"page": "a", "base_revision": 1}], 422),
        ([{"page": "a", "base_revision": 2, "text": "x"}], 422),
        ([{"page": "nowhere", "base_revision": 1, "text": "x"}], 404),
        ([{"title": "A", "path": "a"}], 409),
    ]
    for pages, status in cases:
        answer = program_of("dawit", role="reader").post("/proposals", {"pages": pages})
        assert answer.status_code == status, answer.text


def test_what_is_wrong_with_a_part_is_reported_with_its_place(app, program_of, make_page):
    make_page("a")
    dawit, good = program_of("dawit", role="reader"), {"title": "B", "text": "B.\n"}
    for part, where in (
        ({"page": "a", "base_revision": 999, "text": "x"}, "pages.1.base_revision"),
        ({"page": "a", "text": "x"}, "pages.1.base_revision"),
        ({"page": "a", "base_revision": 1, "kind": "nothing"}, "pages.1.kind"),
        ({"title": "C", "fields": {"nothing": "x"}}, "pages.1.fields.nothing"),
    ):
        refused = dawit.post("/proposals", {"pages": [good, part]})
        assert refused.status_code == 422
        assert [each["where"] for each in refused.json["errors"]] == [where]
    assert dawit.get("/proposals?state=all").json["items"] == []


def test_places_are_watched_and_no_longer(any_app, program_of, make_page):
    make_page("a")
    hana = program_of("hana")
    for scope, name in (("page", "a"), ("tree", "guides"), ("tag", "cache"), ("kind", "guide")):
        made = hana.post("/watches", {"scope": scope, "name": name})
        assert (made.status_code, made.json["name"]) == (201, name), made.text
    assert hana.post("/watches", {"scope": "all"}).status_code == 201
    assert hana.post("/watches", {"scope": "tag", "name": "CACHE"}).json["name"] == "cache"
    listed = hana.get("/watches").json["items"]
    assert [each["scope"] for each in listed] == ["all", "kind", "tag", "tree", "page"]
    assert listed[-1]["title"] == "A"
    assert hana.delete(f"/watches/{listed[0]['id']}").status_code == 204
    assert hana.delete(f"/watches/{listed[0]['id']}").status_code == 404
    assert program_of("dawit").delete(f"/watches/{listed[1]['id']}").status_code == 404
    assert len(hana.get("/watches").json["items"]) == 4
    for scope, name, status in (
        *(("page", "nowhere", 404), ("kind", "wish", 422), ("tag", "", 422), ("tree", "", 422)),
        ("tree", "a/../b", 422),
    ):
        assert hana.post("/watches", {"scope": scope, "name": name}).status_code == status


def test_rules_are_set_and_removed_by_administrators(any_app, program_of, make_page, stranger):
    make_page("a")
    with any_app.app_context():
        create_group("Cohort", by=None)
    chief = program_of("chief", role="admin", scope=TokenScope.ADMIN)
    assert chief.post("/threads", {"page": "a", "text": "Why?", "revision": 1}).status_code == 201
    body = {"path": "a", "read": "learner", "edit": "mentor", "editors": ["cohort"], "note": "Why"}
    made = chief.put("/rules", body)
    assert (made.status_code, made.json["pages"]) == (200, 1)
    assert (made.json["editors"], made.json["set_by"]) == (["Cohort"], "chief")
    assert chief.put("/rules", {**body, "read": "mentor"}).json["read"] == "mentor"
    assert stranger.get("/pages/a").status_code == 404
    assert [rule["path"] for rule in chief.get("/rules").json["items"]] == ["", "a"]
    for wrong in (
        {"edit": "anybody"},
        {"editors": ["nobody"]},
        {"read": "admin"},
        {"path": "", "covers": "page"},
        {"path": "a/../b"},
    ):
        refused = chief.put("/rules", {**body, **wrong})
        assert refused.status_code == 422, wrong
        places = {each["where"] for each in refused.json.get("errors", ())}
        assert places <= {*body, "covers"}
    assert chief.delete("/rules?path=a").status_code == 204
    assert chief.delete("/rules?path=a").status_code == 422
    assert stranger.get("/pages/a").status_code == 200
    lesser = program_of("chief", role="admin", scope=TokenScope.WRITE)
    assert lesser.put("/rules", body).status_code == 403
    assert program_of("hana").put("/rules", body).status_code == 403


def test_two_parts_of_a_proposal_never_have_one_place(any_app, program_of, make_page):
    make_page("a", text="Good.\n")
    make_page("b", text="Good.\n")
    dawit = program_of("dawit", role="reader")
    rename = {"page": "b", "base_revision": 1, "path": "New"}
    new = {"title": "New", "path": "new", "text": "x\n"}
    for first, second, where in (
        (new, {**new, "path": "NEW"}, "NEW"),
        ({**CHANGE, "path": "new"}, rename, "New"),
        (rename, new, "new"),
        (CHANGE, {**CHANGE, "text": "Best.\n"}, "a"),
    ):
        refused = dawit.post("/proposals", {"pages": [first, second]})
        assert (refused.status_code, refused.json["path"]) == (409, where), refused.text
        assert f"Two of the pages would be at {where}." in refused.text
    other = {**new, "path": "other"}
    made = dawit.post("/proposals", {"pages": [new, other]})
    assert made.status_code == 201
    where = f"/proposals/{made.json['id']}"
    swapped = {"version": 1, "pages": [{**new, "text": "y\n"}, {**other, "text": "z\n"}]}
    assert dawit.patch(where, swapped).status_code == 200
    parts = dawit.get(where).json["parts"]
    assert [(part["number"], part["text"]) for part in parts] == [(1, "y\n"), (2, "z\n")]
    assert dawit.patch(where, {"version": 2, "pages": [rename]}).status_code == 409
