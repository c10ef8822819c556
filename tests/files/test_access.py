"""Who sees a file: whoever sees its page; files of the library, whoever may read."""

import pytest

from tests.files.upload_forms import ask, fetch, picture, send
from wiki.access.models import Rank
from wiki.access.permissions import Viewer
from wiki.accounts.models import User
from wiki.database import db
from wiki.files.queries import find_files_by_name, list_deleted_files
from wiki.pages.protection.rule_changes import RuleTerms, set_rule


@pytest.fixture
def of_page(make_page, client_of):
    """A file of a page, used there and on another one; returns their author."""
    selam = client_of("selam")
    make_page("redis")
    assert send(selam, ("plan.txt", b"Xylophone."), page="redis").status_code == 303
    selam.post_form("/edit/redis", text="See [the plan](/files/1/plan.txt).\n")
    selam.post_form("/new", title="Celery", text="[plan](/files/1/plan.txt)\n")
    return selam


def test_a_deleted_page_takes_its_files_along(of_page, client):
    assert fetch(client, "/files/1/plan.txt").status_code == 200
    of_page.post_form("/delete/redis")
    for address in ("/files/1", "/files/1/plan.txt", "/files/?in=redis"):
        assert client.get(address).status_code == 404, address
    assert "plan.txt" not in client.get("/files/").text
    assert "plan.txt" not in client.get("/files/?q=plan&type=text").text.replace("value=", "")
    assert of_page.get("/files/rename/1").status_code == 404
    assert ask(of_page, ("a.txt", b"a"), replaces="1").status_code == 404
    of_page.post_form("/undelete/redis")
    assert fetch(client, "/files/1/plan.txt").status_code == 200


def test_old_deletions_are_found_behind_those_that_may_not_be_undone(
    app, of_page, make_page, client_of
):
    """The list is cut after rights are asked, not before."""
    make_page("closed")
    for number in range(4):
        send(of_page, (f"b{number}.txt", b"%d" % number), page="closed")
    for number in range(1, 6):
        of_page.post_form(f"/files/delete/{number}")
    with app.app_context():
        set_rule("closed", RuleTerms("tree", Rank.ADMIN, Rank.ADMIN), by=None)
    with app.test_request_context():
        viewer = Viewer(of_page_id(app), "learner")
        assert [file.name for file in list_deleted_files(viewer, 2)] == ["plan.txt"]


def of_page_id(app):
    with app.app_context():
        return db.session.scalar(db.select(User.id).filter_by(username="selam"))


def test_the_pages_that_use_a_file_are_reported(of_page, client):
    shown = client.get("/files/1").text
    assert "2 pages use it" in shown
    assert "Celery" in shown
    of_page.post_form("/delete/celery")
    shown = client.get("/files/1").text
    assert "1 page uses it" in shown
    assert "Celery" not in shown
    of_page.post_form("/edit/redis", text="Nothing.\n")
    assert "No page uses it" in client.get("/files/1").text


def test_a_file_that_is_shown_by_its_name_is_in_use(stored, client, make_page, client_of):
    make_page("redis", title="Redis", text="![[Plan.PNG|300]]\n")
    make_page("celery", title="Celery", text="![[plan.png]]\n")
    stored("plan.png", picture())
    assert "2 pages use it" in client.get("/files/1").text
    stored("plan.png", picture(), page="redis")
    assert "1 page uses it" in client.get("/files/2").text
    client_of("selam").post_form("/files/rename/1", name="drawing")
    assert "1 page uses it" in client.get("/files/1").text


def test_a_deleted_file_exists_for_nobody_and_comes_back(of_page, client, client_of):
    asked = of_page.get("/files/delete/1")
    assert "2 pages use it" in asked.text
    assert of_page.post_form("/files/delete/1").status_code == 303
    for person in (client, of_page):
        assert person.get("/files/1").status_code == 404
        assert person.get("/files/1/plan.txt").status_code == 404
        assert "plan.txt" not in person.get("/files/?in=redis").text.replace("is deleted", "")
    # Whoever deleted it, and administrators.
    dawit, root = client_of("dawit"), client_of("root", role="admin")
    assert "plan.txt" not in dawit.get("/files/deleted").text
    token = dawit.open_form("/files/upload", has="file").values["csrf_token"]
    assert dawit.post("/files/undelete/1", data={"csrf_token": token}).status_code == 404
    assert "plan.txt" in root.get("/files/deleted").text
    assert of_page.open_form("/files/deleted").submit().status_code == 303
    assert fetch(client, "/files/1/plan.txt").data == b"Xylophone."
    actions = client.get("/files/1").text
    for word in ("uploaded", "deleted", "brought back"):
        assert word in actions


def test_readers_change_nothing(of_page, client_of):
    hana = client_of("hana", role="reader")
    for address in ("/files/rename/1", "/files/delete/1", "/files/upload", "/files/deleted"):
        assert hana.get(address).status_code == 403, address
    assert "Rename" not in hana.get("/files/1").text


@pytest.mark.settings(public_reading=False)
def test_a_wiki_for_members_shows_strangers_no_file(client, client_of):
    selam = client_of("selam")
    send(selam, ("plan.txt", b"Xylophone."))
    assert fetch(selam, "/files/1/plan.txt").status_code == 200
    for address in ("/files/1/plan.txt", "/files/2/plan.txt", "/files/1", "/files/"):
        answer = client.get(address)
        assert answer.status_code in (302, 401), address
        assert "Xylophone" not in answer.text


def test_a_name_that_can_not_be_is_refused_and_kept(of_page):
    cases = [
        ("", "Give the file a name"),
        ("a/b.txt", "A name can’t contain"),
        ("a\u202eb", "A name can’t contain"),
        ("a" * 151, "150 characters"),
        ("..", "Give the file a name"),
    ]
    for name, told in cases:
        answer = of_page.post_form("/files/rename/1", name=name)
        assert answer.status_code == 422, name
        assert told in answer.text, name


def test_a_name_means_the_pages_own_file_first(app, make_page, stored):
    make_page("redis")
    make_page("celery")
    stored("plan.txt", b"library")
    stored("plan.txt", b"redis", page="redis")
    stored("only.txt", b"celery", page="celery")
    with app.app_context():
        found = find_files_by_name(Viewer(), ["Plan.TXT", "only.txt", "none.txt"], page_id=1)
        assert {name: file.id for name, file in found.items()} == {"Plan.TXT": 2}
        elsewhere = find_files_by_name(Viewer(), ["plan.txt", "only.txt"], page_id=2)
        assert {name: file.id for name, file in elsewhere.items()} == {"plan.txt": 1, "only.txt": 3}
        assert find_files_by_name(Viewer(is_reading_public=False), ["plan.txt"]) == {}


def test_the_list_is_narrowed_by_name_and_type(stored, client):
    stored("Redis plan.txt", b"a")
    stored("celery.md", b"# a")
    assert "celery" not in client.get("/files/?q=PLAN+redis").text
    assert "celery" in client.get("/files/?type=text").text
    assert "celery" not in client.get("/files/?type=picture").text
    assert "No matching files" in client.get("/files/?q=%25").text
    assert client.get("/files/?page=9").status_code == 404
    assert client.get("/files/?in=nowhere").status_code == 404
