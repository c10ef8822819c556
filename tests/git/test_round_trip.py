"""A wiki, its mirror, and a wiki into which that is imported: the same pages with their history."""

import shutil
from io import BytesIO

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st

from tests.factories import make_user
from tests.files.upload_forms import picture
from wiki.accounts.models import User
from wiki.database import db
from wiki.files.models import File
from wiki.files.write import replace_content, upload_file
from wiki.git.import_command import import_command
from wiki.git.mirror.audiences import PUBLIC
from wiki.git.mirror.mirror_updater import update_mirrors
from wiki.naming import NameRefused
from wiki.pages.errors import PathTaken
from wiki.pages.models import Page, Revision
from wiki.pages.moving.rename import RenameRequest, rename_page
from wiki.pages.writing.content import Content
from wiki.pages.writing.revision_store import load_content
from wiki.pages.writing.write import Edit, create_page, delete_page, save_edit, undelete_page

TEXTS = st.sampled_from(
    [
        "Text.\n",
        "# No title\n\nMore.\n",
        "---\nlike: front matter\n---\n",
        "[[b]] [x](a/c.md) ![[1.png]]\n",
        "one\ntwo\nthree\n",
        "",
    ]
)
TEXTS |= st.text(max_size=30)
PATHS = st.sampled_from(["a", "b", "a/b", "a/c", "files/x", "readme", "ሰላም", "x:y"])
TITLES = st.sampled_from(
    ["A", "Index: of all", "ሰላም ዓለም", "# no", "A title that is rather long " * 5]
)
SUMMARIES = st.sampled_from(["", "Say why", "ለምን"])
PAGES = st.integers(0, 3)
STEPS = st.one_of(
    st.tuples(st.just("create"), PATHS, TITLES, TEXTS),
    st.tuples(st.just("edit"), PAGES, TITLES, TEXTS, SUMMARIES),
    st.tuples(st.just("rename"), PAGES, PATHS, TITLES),
    st.tuples(st.just("delete"), PAGES),
    st.tuples(st.just("file"), PAGES, st.integers(1, 3)),
)
# Of a run of all tests each example is a second's worth; those of a long one are worth it.
EXAMPLES = max(3, hypothesis.settings.default.max_examples // 30)


class Wiki:
    """A wiki that is made empty for each example."""

    def __init__(self, app, folder, template):
        self.app, self.folder, self.template = app, folder, template

    def empty(self):
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        for each in self.folder.iterdir():
            if each.name.startswith("nexus.sqlite3"):
                each.unlink()
            elif each.is_dir() and each.name in ("files", "git"):
                shutil.rmtree(each)
        shutil.copyfile(self.template, self.folder / "nexus.sqlite3")

    def histories(self):
        """Of each page, by its path: what its revisions hold, whose they are, and when and why."""
        found = {}
        for page in db.session.scalars(db.select(Page).filter_by(deleted_at=None)):
            rows = db.session.execute(
                db.select(Revision, User.username)
                .outerjoin(User, User.id == Revision.author_id)
                .where(Revision.page_id == page.id)
                .order_by(Revision.number)
            )
            found[page.path] = [
                (
                    row.path,
                    load_content(db.session(), page.id, row.number),
                    name or row.author_name or "Nexus",
                    int(row.created_at.timestamp()),
                    row.summary or f"{row.action.capitalize()} {row.title}",
                )
                for row, name in rows
            ]
        return found

    def used_files(self):
        return {
            file.id: (file.name, file.content_hash) for file in db.session.scalars(db.select(File))
        }


@pytest.fixture
def wikis(tmp_path, make_app, migrated_sqlite):
    made = []
    for name in ("instance", "other"):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        url = f"sqlite:///{folder / 'nexus.sqlite3'}"
        made.append(Wiki(make_app(instance=folder, database_url=url), folder, migrated_sqlite))
    return made


def carry_out(steps, by):
    """Make a wiki, every other change by somebody; what can't be done is left out."""
    pages = []
    for number, (kind, *values) in enumerate(steps):
        try:
            _step(kind, values, pages, by if number % 2 else None)
        except (NameRefused, PathTaken, IndexError):
            db.session.rollback()


def _step(kind, values, pages, by):
    if kind == "create":
        path, title, text = values
        page_id = create_page(Content(title, text), path=path, by=by).page_id
        pages.append(page_id)
        return
    page = db.session.get_one(Page, pages[values[0]], populate_existing=True)
    if kind == "edit":
        _, title, text, summary = values
        save_edit(page.id, Edit(Content(title, text), page.revision_count, summary=summary), by=by)
    elif kind == "rename":
        rename_page(page.id, RenameRequest(values[2], values[1], page.revision_count), by=by)
    elif kind == "delete":
        delete_page(page.id, base_revision=page.revision_count, by=by)
        undelete_page(page.id, by=by)
    elif file := db.session.scalar(db.select(File).filter_by(page_id=page.id)):
        replace_content(file.id, BytesIO(picture("PNG", (values[1], 1))), "p.png", by=None)
    else:
        _show_file(page, values[1])


def _show_file(page, size):
    number = upload_file(BytesIO(picture("PNG", (size, 2))), "p.png", page_id=page.id, by=None)
    before = load_content(db.session(), page.id, page.revision_count)
    text = f"{before.text}\n\n![Shown](/files/{number}/p.png)\n"
    save_edit(page.id, Edit(Content(before.title, text), page.revision_count), by=None)


@hypothesis.settings(
    max_examples=EXAMPLES,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(STEPS, min_size=4, max_size=12))
def test_a_history_survives_the_mirror(wikis, steps):
    one, other = wikis
    one.empty()
    other.empty()
    ada = make_user(one.app, "ada")
    with one.app.app_context():
        carry_out([("create", "a", "A", "Text.\n"), *steps], ada)
        update_mirrors()
        expected, files, source = one.histories(), one.used_files(), PUBLIC.folder
    told = other.app.test_cli_runner().invoke(import_command, [str(source)])
    assert told.exit_code == 0, told.output
    with other.app.app_context():
        assert other.histories() == expected
        assert other.used_files() == files
