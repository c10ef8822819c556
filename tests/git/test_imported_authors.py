"""Giving imported changes to whose they are."""

from typing import Any

from flask import Flask

from tests.pages.visible_text import main
from tests.person import Person
from wiki.database import db, write_transaction
from wiki.identity.current import forget_identity
from wiki.pages.models import Page, Revision


def test_what_was_imported_under_a_name_is_somebodys(
    any_app: Flask, client: Person, make_page: Any, make_user: Any
) -> None:
    selam = make_user("selam")
    for path in ("redis", "celery", "django"):
        make_page(path)
    with any_app.app_context(), write_transaction() as session:
        names = {1: "S. Tekle", 2: "S. Tekle", 3: "Somebody else"}
        for revision in session.scalars(db.select(Revision)):
            revision.author_name, revision.action = names[revision.id], "import"
    assert "S. Tekle" in main(client.get("/history/redis"))
    runner = any_app.test_cli_runner()
    listed = runner.invoke(args=["authors", "list"]).output
    assert listed == "S. Tekle\t2\nSomebody else\t1\n"
    for wrong in (["nobody", "selam"], ["S. Tekle", "nobody"]):
        assert runner.invoke(args=["authors", "assign", *wrong, "--yes"]).exit_code == 1
    refused = runner.invoke(args=["authors", "assign", "S. Tekle", "selam"], input="n\n")
    assert "Give 2 changes by S. Tekle to selam?" in refused.output
    assert runner.invoke(args=["authors", "list"]).output == listed
    done = runner.invoke(args=["authors", "assign", "S. Tekle", "selam", "--yes"])
    assert done.exit_code == 0, done.output
    with any_app.app_context():
        forget_identity()  # every process does within a second
        by = dict(db.session.execute(db.select(Page.path, Page.updated_by_id)).all())
        assert by == {"redis": selam.id, "celery": selam.id, "django": None}
    for address in ("/history/redis", "/wiki/celery", "/users/selam"):
        assert "S. Tekle" not in client.get(address).text, address
    assert "selam" in main(client.get("/history/redis"))
    assert "2 pages begun" in main(client.get("/users/selam"))
    assert "Somebody else" in main(client.get("/history/django"))
