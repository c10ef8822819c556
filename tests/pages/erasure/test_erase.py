"""Taking a text out for good."""

import gzip
import zlib
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.engine import make_url

from tests.pages.visible_text import count_revisions, field_error, main, raw
from tests.pages.writing.test_concurrency import at_once, save
from tests.person import Person
from wiki.accounts.models import User
from wiki.database import db
from wiki.ops.backup import copy_database
from wiki.pages.maintenance.integrity import find_problems
from wiki.pages.models import Draft, Link, Rendering, Revision, Text
from wiki.pages.writing.drafts import DraftFields, save_draft
from wiki.search.document_source import DOCUMENT_SOURCE
from wiki.search.index.index_folder import search_folder
from wiki.search.query_log import count_logged_queries

SECRET = "hunter2-Xylophone"
LONG = f"The password is {SECRET}.\n\n" + "Some words that make the text long. " * 40 + "\n"
WHY = "A password stood here"


@pytest.fixture
def page(app: Flask, make_page: Any, selam: Person) -> None:
    """Clean, then with the secret, then clean again."""
    make_page("redis", text="Clean.\n")
    selam.post_form("/edit/redis", text=LONG, summary=f"Note {SECRET}", tags=f"db, {SECRET}")
    selam.post_form("/edit/redis", text="Clean again.\n", tags="db")


def everything(person: Person) -> str:
    """What can be read about the page at any of its addresses."""
    numbers = range(1, count_revisions(person, "redis") + 1)
    places = [
        "/",
        "/changes",
        "/changes.atom",
        "/pages",
        "/tags/",
        "/drafts",
        "/users/selam",
        "/history/redis",
        "/blame/redis",
        "/links/redis",
        "/search?q=xylophone",
        "/search/suggest?q=hunter2",
        "/edit/redis",
        *(f"/wiki/redis?revision={n}" for n in numbers),
        *(f"/raw/redis?revision={n}" for n in numbers),
        *(f"/diff/redis?from={m}&to={n}" for m in numbers for n in numbers if m < n),
    ]
    return "\n".join(person.get(place).text for place in places)


def stored(app: Flask) -> str:
    """Every row of every table, as one text; what stands beside the pages is theirs."""
    with app.app_context():
        assert find_problems() == []
        rows = [
            str(tuple(row))
            for table in db.metadata.sorted_tables
            for row in db.session.execute(db.select(table))
        ]
        packed = db.session.execute(db.select(Text.body, Text.is_compressed))
        rows += [str(zlib.decompress(row.body)) for row in packed if row.is_compressed]
        db.session.rollback()
    return "\n".join(rows)


def test_it_works(any_app: Flask, page: None, admin: Person, client: Person) -> None:
    assert SECRET in everything(client)
    asked = admin.get("/erase/redis?revision=2")
    assert "can’t be undone" in main(asked)
    answer = admin.post_form("/erase/redis?revision=2", summary=WHY, containing=SECRET)
    assert answer.status_code == 303
    assert answer.location == "/history/redis"
    assert SECRET not in everything(client).replace("q=xylophone", "")
    assert SECRET not in stored(any_app)
    history = main(client.get("/history/redis"))
    assert WHY in history
    assert "abeba" in history
    assert raw(client, "redis") == "Clean again.\n"
    assert client.get("/raw/redis?revision=2").status_code == 410
    assert count_revisions(client, "redis") == 3


@pytest.mark.parametrize("address", ["/wiki/redis?revision=2", "/diff/redis?from=1&to=2"])
def test_the_tombstone_says_who_and_why(
    page: None, admin: Person, client: Person, address: str
) -> None:
    admin.post_form("/erase/redis?revision=2", summary=WHY)
    words = main(client.get(address))
    assert "erased" in words
    assert "abeba" in words
    assert WHY in words


def test_without_a_reason_nothing_is_erased(page: None, admin: Person, client: Person) -> None:
    answer = admin.post_form("/erase/redis?revision=2", summary=" ", containing=SECRET)
    assert answer.status_code == 422
    assert "Give a reason" in field_error(answer, "summary")
    assert admin.form_in(answer, "/erase/redis").values["containing"].strip() == SECRET
    assert raw(client, "redis", 2) == LONG


def test_a_phrase_that_stands_nearly_everywhere_is_refused(page: None, admin: Person) -> None:
    answer = admin.post_form("/erase/redis?revision=2", summary=WHY, containing="a")
    assert answer.status_code == 422
    assert field_error(answer, "containing")


def test_the_current_text_stays_with_a_mark_in_place_of_the_phrase(
    any_app: Flask, page: None, admin: Person, selam: Person, client: Person
) -> None:
    selam.post_form(
        "/edit/redis", text=f"Much work.\n\n[[{SECRET}]]\n\nMore work.\n", title=f"My {SECRET}"
    )
    assert "missing" in client.get("/wiki/redis").text
    admin.post_form("/erase/redis?revision=2", summary=WHY, containing=SECRET)
    assert raw(client, "redis") == "Much work.\n\n[[████]]\n\nMore work.\n"
    assert SECRET not in everything(client)
    assert SECRET not in stored(any_app)
    with any_app.app_context():
        assert db.session.scalar(db.select(Link.target)) == "████"


