"""Renaming a person from the terminal."""

from typing import Any

from flask import Flask

from tests.pages.visible_text import main
from tests.person import Person
from wiki.identity.current import forget_identity


def test_it_stands_by_all_that_they_wrote(
    any_app: Flask, make_page: Any, client_of: Any, client: Person
) -> None:
    make_page("redis", text="Text.\n")
    selam = client_of("selam")
    client_of("dawit")
    selam.post_form("/edit/redis", text="More.\n")
    assert "selam" in client.get("/wiki/redis").text  # and the page is kept
    runner = any_app.test_cli_runner()
    taken = runner.invoke(args=["user", "rename", "selam", "DAWIT"])
    assert taken.exit_code == 1
    assert runner.invoke(args=["user", "rename", "nobody", "somebody"]).exit_code == 1
    done = runner.invoke(args=["user", "rename", "selam", "Person-1", "--email", ""])
    assert done.exit_code == 0, done.output
    with any_app.app_context():
        forget_identity()  # every process does within a second
    assert "selam" not in client.get("/wiki/redis").text
    history = main(client.get("/history/redis"))
    assert "Person-1" in history
    assert "selam" not in history
    assert "Person-1" in selam.get("/users/Person-1").text
