"""What an import of a history refuses is told, and nothing else is lost."""

import pytest

from tests.factories import make_page
from wiki.database import db
from wiki.git.history import history_importer
from wiki.pages.maintenance.past_revisions import HistoryChanged
from wiki.pages.models import Page
from wiki.pages.moving.rename import RenameRequest, rename_page
from wiki.pages.writing.content import Content
from wiki.pages.writing.revision_store import load_content
from wiki.pages.writing.write import Edit, delete_page, save_edit


def content_of(path, number=None):
    page = db.session.scalars(db.select(Page).filter_by(path=path)).one()
    return load_content(db.session(), page.id, number or page.revision_count)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--branch", "nowhere"], "no branch called nowhere"),
        (["--folder", "nowhere"], "no folder called nowhere"),
        (["--folder", "\udce9"], "no folder called"),
    ],
)
def test_what_isnt_there_is_reported(nexus_import, repository, arguments, words):
    repository.commit("Begin", {"a.md": "A.\n"})
    told = nexus_import(repository.root, *arguments)
    assert told.exit_code == 1
    assert words in told.output


@pytest.mark.parametrize("address", ["https://[x", "http://localhost:99999/x", "https:///x"])
def test_what_is_no_address_is_reported(nexus_import, address):
    assert f"{address} is not the address" in nexus_import(address).output


def test_a_clone_without_its_files_is_reported(nexus_import, repository):
    repository.commit("Begin", {"a.md": "A.\n"})
    found = repository.git("rev-parse", "HEAD:a.md").strip()
    (repository.root / ".git" / "objects" / found[:2] / found[2:]).unlink()
    told = nexus_import(repository.root)
    assert (told.exit_code, "without --filter" in told.output) == (1, True)


def test_what_cant_be_taken_is_reported(app, nexus_import, repository):
    make_page(app, "mine", text="Mine.\n")
    (repository.root / "link.md").symlink_to("/etc/passwd")
    repository.commit(
        "Begin", {"mine.md": "Theirs.\n", "bin.md": b"\0\x01\x02" * 99, "ok.md": "Ok.\n"}
    )
    told = nexus_import(repository.root)
    assert told.exit_code == 1
    for words in ("link.md: is a symbolic link", "bin.md", "mine: stands at the path"):
        assert words in told.output
    with app.app_context():
        assert content_of("mine").text == "Mine.\n"
        assert content_of("ok").text == "Ok.\n"


def test_a_rewritten_history_is_refused(nexus_import, repository):
    repository.commit("Begin", {"a.md": "A.\n"})
    assert nexus_import(repository.root).exit_code == 0
    repository.git("commit", "-q", "--amend", "-m", "Other")
    told = nexus_import(repository.root)
    assert told.exit_code == 1
    assert "rewritten" in told.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("https://git.example.org/x.git", "--no-history"), "clone the repository first"),
        (("https://git.example.org/x.git", "--update"), "with --no-history"),
    ],
)
def test_options_for_files_are_refused_with_a_history(nexus_import, arguments, words):
    told = nexus_import(*arguments)
    assert told.exit_code == 2
    assert words in told.output


def test_a_page_that_comes_back_where_another_one_is_stays_deleted(app, nexus_import, repository):
    repository.commit("Begin", {"a.md": "A.\n", "b.md": "B.\n"})
    repository.commit("Gone", {"a.md": None})
    assert nexus_import(repository.root).exit_code == 0
    make_page(app, "a", text="Written here.\n")
    repository.commit("Again", {"a.md": "Again.\n", "b.md": "More of B.\n"})
    told = nexus_import(repository.root)
    assert told.exit_code == 1
    assert "a: stands at the path of a page that came from elsewhere" in told.output
    assert "1  revisions" in told.output
    repository.commit("More", {"b.md": "Most of B.\n"})
    assert nexus_import(repository.root).exit_code == 0
    with app.app_context():
        found = db.session.scalars(db.select(Page).filter_by(path="a", deleted_at=None)).one()
        assert load_content(db.session(), found.id, 1).text == "Written here.\n"
        assert content_of("b").text == "Most of B.\n"


