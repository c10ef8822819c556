"""Answers to errors, and votes, through the API."""

import pytest

from tests.fingerprints.errors import ERRORS
from tests.fingerprints.machines import make_machine
from wiki.access.models import Rank
from wiki.fingerprints.fingerprint import fingerprint_of, main_error, without_trace
from wiki.pages.protection.rule_changes import RuleTerms, set_rule
from wiki.pages.writing.content import Content
from wiki.pages.writing.write import Edit, save_edit

NO_TABLE = ERRORS[0]
JSON = {"Accept": "application/json"}
BARE = "django.db.utils.OperationalError: no such table: auth_user"


def hashes(text):
    error = main_error(text)
    found = [fingerprint_of(each) for each in (error, without_trace(error))]
    return [each.hash for each in found if each]


def ask(program, text, q="django.db.utils.OperationalError: no such table"):
    return program.get("/answers", query_string={"q": q, "fingerprint": hashes(text)}).json["items"]


@pytest.fixture
def challenges(make_page, index_now):
    make_page(
        "challenges/table",
        kind="challenge",
        title="The first start fails",
        fields={"status": "solved", "error": NO_TABLE(make_machine(1)), "fix": "Run `migrate`."},
    )
    make_page(
        "challenges/other",
        kind="challenge",
        title="OperationalError: no such table",
        text="## Solution\n\nDelete the file.\n\n## See also\n\nMore.\n",
        fields={"status": "solved", "error": ERRORS[1](make_machine(2))},
    )
    index_now()


def test_the_same_error_of_another_machine_comes_first_with_its_fix(any_app, challenges, stranger):
    first, *others = ask(stranger, NO_TABLE(make_machine(50)))
    assert (first["path"], first["is_same_error"]) == ("challenges/table", True)
    assert (first["fix"], first["status"]) == ("Run `migrate`.", "solved")
    assert first["url"] == "http://localhost/wiki/challenges/table"
    (other,) = [each for each in others if each["path"] == "challenges/other"]
    assert (other["is_same_error"], other["fix"]) == (False, "Delete the file.")


def test_what_was_told_without_its_trace_is_found_with_it(app, make_page, stranger, index_now):
    make_page("challenges/bare", kind="challenge", fields={"error": BARE})
    index_now()
    (found,) = ask(stranger, NO_TABLE(make_machine(3)))
    assert (found["path"], found["is_same_error"]) == ("challenges/bare", True)


def test_a_trace_in_a_block_of_code_counts_and_goes_with_it(any_app, make_page, stranger):
    trace = NO_TABLE(make_machine(4))
    made = make_page("challenges/code", kind="challenge", text=f"It says:\n\n```\n{trace}\n```\n")
    assert [each["path"] for each in ask(stranger, trace, "x")] == ["challenges/code"]
    with any_app.app_context():
        edit = Edit(Content("Code", "No more.\n", "challenge"), made.number)
        save_edit(made.page_id, edit, by=None)
    assert ask(stranger, trace, "x") == []


def test_other_kinds_of_page_have_no_errors(app, make_page, stranger):
    make_page("notes", text=f"```\n{NO_TABLE(make_machine(4))}\n```\n")
    assert ask(stranger, NO_TABLE(make_machine(5)), "x") == []


def test_what_one_may_not_read_is_no_answer(any_app, challenges, stranger, program_of, context):
    set_rule("challenges", RuleTerms(read_rank=Rank.MENTOR, edit_rank=Rank.MENTOR), by=None)
    assert ask(stranger, NO_TABLE(make_machine(6))) == []
    assert ask(program_of("hanna", role="mentor"), NO_TABLE(make_machine(6)))


def test_people_who_have_it_and_for_whom_it_worked_are_counted(
    any_app, challenges, stranger, program_of
):
    for name in ("selam", "dawit", "abeba"):
        program = program_of(name)
        vote = {"page": "challenges/table", "vote": "same"}
        assert program.post("/votes", vote).json["is_counted"]
        assert not program.post("/votes", vote).json["is_counted"]
    worked = {"page": "challenges/table", "vote": "worked", "version": "Django 5.2"}
    assert program.post("/votes", worked).status_code == 201
    first = ask(stranger, NO_TABLE(make_machine(7)))[0]
    assert (first["same"], first["worked"]) == (3, 1)
    assert first["versions"] == [{"version": "Django 5.2", "people": 1}]


