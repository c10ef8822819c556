"""Revisions, differences and changes through the API."""

from wiki.access.models import Rank
from wiki.pages.protection.rule_changes import RuleTerms, set_rule


def saved(program, *texts, path="a"):
    for number, text in enumerate(texts, 1):
        tag = program.get(f"/pages/{path}").headers["ETag"]
        answer = program.patch(f"/pages/{path}", {"text": text, "summary": f"S{number}"}, tag)
        assert answer.status_code == 200


def test_revisions_are_listed_in_parts_also_while_somebody_saves(any_app, program_of, make_page):
    make_page("a")
    hana = program_of("hana")
    saved(hana, "1", "2", "3")
    first = hana.get("/revisions?page=a&limit=2").json
    assert [each["number"] for each in first["items"]] == [4, 3]
    assert first["items"][0] | {"created_at": ""} == {
        **{"number": 4, "action": "edit", "author": "hana", "created_at": "", "summary": "S3"},
        **{"minor": False, "title": "A", "path": "a", "size": 1, "delta": 0, "parent": 3},
        **{"merged_with": None, "accepted_by": None, "erased": False},
        "author_name": None,
    }
    saved(hana, "4")
    rest = hana.get(f"/revisions?page=a&limit=2&cursor={first['next']}").json
    assert [each["number"] for each in rest["items"]] == [2, 1]
    assert rest["next"] is None
    by = hana.get("/revisions?page=a&author=Hana").json["items"]
    assert [each["number"] for each in by] == [5, 4, 3, 2]
    assert hana.get("/revisions?page=a&author=nobody").status_code == 400
    assert hana.get("/revisions?page=nowhere").status_code == 404
    assert hana.get("/revisions").status_code == 400


def test_a_difference_is_reported_line_by_line_and_word_by_word(any_app, program_of, make_page):
    make_page("a", text="One.\nTwo words.\n", tags=["x"])
    hana = program_of("hana")
    saved(hana, "One.\nTwo terms.\nThree.\n")
    hana.patch("/pages/a", {"tags": ["y"]}, '"1-2"')
    told = hana.get("/diff?page=a&from=1&to=2").json
    assert (told["from"], told["to"], told["added"], told["removed"]) == (1, 2, 2, 1)
    changed = next(line for line in told["lines"] if line["kind"] == "changed")
    assert [span["text"] for span in changed["new"] if span["changed"]] == ["terms"]
    assert (changed["old_number"], changed["new_number"]) == (2, 2)
    last = hana.get("/diff?page=a").json
    assert (last["from"], last["to"], last["added"]) == (2, 3, 0)
    assert last["details"] == [{"name": "tags", "before": ["x"], "after": ["y"]}]
    assert hana.get("/diff?page=a&from=1&to=9").status_code == 404
    assert hana.get("/diff?page=a&from=0").status_code == 400


def test_an_erased_text_is_gone_from_revisions_and_differences(
    app, program_of, make_page, client_of
):
    make_page("a", text="A secret.\n")
    hana = program_of("hana")
    saved(hana, "Public.\n")
    client_of("chief", role="admin").post_form("/erase/a?revision=1", summary="A password")
    assert hana.get("/pages/a?revision=1").status_code == 410
    answer = hana.get("/diff?page=a&from=1&to=2")
    assert (answer.status_code, answer.mimetype) == (410, "application/problem+json")
    assert [each["erased"] for each in hana.get("/revisions?page=a").json["items"]][-1]


def test_changes_are_those_of_pages_that_one_may_read(any_app, program_of, make_page, stranger):
    make_page("a")
    make_page("b")
    with any_app.app_context():
        set_rule("b", RuleTerms(read_rank=Rank.LEARNER), by=None)
    hana = program_of("hana")
    hana.patch("/pages/a", {"text": "x", "minor": True}, '"1-1"')
    assert [each["page"] for each in hana.get("/changes").json["items"]] == ["a", "b", "a"]
    assert [each["page"] for each in stranger.get("/changes").json["items"]] == ["a", "a"]
    for query, count in {"person=hana": 1, "hide=minor": 2, "kind=guide": 0}.items():
        assert len(hana.get(f"/changes?{query}").json["items"]) == count, query
    assert stranger.get("/changes?person=nobody").status_code == 400
    part = hana.get("/changes?limit=1").json
    hana.post("/pages", {"title": "New"})
    rest = hana.get(f"/changes?limit=5&cursor={part['next']}").json
    assert [each["page"] for each in rest["items"]] == ["b", "a"]
