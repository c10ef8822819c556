"""Many people at once: nothing that was acknowledged is lost, on either database."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask

from tests.person import Person
from wiki.database import db
from wiki.markup import render
from wiki.naming import path_key
from wiki.pages.models import Link, Page, Redirect, Rendering, Revision, Tag, Text
from wiki.pages.writing.text_store import decompress_text

WRITERS = 6
SAVES = 3
PAGES = ("redis", "celery", "django")


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """The results of `act(0)` to `act(count - 1)`, started simultaneously in separate threads."""
    gate = Barrier(count)

    def begin(number: int) -> Any:
        gate.wait(30)
        return act(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(begin, range(count)))


def history_of(path: str) -> dict[int, str]:
    """Every revision's text, by number, as it is stored."""
    rows = db.session.execute(
        db.select(Revision.number, Text.body, Text.is_compressed)
        .join(Text, Text.hash == Revision.text_hash)
        .join(Page, Page.id == Revision.page_id)
        .where(Page.path == path)
    )
    return {row.number: decompress_text(row.body, row.is_compressed) for row in rows}


def test_it_works(any_app: Flask, client_of: Any, make_page: Any) -> None:
    for path in PAGES:
        make_page(path, text=f"# {path}\n\nBegun.\n\nThe end.\n")
    writers = [client_of(f"writer{number}") for number in range(WRITERS)]

    def write(number: int) -> list[tuple[str, str]]:
        chance = random.Random(number)
        saved = []
        for turn in range(SAVES):
            path = chance.choice(PAGES)
            line = f"Line {number}x{turn} by [[Writer {number}]]."
            save(writers[number], path, line, tag=f"t{number}")
            saved.append((path, line))
        return saved

    saved = [entry for entries in at_once(WRITERS, write) for entry in entries]

    assert len(saved) == WRITERS * SAVES
    with any_app.app_context():
        for path in PAGES:
            history = history_of(path)
            page = db.session.scalars(db.select(Page).where(Page.path == path)).one()
            assert sorted(history) == list(range(1, page.revision_count + 1))
            texts = list(history.values())
            for line in (line for where, line in saved if where == path):
                assert any(line in text for text in texts), f"{line!r} of {path} is lost"
                assert line in history[page.revision_count], f"{line!r} was overwritten"
            agrees(page, history[page.revision_count])


def save(person: Person, path: str, line: str, tag: str) -> None:
    """Add a line, as a person does: after a conflict, with the form that it shows."""
    form = person.open_form(f"/edit/{path}")
    begun = form.values["text"]
    tags = f"{form.values['tags']}, {tag}"
    answer = form.submit(text=begun.rstrip("\n") + f"\n\n{line}\n", tags=tags)
    for _ in range(100):
        if answer.status_code == 303:
            return
        assert answer.status_code in (409, 503), answer.text
        if answer.status_code == 409:
            form = person.form_in(answer, f"/edit/{path}")
            places = sum(name.startswith("own-") for name in form.values)
            choices = {f"choice-{number}": "both" for number in range(places)}
            answer = form.submit(action="resolve", **choices)
        else:
            answer = person.form_in(answer, f"/edit/{path}").submit()
    pytest.fail("saved by nobody in a hundred rounds")


def agrees(page: Page, text: str) -> None:
    """A page's derived rows match its current text."""
    rendered = render(text, path=page.path)
    links = db.session.scalars(db.select(Link.to_key).where(Link.from_page_id == page.id))
    assert set(links) == {path_key(link.target) for link in rendered.links}
    stored = db.session.get(Rendering, page.id)
    assert stored is not None
    assert (stored.revision_number, stored.html) == (page.revision_count, rendered.slotted)
    revision = db.session.scalars(
        db.select(Revision).filter_by(page_id=page.id, number=page.revision_count)
    ).one()
    tags = db.session.scalars(db.select(Tag.key).where(Tag.page_id == page.id))
    assert set(tags) == {path_key(tag) for tag in revision.tags}
    assert (page.title, page.kind) == (revision.title, revision.kind)


def test_one_path_is_given_once(any_app: Flask, client_of: Any) -> None:
    people = [client_of(f"writer{number}") for number in range(6)]
    forms = [person.open_form("/new") for person in people]
    answers = at_once(
        6, lambda n: forms[n].submit(title="Redis", text=f"By {n}.\n", summary=f"{n}")
    )
    assert sorted(answer.status_code for answer in answers) == [303, *[422] * 5]
    for number, answer in enumerate(answers):
        if answer.status_code == 422:
            kept = people[number].form_in(answer, "/new")
            assert kept.values["text"] == f"By {number}.\n"
    with any_app.app_context():
        assert db.session.scalar(db.select(db.func.count(Page.id))) == 1
        assert db.session.scalar(db.select(db.func.count(Revision.id))) == 1


def test_two_pages_move_to_one_path(any_app: Flask, client_of: Any, make_page: Any) -> None:
    people = [client_of(f"writer{number}") for number in range(4)]
    for number in range(4):
        make_page(f"page-{number}")
    forms = [person.open_form(f"/rename/page-{n}") for n, person in enumerate(people)]
    answers = at_once(4, lambda n: forms[n].submit(path="the-one"))
    assert sorted(answer.status_code for answer in answers) == [303, 422, 422, 422]
    with any_app.app_context():
        keys = list(db.session.scalars(db.select(Page.key)))
        assert keys.count("the-one") == 1
        assert db.session.scalar(db.select(db.func.count()).select_from(Redirect)) == 1


def test_deleting_and_editing_at_once_lose_nothing(
    any_app: Flask, client_of: Any, make_page: Any
) -> None:
    selam, dawit = client_of("selam"), client_of("dawit")
    make_page("redis")
    deletion, edit = selam.open_form("/delete/redis"), dawit.open_form("/edit/redis")
    deleted, edited = at_once(
        2, lambda n: deletion.submit() if n == 0 else edit.submit(text="Typed.\n")
    )
    assert (deleted.status_code, edited.status_code) in [(303, 404), (409, 303)]
    assert edited.status_code == 303 or "Typed." in edited.text


def test_the_same_text_in_new_pages_at_once_is_stored_once(any_app: Flask, client_of: Any) -> None:
    people = [client_of(f"writer{number}") for number in range(6)]
    forms = [person.open_form("/new") for person in people]
    answers = at_once(6, lambda n: forms[n].submit(title=f"Page {n}", text="Alike.\n"))
    assert [answer.status_code for answer in answers] == [303] * 6
    with any_app.app_context():
        assert db.session.scalar(db.select(db.func.count(Text.hash))) == 1


def test_two_bring_back_what_was_deleted(any_app: Flask, client_of: Any, make_page: Any) -> None:
    make_page("redis")
    admins = [client_of(f"admin{number}", role="admin") for number in range(2)]
    admins[0].post_form("/delete/redis")
    forms = [admin.open_form("/undelete/redis") for admin in admins]
    answers = at_once(2, lambda n: forms[n].submit())
    assert sorted(answer.status_code for answer in answers) == [303, 404]
    with any_app.app_context():
        numbers = sorted(db.session.scalars(db.select(Revision.number)))
        assert numbers == [1, 2, 3]
