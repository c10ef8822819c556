"""What becomes of comments when a phrase is erased, or somebody leaves."""

import json
from collections.abc import Callable
from io import BytesIO
from zipfile import ZipFile

import pytest
from flask import Flask

from tests import factories
from tests.factories import PASSWORD
from tests.person import Person
from wiki.access.permissions import anonymous_viewer
from wiki.accounts.models import User
from wiki.community.discussion.models import Comment
from wiki.community.events import Event, describe
from wiki.database import db, utcnow
from wiki.pages.writing.write import SaveResult

ClientOf = Callable[..., Person]
SECRET = "hunter2-hunter2"


@pytest.fixture
def page(make_page: Callable[..., SaveResult]) -> SaveResult:
    return make_page("docker", text=f"Log in with {SECRET} as root.\n")


def everything_stored(app: Flask) -> str:
    tables = ("thread", "comment", "comment_version")
    with app.app_context():
        rows = [db.session.execute(db.text(f"SELECT * FROM {name}")).all() for name in tables]  # noqa: S608
    return repr(rows)


@pytest.mark.parametrize("everywhere", [False, True])
def test_a_phrase_is_erased_from_comments_and_quotes(
    app: Flask, page: SaveResult, client_of: ClientOf, everywhere: bool
) -> None:
    selam, sara = client_of("selam"), client_of("sara", role="admin")
    about = selam.post_form("/discuss/docker", quote=f"with {SECRET} as", text=f"Is {SECRET} ok?")
    selam.post_form("/comments/1/edit", text=f"Change {SECRET}!")
    assert SECRET in everything_stored(app)
    form = sara.open_form("/erase/docker?revision=1")
    found = form.submit(
        containing=SECRET, summary="A password", everywhere=everywhere, action="look"
    )
    assert "3 places in proposals or discussions" in found.text
    assert (
        form.submit(containing=SECRET, summary="A password", everywhere=everywhere).status_code
        == 303
    )
    assert SECRET not in everything_stored(app)
    shown = selam.get(about.headers["Location"]).text
    assert "Change ████" in shown


def test_erasing_a_revision_erases_what_is_quoted_of_it(
    app: Flask, page: SaveResult, client_of: ClientOf
) -> None:
    client_of("selam").post_form("/discuss/docker", quote=f"with {SECRET} as", text="Is it safe?")
    sara = client_of("sara", role="admin")
    sara.post_form("/edit/docker", text="Log in as root.\n")
    sara.post_form("/erase/docker?revision=1", summary="A password")
    assert SECRET not in everything_stored(app)


def test_erasing_a_revision_erases_headings_that_no_other_text_has(
    app: Flask, make_page: Callable[..., SaveResult], client_of: ClientOf
) -> None:
    headings = ("setup", f"password-{SECRET}")
    make_page("docker", text=f"# Docker\n\n## Setup\n\nWords.\n\n## Password {SECRET}\n\nMore.\n")
    selam, sara = client_of("selam"), client_of("sara", role="admin")
    threads = [
        selam.post_form("/discuss/docker", heading=heading, text="Is it safe?").headers["Location"]
        for heading in headings
    ]
    sara.post_form("/edit/docker", text="# Docker\n\n## Setup\n\nOther words.\n")
    sara.post_form("/erase/docker?revision=1", summary="A password")
    assert SECRET not in everything_stored(app)
    setup, password = (selam.get(thread).text for thread in threads)
    assert "/wiki/docker#setup" in setup
    assert "/wiki/docker#" not in password
    assert "Is it safe?" in password


def test_an_erased_phrase_leaves_the_ids_of_headings(
    app: Flask, make_page: Callable[..., SaveResult], client_of: ClientOf
) -> None:
    make_page("docker", text="# Docker\n\n## Our Secret Plan Now\n\nWords.\n")
    selam = client_of("selam")
    thread = selam.post_form("/discuss/docker", heading="our-secret-plan-now", text="Hm.")
    client_of("sara", role="admin").post_form(
        "/erase/docker?revision=1", summary="A plan", containing="Secret Plan"
    )
    assert "secret" not in everything_stored(app).lower()
    assert "earlier version" not in selam.get(thread.headers["Location"]).text


def test_what_an_erasure_left_of_a_comment_is_shown_in_lists(
    app: Flask, page: SaveResult, client_of: ClientOf
) -> None:
    selam, sara = client_of("selam"), client_of("sara", role="admin")
    selam.post_form("/discuss/docker", text=f"Change {SECRET} now!")
    form = sara.open_form("/erase/docker?revision=1")
    form.submit(containing=SECRET, summary="A password")
    assert "Change ████ now!" in selam.get("/talk/").text
    with app.app_context():
        number = db.session.scalar(db.select(Comment.id))
        event = Event(1, "comment", page.page_id, None, None, number, utcnow())
        (told,) = describe([event], anonymous_viewer()).values()
    assert told.excerpt == "Change ████ now!"


def test_the_archive_has_all_that_one_wrote(
    app: Flask, page: SaveResult, client_of: ClientOf
) -> None:
    selam = client_of("selam")
    selam.post_form("/discuss/docker", text="Before.")
    selam.post_form("/comments/1/edit", text="After.")
    form = selam.open_form("/account/data")
    with form.submit(current_password=PASSWORD) as answer:
        packed = ZipFile(BytesIO(answer.data))
    (comment,) = json.loads(packed.read("comments.json"))
    assert (comment["about"], comment["text"]) == ("Docker", "After.")
    assert [version["text"] for version in comment["former_versions"]] == ["Before."]


def test_a_closed_account_leaves_its_comments_without_its_name(
    app: Flask, page: SaveResult, client_of: ClientOf, make_user: Callable[..., User]
) -> None:
    selam, dawit = client_of("selam"), client_of("dawit")
    number = factories.make_thread(app, page.page_id, make_user("selam"), "Who knows? @dawit")
    selam.post_form("/account/close", current_password=PASSWORD, is_sure=True)
    shown = dawit.get(f"/threads/{number}").text
    assert "Who knows?" in shown
    assert "selam" not in shown
    assert "a former member" in shown
    dawit.post_form("/account/close", current_password=PASSWORD, is_sure=True)
    with app.app_context():
        assert not db.session.scalar(db.text("SELECT count(*) FROM mention"))
    assert "mention" not in client_of("sara").get(f"/threads/{number}").text