def test_the_current_text_without_a_phrase_gives_way_to_the_newest_that_is_left(
    page: None, admin: Person, client: Person
) -> None:
    admin.post_form("/erase/redis?revision=3", summary=WHY)
    assert raw(client, "redis") == LONG
    assert count_revisions(client, "redis") == 4


def test_a_page_that_has_no_other_text_says_so(
    app: Flask, make_page: Any, admin: Person, client: Person, index_now: Any
) -> None:
    make_page("note", text=f"{SECRET}\n", tags=[SECRET], kind="concept")
    index_now()
    admin.post_form("/erase/note?revision=1", summary=WHY)
    assert "was erased" in main(client.get("/wiki/note"))
    index_now()
    assert "note" not in main(client.get("/search?q=xylophone"))
    assert SECRET not in stored(app)


def test_the_same_text_in_another_page_goes_too(
    app: Flask, page: None, make_page: Any, admin: Person, client: Person
) -> None:
    make_page("copy", text=LONG)
    make_page("quote", text=f"They said {SECRET}.\n")
    admin.post_form("/erase/redis?revision=2", summary=WHY)
    assert "was erased" in main(client.get("/wiki/copy"))
    assert SECRET in raw(client, "quote")


def test_every_page_of_the_wiki_when_asked(
    any_app: Flask, page: None, make_page: Any, admin: Person, client: Person
) -> None:
    make_page("quote", text=f"They said {SECRET}.\n")
    make_page("clean", text="Nothing.\n")
    form = admin.open_form("/erase/redis?revision=2")
    form.submit(summary=f"{SECRET} stood here", containing=SECRET, everywhere=True)
    assert raw(client, "quote") == "They said ████.\n"
    assert "1 revision of another page" in main(admin.get("/history/redis"))
    assert count_revisions(client, "clean") == 1
    assert SECRET not in stored(any_app)


def test_old_paths_and_titles_hold_it_no_more(
    app: Flask, page: None, selam: Person, admin: Person, client: Person
) -> None:
    selam.post_form("/rename/redis", path=f"stores/{SECRET}", title=f"My {SECRET}")
    admin.post_form(f"/erase/stores/{SECRET}?revision=2", summary=WHY, containing=SECRET)
    assert "rename the page" in main(admin.get(f"/history/stores/{SECRET}"))
    selam.post_form(f"/rename/stores/{SECRET}", path="redis", title="Redis")
    admin.post_form("/erase/redis?revision=1", summary=WHY, containing=SECRET)
    assert client.get(f"/wiki/stores/{SECRET}").status_code == 404
    assert SECRET not in stored(app)


def test_drafts_lose_the_phrase_and_keep_the_work(
    any_app: Flask, page: None, dawit: Person, selam: Person, admin: Person
) -> None:
    selam.post_form("/new", action="preview", title=SECRET, text=f"My own {SECRET}, and work.\n")
    dawit.post_form("/edit/redis", action="preview", base_revision=2, text="From the erased.\n")
    admin.post_form("/erase/redis?revision=2", summary=WHY, containing=SECRET)
    with any_app.app_context():
        assert list(db.session.scalars(db.select(Draft.text))) == ["My own ████, and work.\n"]
    assert SECRET not in stored(any_app)


def test_drafts_lose_it_in_fields_of_kinds_and_names_of_sections(
    app: Flask, page: None, selam: Person, admin: Person
) -> None:
    typed = {"title": "Mine", "text": "A text.\n", "field-cause": f"It is {SECRET}"}
    selam.post_form("/new?kind=challenge", action="preview", **typed)
    section = "how-hunter2-xylophone-works"
    with app.app_context():
        (writer,) = db.session.scalars(db.select(User).filter_by(username="selam"))
        save_draft(writer, None, DraftFields("A text.\n", section=section, draft_key="k"))
    assert f"It is {SECRET}" in stored(app)
    admin.post_form("/erase/redis?revision=2", summary=WHY, containing=SECRET)
    left = stored(app)
    assert SECRET not in left
    assert section not in left


def test_a_deleted_page_is_erased_too(
    app: Flask, page: None, selam: Person, dawit: Person, admin: Person
) -> None:
    selam.post_form("/delete/redis")
    assert dawit.get("/erase/redis?revision=2").status_code == 404
    answer = admin.post_form("/erase/redis?revision=2", summary=WHY, containing=SECRET)
    assert answer.status_code == 303
    assert WHY in main(admin.get(answer.location))
    assert SECRET not in stored(app)
    admin.post_form("/undelete/redis")
    assert raw(selam, "redis") == "Clean again.\n"


def test_what_was_erased_is_not_brought_back(page: None, admin: Person, selam: Person) -> None:
    restoring = selam.open_form("/restore/redis?revision=2")
    admin.post_form("/erase/redis?revision=2", summary=WHY)
    assert selam.get("/restore/redis?revision=2").status_code == 410
    assert restoring.submit().status_code == 410
    assert admin.get("/erase/redis?revision=2").status_code == 410
    assert admin.get("/erase/redis?revision=9").status_code == 404