def test_what_somebody_has_said_is_taken_back(any_app, challenges, program_of):
    selam, address = program_of("selam"), "/votes?page=challenges/table&vote=same"
    selam.post("/votes", {"page": "challenges/table", "vote": "same"})
    gone = selam.delete(address)
    assert (gone.status_code, gone.json["same"], gone.json["is_counted"]) == (200, 0, True)
    assert not selam.delete(address).json["is_counted"]
    assert selam.delete("/votes?page=nowhere&vote=same").status_code == 404


def test_votes_that_cannot_be_counted(any_app, challenges, make_page, program_of):
    make_page("plain")
    selam, there = program_of("selam"), {"page": "challenges/table", "vote": "worked"}
    for vote, status in (
        ({"page": "nowhere", "vote": "same"}, 404),
        ({"page": "plain", "vote": "same"}, 404),
        ({**there, "vote": "other"}, 422),
        ({**there, "version": "the new one"}, 422),
    ):
        assert selam.post("/votes", vote).status_code == status, vote


@pytest.mark.settings(rate_limits=True)
def test_votes_have_a_limit_of_their_own(app, challenges, program_of, client_of, monkeypatch):
    from wiki.access import save_limits
    from wiki.api.challenges import views

    monkeypatch.setattr(save_limits, "SAVE_RATE", "1 per minute")
    monkeypatch.setattr(views, "VOTE_RATE", "3 per minute")
    selam, vote = program_of("selam"), {"page": "challenges/table", "vote": "same"}
    assert [selam.post("/votes", vote).status_code for _ in range(2)] == [201, 201]
    taken_back = "/votes?page=challenges/table&vote=same"
    assert [selam.delete(taken_back).status_code for _ in range(2)] == [200, 429]


def test_strangers_have_no_vote(app, challenges, stranger):
    vote = {"page": "challenges/table", "vote": "same"}
    assert stranger.post("/votes", vote).status_code == 401


@pytest.mark.parametrize("query", ["fingerprint=xyz", "fingerprint=" + "0" * 17, "q=" + "x" * 2001])
def test_a_question_that_is_none(app, stranger, query):
    assert stranger.get(f"/answers?{query}").status_code == 400


def test_pasted_into_the_search_box_it_stands_first(
    any_app, challenges, make_page, client, index_now
):
    for number in range(3):
        make_page(f"n/{number}", title="django OperationalError no such table auth_user execute")
    index_now()
    trace = NO_TABLE(make_machine(8))
    for text in (trace, " ".join(trace.split("\n"))):
        found = client.get("/search", query_string={"q": text}, headers=JSON)
        assert found.json["hits"][0]["path"] == "challenges/table"
        assert [each["is_same_error"] for each in found.json["hits"]].count(True) == 1
    page = client.get("/search", query_string={"q": trace}).text
    assert "The same error" in page
    once = {"q": trace, "per_page": 1}
    paths = []
    for number in (1, 2, 3):
        asked = client.get("/search", query_string={**once, "page": number}, headers=JSON)
        paths += [each["path"] for each in asked.json["hits"]]
    assert paths[0] == "challenges/table"
    assert len(set(paths)) == 3


def test_the_check_derives_what_older_pages_lack(app, challenges, stranger):
    from sqlalchemy import delete

    from wiki.database import write_transaction
    from wiki.pages.maintenance.integrity import find_problems, repair_problems
    from wiki.pages.models import ErrorFingerprint

    with app.app_context():
        assert find_problems() == []
        with write_transaction() as session:
            session.execute(delete(ErrorFingerprint))
        problems = find_problems()
        assert {each.what for each in problems} == {
            "the fingerprints of its errors differ from its newest revision"
        }
        repair_problems(problems)
        assert find_problems() == []
    assert ask(stranger, NO_TABLE(make_machine(9)))[0]["path"] == "challenges/table"
