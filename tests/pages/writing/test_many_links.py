"""A text of very many links: saved in time, with the database's lock held for a moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.person import Person
from tests.processor_time import bounded
from wiki.database import db, write_transaction
from wiki.files.models import FileMention, FileUse
from wiki.markup import render
from wiki.markup.model import LINKS_LIMIT
from wiki.pages.models import Link
from wiki.pages.writing.content import Content
from wiki.pages.writing.derived_data import MAX_USED_FILES
from wiki.pages.writing.write import Edit, create_page, save_edit

MANY = {
    "links": "".join(f"[[l{number}]]\n" for number in range(150_000)),
    "sections": "".join(f"[[a#s{number}]]\n" for number in range(100_000)),
    "files": "".join(f"![[f{number}.png]]\n\n" for number in range(30_000)),
    "addresses": "".join(f"[f](/files/{number}/f.png)\n\n" for number in range(30_000)),
}


@pytest.mark.parametrize("text", MANY.values(), ids=MANY)
@pytest.mark.usefixtures("context")
def test_saving_takes_no_long_time(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def measured() -> Iterator[Any]:
        with write_transaction() as session, bounded(1):
            yield session

    monkeypatch.setattr("wiki.pages.writing.write.write_transaction", measured)
    with bounded(2 * 2):
        saved = create_page(Content("Many", text), by=None)
        save_edit(saved.page_id, Edit(Content("Many", text + "more"), 1), by=None)
    for table, limit in (
        (Link, LINKS_LIMIT),
        (FileMention, MAX_USED_FILES),
        (FileUse, MAX_USED_FILES),
    ):
        assert (db.session.scalar(select(func.count()).select_from(table)) or 0) <= limit


def test_what_follows_leads_there_all_the_same(client: Person, make_page: Any) -> None:
    make_page("last", title="The last one")
    links = "".join(f"[l{number}](l{number}) " for number in range(LINKS_LIMIT))
    rendered = render(f"{links}\n\n[[The last one#a]] [l0](l0) [x](/wiki/last)\n")
    assert len(rendered.links) == LINKS_LIMIT
    assert '<a href="/wiki/The%20last%20one#a">' in rendered.html
    assert '<a class="wikilink" href="wiki:l0">l0</a> <a href="/wiki/last">x</a>' in rendered.html
    assert client.get("/wiki/The%20last%20one").location == "/wiki/last"


def test_a_page_of_many_links_is_read(client: Person, make_page: Any) -> None:
    make_page("l7")
    make_page("many", text=" ".join(f"[l{number}](l{number})" for number in range(5_200)))
    with bounded(2):
        answer = client.get("/wiki/many")
    assert '<a class="wikilink" href="/wiki/l7">' in answer.text
    assert '<a href="/wiki/l5199">l5199</a>' in answer.text
    assert "missing" in answer.text