def test_who_edits_what_was_erased_loses_nothing(
    page: None, admin: Person, selam: Person, client: Person
) -> None:
    form = selam.open_form("/edit/redis")
    admin.post_form("/erase/redis?revision=3", summary=WHY)
    answer = form.submit(text="Clean again, and more.\n")
    assert answer.status_code == 409
    assert "Clean again, and more." in answer.text


def test_the_same_text_can_be_written_again(page: None, admin: Person, selam: Person) -> None:
    admin.post_form("/erase/redis?revision=2", summary=WHY)
    assert selam.post_form("/edit/redis", text=LONG).status_code == 303
    assert raw(selam, "redis") == LONG


def test_who_may(page: None, client: Person, selam: Person, reader: Person) -> None:
    for person, status in ((client, 302), (reader, 403), (selam, 403)):
        assert person.get("/erase/redis?revision=2").status_code == status
        assert "/erase/" not in person.get("/history/redis").text


def test_erasing_while_others_write_loses_nothing(
    any_app: Flask, page: None, client_of: Any, admin: Person, client: Person
) -> None:
    writers = [client_of(f"writer{number}") for number in range(3)]
    form = admin.open_form("/erase/redis?revision=2")

    def act(number: int) -> None:
        if number == len(writers):
            answer = form.submit(summary=WHY, containing=SECRET, everywhere=True)
            assert answer.status_code == 303
        else:
            save(writers[number], "redis", f"By {number}.", tag=f"t{number}")

    at_once(len(writers) + 1, act)
    assert SECRET not in stored(any_app)
    assert all(f"By {number}." in raw(client, "redis") for number in range(len(writers)))


# Files


def test_no_file_holds_it_any_more(
    app: Flask, make_page: Any, selam: Person, admin: Person, index_now: Any
) -> None:
    """The bytes of database, write-ahead log, index and backup, compressed ones unpacked."""
    make_page("redis", text=LONG)
    selam.post_form("/edit/redis", action="preview", text=LONG + "A draft.\n")
    selam.post_form("/edit/redis", text=LONG + "Some more.\n")
    for number in range(20):
        make_page(f"page-{number}", text=f"{number} " * 900)
    index_now()
    selam.post_form("/edit/redis", text=f"{SECRET}\n")
    index_now()
    with app.app_context():
        file = Path(make_url(str(db.engine.url)).database or "")
    assert is_in(file.parent)
    admin.post_form("/erase/redis?revision=1", summary=WHY, containing=SECRET)
    rebuild(app)
    copy_database(file, file.with_name("backup.sqlite3"))
    assert not is_in(file.parent)
    assert_sound(app)


@pytest.mark.parametrize("containing", [SECRET, ""])
def test_no_file_tells_that_somebody_searched_for_it(
    app: Flask, make_page: Any, admin: Person, index_now: Any, containing: str
) -> None:
    make_page("redis", text=LONG)
    index_now()
    folder = search_folder(app)
    for _ in range(2):
        admin.get("/search?q=xylophone")
        count_logged_queries(folder)
    admin.get("/search?q=xylophone")
    admin.post_form("/erase/redis?revision=1", summary=WHY, containing=containing)
    assert not [path for path in folder.glob("*asked*") if holds(path.read_bytes())]
    # The index finds it until it is built anew.
    admin.get("/search?q=xylophone")
    count_logged_queries(folder)
    rebuild(app)
    assert is_in(folder) == []


def is_in(folder: Path) -> list[str]:
    """The files below `folder` that hold the secret, as it is or compressed."""
    return [str(path) for path in folder.rglob("*") if path.is_file() and holds(path.read_bytes())]


def holds(data: bytes) -> bool:
    words = [SECRET.encode(), SECRET.lower().encode(), b"xylophone"]
    if any(word in data for word in words):
        return True
    at = data.find(b"\x78")
    while at != -1:
        try:
            unpacked = zlib.decompressobj().decompress(data[at : at + 3000], 2000)
            if any(word in unpacked for word in words):
                return True
        except zlib.error:
            pass
        at = data.find(b"\x78", at + 1)
    return data[:2] == b"\x1f\x8b" and holds(gzip.decompress(data))


def rebuild(app: Flask) -> None:
    """What the follower does when it finds that a new index is wanted."""
    from wiki.search.indexing import index_lock
    from wiki.search.indexing.indexer import Indexer

    lock = index_lock.acquire(search_folder(app), 5)
    assert lock
    with app.app_context():
        indexer = Indexer(search_folder(app), DOCUMENT_SOURCE.of(app), lock)
        indexer.do_housekeeping()
        indexer.drain()
        indexer.close()
    lock.release()


def assert_sound(app: Flask) -> None:
    with app.app_context():
        assert db.session.scalar(db.text("PRAGMA integrity_check")) == "ok"
        assert db.session.execute(db.text("PRAGMA foreign_key_check")).all() == []
        assert db.session.scalar(db.select(db.func.count(Rendering.page_id))) == 21
        assert db.session.scalar(db.select(db.func.count(Revision.id))) == 24