def test_pages_that_people_keep_editing_are_reported(app, nexus_import, repository, monkeypatch):
    repository.commit("Begin", {"a.md": "A.\n"})
    assert nexus_import(repository.root).exit_code == 0

    def change(*_args, **_more):
        raise HistoryChanged

    monkeypatch.setattr(history_importer, "write_past_revisions", change)
    repository.commit("More", {"a.md": "More.\n"})
    told = nexus_import(repository.root)
    assert told.exit_code == 1
    assert "Run the same command again" in told.output


def test_two_files_that_are_renamed_to_one_path_stay_where_they_are(app, nexus_import, repository):
    repository.commit("Begin", {"a.md": "A.\n", "b.md": "B.\n"})
    assert nexus_import(repository.root).exit_code == 0
    repository.git("mv", "a.md", "c.md")
    repository.git("mv", "b.md", "C.md")
    repository.commit("Rename", {})
    told = nexus_import(repository.root)
    assert "can’t be moved there" in told.output
    with app.app_context():
        texts = [content_of(path).text for path in ("a", "b")]
    assert texts == ["A.\n", "B.\n"]


def edit(path, text):
    page = db.session.scalars(db.select(Page).filter_by(path=path)).one()
    save_edit(page.id, Edit(Content(page.title, text), page.revision_count), by=None)


def test_a_page_that_was_edited_here_outlives_its_file(app, nexus_import, repository):
    repository.commit("Begin", dict.fromkeys(("a.md", "b.md", "c.md"), "One.\n"))
    assert nexus_import(repository.root).exit_code == 0
    with app.app_context():
        edit("a", "Here.\n")
        edit("b", "Here.\n")
        gone = db.session.scalars(db.select(Page).filter_by(path="b")).one()
        delete_page(gone.id, by=None, base_revision=2)
    repository.commit("Gone", dict.fromkeys(("a.md", "b.md", "c.md")))
    told = nexus_import(repository.root)
    assert told.exit_code == 1
    assert "deleted by this commit: the page stays" in told.output
    assert "b.md" not in told.output  # nobody has it any more
    with app.app_context():
        assert content_of("a").text == "Here.\n"
        query = db.select(Page.path).filter_by(deleted_at=None)
        assert db.session.scalars(query).all() == ["a"]
    repository.commit("Again", {"a.md": "There.\n"})
    assert "in the same place" in nexus_import(repository.root).output
    with app.app_context():
        assert content_of("a").text == "Here.\n"


def test_a_page_that_was_renamed_here_stays_there(app, nexus_import, repository):
    repository.commit("Begin", {"a.md": "One.\n", "b/README.md": "One.\n"})
    assert nexus_import(repository.root).exit_code == 0
    with app.app_context():
        page_id = db.session.scalars(db.select(Page.id).filter_by(path="a")).one()
        rename_page(page_id, RenameRequest("A", "moved", 1), by=None)
    repository.commit("More", {"a.md": "Two.\n", "b/README.md": "Two.\n"})
    repository.commit("Still more", {"a.md": "Three.\n"})
    assert nexus_import(repository.root).exit_code == 0
    repository.git("mv", "b/README.md", "b/c.md")
    repository.commit("Most", {"a.md": "Four.\n", "b/c.md": "Four.\n"})
    assert nexus_import(repository.root).exit_code == 0
    with app.app_context():
        assert [content_of(path).text for path in ("moved", "b/c")] == ["Four.\n", "Four.\n"]
    repository.git("mv", "a.md", "z.md")
    repository.commit("Elsewhere")
    told = nexus_import(repository.root)
    assert "was renamed in the wiki as well" in told.output
    repository.commit("Words", {"z.md": "Five.\n"})
    assert nexus_import(repository.root).exit_code == 0
    with app.app_context():
        assert content_of("moved").text == "Five.\n"
