"""The board of open challenges, and solved ones beside the editor."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests.pages.visible_text import main
from tests.person import Person
from tests.search_index import catch_up
from wiki.access.models import Rank
from wiki.database import db, utcnow, write_transaction
from wiki.pages.models import Page
from wiki.pages.protection.rule_changes import RuleTerms, set_rule
from wiki.pages.writing.write import SaveResult

BOARD = "/board/challenges"
HEADERS = {"Sec-Fetch-Site": "same-origin"}


def ask(make_page: Callable[..., SaveResult], path: str, status: str = "open", **more: Any) -> None:
    fields = {"status": status, **more.pop("fields", {})}
    make_page(path, kind="challenge", fields=fields, **more)


def titles(answer: Any) -> list[str]:
    listed = answer.text.partition('<ul class="page-list">')[2].partition("</ul>")[0]
    return [part.partition("<")[0] for part in listed.split('">')[1:] if part.startswith("Ch")]


@pytest.fixture
def some(any_app: Flask, make_page: Callable[..., SaveResult]) -> Flask:
    ask(make_page, "c/one", title="Ch one", tags=["django", "orm"])
    ask(make_page, "c/two", title="Ch two", tags=["Django"])
    ask(make_page, "c/three", title="Ch three", tags=["redis"])
    ask(make_page, "c/solved", "solved", title="Ch solved", tags=["django"])
    ask(make_page, "c/old", "outdated", title="Ch outdated", tags=["django"])
    ask(make_page, "secret/four", title="Ch four", tags=["django"])
    make_page("c/page", title="Ch page", fields={"status": "open"}, tags=["django"])
    with any_app.app_context():
        set_rule("secret", RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN), by=None)
        with write_transaction() as session:
            past = utcnow() - timedelta(days=60)
            session.execute(db.update(Page).where(Page.path == "c/two").values(created_at=past))
    return any_app


def test_it_lists_all_and_only_the_open_ones_that_one_may_read(
    some: Flask, client: Person, client_of: Callable[..., Person]
) -> None:
    assert titles(client.get(BOARD)) == ["Ch three", "Ch one", "Ch two"]
    assert "Ch four" in client_of("boss", role="admin").get(BOARD).text


def test_it_is_narrowed_and_ordered(
    some: Flask, client: Person, client_of: Callable[..., Person]
) -> None:
    for name in ("selam", "dawit"):
        data = {"action": "same"}
        client_of(name).post("/challenge/c/two", data=data, headers=HEADERS)
    client_of("abeba").post("/challenge/c/one", data={"action": "same"}, headers=HEADERS)
    wanted = client.get(f"{BOARD}?sort=demand")
    assert titles(wanted) == ["Ch two", "Ch one", "Ch three"]
    assert "2 more have it" in main(wanted)
    assert titles(client.get(f"{BOARD}?tag=django")) == ["Ch one", "Ch two"]
    assert titles(client.get(f"{BOARD}?tag=DJANGO&sort=oldest")) == ["Ch two", "Ch one"]
    assert titles(client.get(f"{BOARD}?age=month")) == ["Ch three", "Ch one"]
    assert titles(client.get(f"{BOARD}?age=year&tag=redis")) == ["Ch three"]
    assert titles(client.get(f"{BOARD}?age=older")) == []
    assert client.get(f"{BOARD}?age=%00&sort=x&tag=%00%3Cb%3E").status_code == 200


def test_what_is_solved_leaves_it(client: Person, client_of: Callable[[str], Person]) -> None:
    selam = client_of("selam")
    selam.post_form("/new?kind=challenge", title="Ch mine", text="Words.\n")
    assert titles(client.get(BOARD)) == ["Ch mine"]
    selam.open_form("/challenge/challenges/ch-mine", has="solver").submit(action="solve")
    assert "Everything is solved" in main(client.get(BOARD))


def test_what_may_answer_it_is_beside_the_editor(
    app: Flask, make_page: Callable[..., SaveResult], client_of: Callable[[str], Person]
) -> None:
    error = "OperationalError: too many clients already"
    ask(make_page, "c/a", "solved", title="Ch pool", text=f"`{error}`\n", fields={"error": error})
    ask(make_page, "c/b", "open", title="Ch open", text=f"`{error}`\n")
    ask(make_page, "secret/c", "solved", title="Ch secret", text=f"`{error}`\n")
    make_page("g/d", title="Gu pool", kind="guide", text=f"{error}: use a pool.\n")
    make_page("g/e", title="Gu other", kind="guide", text="Rows and many columns, too.\n")
    make_page("g/f", title="Co pool", kind="concept", text=f"{error}\n")
    with app.app_context():
        set_rule("secret", RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN), by=None)
    catch_up(app)
    selam, dawit = client_of("selam"), client_of("dawit")
    for action in ("same", "worked"):
        dawit.post("/challenge/c/a", data={"action": action}, headers=HEADERS)
    typed = {"title": "Clients", "field-error": error, "text": "Words.\n"}
    shown = selam.open_form("/new?kind=challenge").submit(action="preview", **typed)
    asked = selam.post(f"{BOARD}/nearest", data={"kind": "challenge", **typed}, headers=HEADERS)
    for answer in (shown.text, asked.text):
        assert "Does this answer it?" in answer
        assert "Ch pool" in answer
        assert "Gu pool" in answer
        assert "Gu other" not in answer
        assert "Co pool" not in answer
        assert "Ch open" not in answer
        assert "Ch secret" not in answer
    found = selam.get("/search?q=pool")
    for answer in (shown.text, asked.text, found.text):
        assert answer.count("1 more person has this problem") == 1
        assert answer.count("It worked for 1 person") == 1
    strange = {"kind": "challenge", "title": 'OR -"x kind:page'}
    assert selam.post(f"{BOARD}/nearest", data=strange, headers=HEADERS).status_code == 200
    assert selam.post(f"{BOARD}/nearest", data={"kind": "page"}, headers=HEADERS).status_code == 404
