"""The mirrors: a commit for each revision, the same ids whenever they are made."""

import dataclasses
import shutil
import subprocess
from io import BytesIO

import pytest

from tests.community.run_notifier import wait_until_final
from tests.factories import make_page, make_user
from tests.git.conftest import PNG, Repository
from wiki.access.models import AccessRule
from wiki.access.rulebook import raise_access_version
from wiki.accounts.users import rename_user
from wiki.app_state import current_settings
from wiki.database import utcnow, write_transaction
from wiki.files.erasure.erase import erase_file
from wiki.files.write import delete_file, upload_file
from wiki.git.mirror import mirror_updater, mirror_writer, pack_writer
from wiki.git.mirror.audiences import MEMBERS, PUBLIC
from wiki.git.mirror.mirror_state import open_state
from wiki.git.mirror.mirror_updater import is_current, update_mirrors, updates_paused
from wiki.git.mirror.pack_writer import BLOB, PackWriter
from wiki.git.mirror.working_tree import WorkingTree
from wiki.markup import render
from wiki.pages.erasure.erase import erase_revision
from wiki.pages.erasure.request import ErasureRequest
from wiki.pages.maintenance.past_revisions import PastRevision, write_past_revisions
from wiki.pages.models import Page
from wiki.pages.moving.rename import RenameRequest, rename_page
from wiki.pages.writing.content import Content
from wiki.pages.writing.derived_data import derive
from wiki.pages.writing.revision_store import Provenance
from wiki.pages.writing.write import Edit, delete_page, save_edit, undelete_page
from wiki.search.outbox import announce, announce_past


@pytest.fixture
def mirror(app, tmp_path):
    """Brings the mirrors up to date, and clones one: `mirror()`, `mirror(MEMBERS)`."""
    made = []

    def clone(audience=PUBLIC):
        with app.app_context():
            update_mirrors()
            folder = audience.folder
        repository = Repository(tmp_path / f"clone{len(made)}")
        made.append(repository)
        subprocess.run(
            ["/usr/bin/env", "git", "clone", "-q", str(folder), str(repository.root)], check=True
        )
        repository.git("fsck", "--strict", "--full")
        return repository

    return clone


def test_a_mirror_that_cannot_be_paused_is_reported(app, monkeypatch, caplog):
    monkeypatch.setattr(mirror_updater, "PAUSED_WITHIN", 0.0)
    with app.app_context():
        with updates_paused():
            assert not caplog.text
            with updates_paused():
                assert caplog.text.count("isn’t paused") == 2
        caplog.clear()
        with updates_paused():
            assert not caplog.text


def edit(app, page_id, text, number, **more):
    with app.app_context():
        return save_edit(page_id, Edit(Content("Redis", text), number, **more), by=None)


def objects_with(folder, words):
    """Ids of the objects of a repository that hold `words`."""
    listed = subprocess.run(
        ["/usr/bin/env", "git", "-C", folder, "cat-file", "--batch", "--batch-all-objects"],
        capture_output=True,
        check=True,
    )
    return words.encode() in listed.stdout


@pytest.mark.parametrize("end", ["pack", "idx"])
def test_a_pack_that_is_missing_is_made_again(app, mirror, monkeypatch, end):
    monkeypatch.setattr(mirror_writer, "COMMITS_PER_PACK", 1)
    for path in ("one", "two", "three"):
        make_page(app, path)
    whole = mirror()
    with app.app_context():
        packs = PUBLIC.folder / "objects" / "pack"
        with open_state(PUBLIC.folder) as state:
            (packs / f"{state.packs()[1].name}.{end}").unlink()
    assert mirror().log() == whole.log()


def test_a_pack_is_on_the_disk_before_it_is_named(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(pack_writer, "sync", lambda folder: synced.append(set(folder.iterdir())))
    pack = PackWriter(tmp_path, lambda _id: False)
    pack.add(BLOB, b"x")
    name = pack.finish()
    assert synced == [{tmp_path / f"{name}.pack", tmp_path / f"{name}.idx"}]


def test_the_log_is_the_history(app, mirror):
    selam = make_user(app, "selam")
    page = make_page(app, "technologies/redis", "Redis", "Fast.\n", by=selam, tags=["cache"])
    edit(app, page.page_id, "Very fast.\n", 1, summary="Say how fast")
    with app.app_context():
        move = RenameRequest("Redis", "tools/redis", 2)
        rename_page(page.page_id, move, by=selam)
        delete_page(page.page_id, base_revision=3, by=selam)
        undelete_page(page.page_id, by=selam)
    clone = mirror()
    assert [subject for *_, subject in clone.log()] == [
        "Create Redis",
        "Say how fast",
        "Rename Redis",
        "Delete Redis",
        "Undelete Redis",
    ]
    said = clone.git("log", "--format=%an <%ae>%n%(trailers:unfold)", "HEAD~2", "-1")
    assert said.splitlines()[:3] == [
        f"selam <{selam.id}@users.noreply.nexus.invalid>",
        f"Nexus-Page: {page.page_id}",
        "Nexus-Revision: 3",
    ]
    assert clone.git("ls-tree", "HEAD~1") == ""
    shown = clone.git("show", "--name-status", "-M", "--format=", "HEAD~2")
    assert shown.split() == ["R100", "technologies/redis.md", "tools/redis.md"]
    before = clone.git("show", "HEAD~4:technologies/redis.md")
    assert before == "---\ntitle: Redis\nkind: page\ntags: [cache]\n---\n\nFast.\n"


def test_made_anew_it_has_the_same_ids(app, mirror, monkeypatch):
    page = make_page(app, "redis", "Redis", "Fast.\n")
    with app.app_context():
        upload_file(BytesIO(PNG), "plan.png", page_id=page.page_id, by=None)
    mirror()  # what comes now is appended
    for number in range(1, 24):
        edit(app, page.page_id, f"Fast, {number}.\n" * 30, number)
        if number % 2:
            with app.app_context():
                update_mirrors()
    grown = mirror()
    assert grown.git("ls-files").split() == ["files/1/plan.png", "redis.md"]
    with app.app_context():
        packs = list((PUBLIC.folder / "objects" / "pack").glob("*.pack"))
        assert len(packs) <= mirror_writer.MAX_SMALL_PACKS + 4
        shutil.rmtree(PUBLIC.folder)
    assert mirror().git("rev-parse", "HEAD") == grown.git("rev-parse", "HEAD")


def test_what_was_erased_is_in_no_object(app, mirror):
    admin = make_user(app, "root", "admin")
    first = make_page(app, "first", text="Before all.\n")
    page = make_page(app, "redis", "Redis", "The password is hunter22.\n")
    edit(app, page.page_id, "The password is gone.\n", 1)
    clone = mirror()
    with app.app_context():
        folder = str(PUBLIC.folder)
        assert objects_with(folder, "hunter22")
        erase_revision(page.page_id, ErasureRequest(1, "A leak", "hunter22"), by=admin)
    after = mirror()
    assert not objects_with(folder, "hunter22")
    assert after.git("log", "--format=%s", "--", "first.md") == "Create First\n"
    assert len(after.log()) == len(clone.log())
    assert first.number == 1


def test_after_an_erasure_no_mirror_has_the_secret_anywhere(any_app):
    admin = make_user(any_app, "root", "admin")
    page = make_page(any_app, "redis", "Redis", "The password is hunter22.\n", by=admin)
    edit(any_app, page.page_id, "It is hunter22 again.\n", 1, summary="Not hunter22")
    edit(any_app, page.page_id, "Gone.\n", 2)
    with any_app.app_context():
        upload_file(BytesIO(PNG), "hunter22.png", page_id=page.page_id, by=None)
        wait_until_final(any_app)
        update_mirrors()
        folders = [audience.folder for audience in (PUBLIC, MEMBERS)]
        assert all(objects_with(str(folder), "hunter22") for folder in folders)
        erase_revision(page.page_id, ErasureRequest(1, "A leak", "hunter22"), by=admin)
        erase_file(1, None, why="A leak", by=admin.id)
        assert not is_served()
        wait_until_final(any_app)
        update_mirrors()
        assert is_served()
        assert is_served(MEMBERS)
        for folder in folders:
            assert not objects_with(str(folder), "hunter22")
            files = [file for file in folder.rglob("*") if file.is_file()]
            assert not [file for file in files if b"hunter22" in file.read_bytes()]
        with open_state(PUBLIC.folder) as state:
            assert len(list(state.items())) == 3


def test_a_closed_page_leaves_the_public_mirror(app, mirror):
    make_page(app, "open/a", text="Open.\n")
    page = make_page(app, "closed/b", text="For members.\n")
    assert "closed/b.md" in mirror().git("ls-files")
    with app.app_context(), write_transaction() as session:
        raise_access_version(session)
        rule = AccessRule(
            key="closed", path="closed", covers="tree", read_rank=2, edit_rank=2, note=""
        )
        session.add(rule)
        session.flush()
        session.get(Page, page.page_id).rule_id = rule.id
    clone = mirror()
    assert clone.git("ls-files").split() == ["open/a.md"]
    with app.app_context():
        assert not objects_with(str(PUBLIC.folder), "For members.")
        assert objects_with(str(MEMBERS.folder), "For members.")
    assert "closed/b.md" in mirror(MEMBERS).git("ls-files")


def is_served(audience=PUBLIC):
    with open_state(audience.folder) as state:
        return is_current(state)


def test_clones_are_served_while_pages_are_imported(any_app):
    page = make_page(any_app, "redis", "Redis", "Fast.\n")

    def imported(page, path, text):
        content = text and Content("New", text)
        derived = text and derive(render(text, path=path))
        origin = Provenance(utcnow(), author_name="Ada")
        revision = PastRevision(page, f"{page} {text}", path, content, origin, "Told", derived)
        onto = {page: 1} if isinstance(page, int) else {}
        write_past_revisions([revision], onto, begin=lambda *_: None, finish=lambda *_: None)

    wait_until_final(any_app)
    with any_app.app_context():
        update_mirrors()
        assert is_served()
        with updates_paused():
            imported("new", "new", "New.\n")
            assert is_served()
        wait_until_final(any_app)
        update_mirrors()
        assert is_served()
        with open_state(PUBLIC.folder) as state:
            assert [item.name for item in state.items()] == ["redis.md", "new.md"]
        with updates_paused():
            imported(page.page_id, "redis", None)
            assert not is_served()


def no_objects(audience):
    return not list((audience.folder / "objects" / "pack").iterdir())


@pytest.fixture
def secret_file(app):
    """The id of a file of the library that no page uses."""
    make_page(app, "a")
    with app.app_context():
        return upload_file(BytesIO(PNG), "hunter22.png", page_id=None, by=None)


def test_a_file_that_no_page_uses_is_erased_before_anything_is_served(app, mirror, secret_file):
    admin = make_user(app, "root", "admin")
    assert "files/1/hunter22.png" in mirror().git("ls-files")
    with app.app_context():
        folder = str(PUBLIC.folder)
        assert objects_with(folder, "hunter22")
        erase_file(secret_file, None, why="A leak", by=admin.id)
        assert not is_served()
        update_mirrors()
        assert is_served()
        assert not objects_with(folder, "hunter22")


def test_a_deleted_file_is_in_no_object(app, mirror, secret_file):
    mirror()
    with app.app_context():
        delete_file(secret_file, by=None)
        assert not is_served()
        update_mirrors()
        assert not objects_with(str(PUBLIC.folder), "hunter22")


def test_the_file_of_a_deleted_page_is_in_no_object(app, mirror):
    page = make_page(app, "redis", "Redis", "Fast.\n")
    with app.app_context():
        upload_file(BytesIO(PNG), "hunter22.png", page_id=page.page_id, by=None)
    mirror()
    with app.app_context():
        delete_page(page.page_id, base_revision=1, by=None)
        assert not is_served()
        update_mirrors()
        assert is_served()
        assert not objects_with(str(PUBLIC.folder), "hunter22")


def test_a_new_name_reaches_old_commits(app, mirror):
    selam = make_user(app, "selam")
    page = make_page(app, "redis", "Redis", "Fast.\n", by=selam)
    edit(app, page.page_id, "Very fast.\n", 1)  # somebody else was the last
    assert [author for author, *_ in mirror().log()] == ["selam", "Nexus"]
    with app.app_context():
        rename_user("selam", "abebe")
        assert not is_served()
        update_mirrors()
        assert not objects_with(str(PUBLIC.folder), "selam")
    assert [author for author, *_ in mirror().log()] == ["abebe", "Nexus"]


def test_a_mirror_that_nobody_has_compared_for_hours_is_not_served(app, mirror, monkeypatch):
    make_page(app, "redis")
    mirror()
    with app.app_context():
        assert is_served()
        monkeypatch.setattr(mirror_updater, "COMPARED_EVERY", -1.0)
        assert not is_served()


@pytest.mark.parametrize("change", [{"git": False}, {"public_reading": False}])
def test_a_mirror_for_nobody_is_deleted(app, mirror, monkeypatch, change):
    make_page(app, "redis")
    mirror()
    with app.app_context():
        assert PUBLIC.folder.exists()
        settings = dataclasses.replace(current_settings(), **change)
        monkeypatch.setattr(mirror_updater, "current_settings", lambda: settings)
        monkeypatch.setattr("wiki.git.mirror.audiences.current_settings", lambda: settings)
        update_mirrors()
        assert not PUBLIC.folder.exists()
        assert MEMBERS.folder.exists() == settings.git


def test_what_happens_after_many_edits_is_seen(app, mirror, secret_file):
    mirror()
    with app.app_context():
        with write_transaction() as session:
            for _ in range(20):
                announce(session, 1, 1, "revision")
            announce_past(session)
        assert not is_served()


def test_files_of_a_deleted_page_go_and_come_with_it(app, mirror):
    page = make_page(app, "redis", "Redis", "Fast.\n")
    with app.app_context():
        upload_file(BytesIO(PNG), "plan.png", page_id=page.page_id, by=None)
    assert len(mirror().git("ls-files").split()) == 2
    with app.app_context():
        delete_page(page.page_id, base_revision=1, by=None)
        update_mirrors()
        assert no_objects(PUBLIC)
        undelete_page(page.page_id, by=None)
    assert mirror().git("ls-files").split() == ["files/1/plan.png", "redis.md"]


def test_pages_and_files_have_folders_of_their_own(app, mirror):
    page = make_page(app, "files/1/plan.png", "Plan")
    make_page(app, "Files/2", "Two")
    with app.app_context():
        upload_file(BytesIO(PNG), "plan.png", page_id=page.page_id, by=None)
    names = mirror().git("ls-files").split()
    assert names == ["_Files/2.md", "_files/1/plan.png.md", "files/1/plan.png"]


def test_a_name_is_a_file_or_a_folder():
    tree = WorkingTree()
    tree.put("a/b", bytes(20))
    with pytest.raises(ValueError, match="a"):
        tree.put("a", bytes(20))
    with pytest.raises(ValueError, match="a/b/c"):
        tree.put("a/b/c", bytes(20))


def test_names_that_differ_in_case_alone_are_apart(app, mirror):
    make_page(app, "a:b", "One")
    make_page(app, "a*b", "Two")
    names = mirror().git("ls-files").split()
    assert len({name.casefold() for name in names}) == 2
