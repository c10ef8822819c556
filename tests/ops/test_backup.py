"""Backup and restore: what the wiki held comes back, and nothing is lost on the way."""

import io
import random
import shutil
import sqlite3
import stat
import subprocess
import sys
import tarfile
import zipfile

import click
import pytest
from click.testing import CliRunner

from tests.databases import KEY
from wiki.cli import main, nexus
from wiki.instance.lock import lock_shared
from wiki.ops import archive, backup


@pytest.fixture
def instance(make_page, settings, monkeypatch):
    """A wiki with a page, an attachment and a search index, and the commands set to work on it."""
    make_page(path="redis", text="Redis keeps everything in memory.\n")
    place = settings().instance
    (place / "files").mkdir()
    (place / "files" / "plan.txt").write_text("an attachment")
    (place / "search").mkdir(exist_ok=True)
    (place / "search" / "segment").write_text("made anew")
    _work_on(place, monkeypatch)
    return place


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Call it, and the commands work on another instance, where there is nothing yet."""

    def elsewhere():
        _work_on(tmp_path / "elsewhere", monkeypatch)
        return tmp_path / "elsewhere"

    return elsewhere


def _work_on(place, monkeypatch):
    monkeypatch.setenv("NEXUS_INSTANCE", str(place))
    monkeypatch.setenv("NEXUS_SECRET_KEY", KEY)


def _run(*arguments):
    return CliRunner().invoke(nexus, [str(argument) for argument in arguments])


def _paths(instance):
    with sqlite3.connect(instance / "nexus.sqlite3") as connection:
        rows = connection.execute("SELECT path FROM page").fetchall()
    connection.close()
    return [path for (path,) in rows]


@pytest.mark.parametrize("name", ["wiki.tar.gz", "wiki.tgz", "wiki.zip"])
def test_what_was_backed_up_comes_back(instance, elsewhere, tmp_path, name):
    assert _run("backup", tmp_path / name).exit_code == 0
    there = elsewhere()
    restored = _run("restore", tmp_path / name)
    assert restored.exit_code == 0, restored.output
    assert _paths(there) == ["redis"]
    assert (there / "files" / "plan.txt").read_text() == "an attachment"
    assert not (there / "search").exists()


def test_a_backup_holds_the_last_save_of_a_wiki_that_goes_on(instance, make_page, tmp_path):
    # The page stands in the write-ahead log alone: a copy of the file would lack it.
    make_page(path="latest")
    _run("backup", tmp_path / "wiki.zip")
    with zipfile.ZipFile(tmp_path / "wiki.zip") as file:
        file.extract("nexus.sqlite3", tmp_path / "unpacked")
        assert not [name for name in file.namelist() if name.endswith(("-wal", "-shm"))]
    assert "latest" in _paths(tmp_path / "unpacked")


def test_only_its_owner_may_read_a_backup(instance, tmp_path):
    _run("backup", tmp_path / "wiki.tar.gz")
    assert stat.S_IMODE((tmp_path / "wiki.tar.gz").stat().st_mode) == 0o600


def test_a_backup_is_not_replaced_by_chance(instance, tmp_path):
    (tmp_path / "wiki.zip").write_text("the only one")
    assert _run("backup", tmp_path / "wiki.zip").exit_code == 1
    assert (tmp_path / "wiki.zip").read_text() == "the only one"
    assert _run("backup", tmp_path / "wiki.zip", "--force").exit_code == 0


def test_a_name_that_tells_no_kind_is_refused(instance, tmp_path):
    done = _run("backup", tmp_path / "wiki.rar")
    assert done.exit_code == 1
    assert ".tar.gz or .zip" in done.output


def test_a_wiki_that_is_there_stays(instance, tmp_path):
    _run("backup", tmp_path / "wiki.zip")
    done = _run("restore", tmp_path / "wiki.zip")
    assert done.exit_code == 1
    assert "--force" in done.output


def test_what_a_restore_replaces_is_kept_aside(instance, make_page, tmp_path):
    _run("backup", tmp_path / "wiki.zip")
    make_page(path="newer")
    done = _run("restore", tmp_path / "wiki.zip", "--force")
    assert done.exit_code == 0, done.output
    assert _paths(instance) == ["redis"]
    (aside,) = instance.glob("before-restore-*")
    assert "newer" in _paths(aside)
    assert str(aside) in done.output


def test_what_was_kept_aside_is_in_no_backup(instance, tmp_path):
    _run("backup", tmp_path / "wiki.zip")
    _run("restore", tmp_path / "wiki.zip", "--force")
    _run("backup", tmp_path / "second.zip")
    with zipfile.ZipFile(tmp_path / "second.zip") as file:
        assert not [name for name in file.namelist() if "before-restore" in name]


def test_nothing_is_restored_under_a_running_server(instance, tmp_path):
    _run("backup", tmp_path / "wiki.zip")
    with lock_shared(instance):
        done = _run("restore", tmp_path / "wiki.zip", "--force")
    assert done.exit_code == 1
    assert "running" in done.output


def _tar(file, members):
    with tarfile.open(file, "w:gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))


@pytest.mark.parametrize(
    "members",
    [
        {"notes.txt": b"no database"},
        {"nexus.sqlite3": b"not a database at all, though it is called one"},
        {"../outside": b"x"},
        {"/outside": b"x"},
    ],
)
def test_what_is_no_backup_changes_nothing(instance, tmp_path, members):
    _tar(tmp_path / "wiki.tar.gz", members)
    done = _run("restore", tmp_path / "wiki.tar.gz", "--force")
    assert done.exit_code == 1
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert _paths(instance) == ["redis"]
    assert not (tmp_path / "outside").exists()


def test_a_torn_archive_changes_nothing(instance, tmp_path):
    _run("backup", tmp_path / "wiki.tar.gz")
    whole = (tmp_path / "wiki.tar.gz").read_bytes()
    (tmp_path / "wiki.tar.gz").write_bytes(whole[: len(whole) // 2])
    done = _run("restore", tmp_path / "wiki.tar.gz", "--force")
    assert done.exit_code == 1
    assert "can’t be read" in done.output
    assert _paths(instance) == ["redis"]


@pytest.mark.parametrize("name", ["wiki.tar.gz", "wiki.zip"])
def test_a_single_wrong_bit_changes_nothing(instance, tmp_path, name):
    """Unless it says nothing of the content, as a date does."""
    source = tmp_path / "source"
    source.write_bytes(random.Random(7).randbytes(3_000))
    archive.create_archive(tmp_path / name, [(source, "source"), (source, "again")])
    whole = (tmp_path / name).read_bytes()
    refused = 0
    for at in range(0, len(whole), 97):
        torn = tmp_path / f"torn-{name}"
        torn.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        folder = tmp_path / f"at-{at}"
        try:
            archive.extract_archive(torn, folder)
        except click.ClickException:
            refused += 1
        else:
            contents = [(folder / each).read_bytes() for each in ("source", "again")]
            assert contents == [source.read_bytes()] * 2, at
    assert refused > len(whole) // 97 * 0.9


def test_a_locked_archive_is_refused(instance, tmp_path):
    with zipfile.ZipFile(tmp_path / "wiki.zip", "w") as made:
        made.writestr("nexus.sqlite3", "x")
    raw = bytearray((tmp_path / "wiki.zip").read_bytes())
    for header, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        raw[raw.index(header) + flags] |= 1  # encrypted
    (tmp_path / "wiki.zip").write_bytes(raw)
    done = _run("restore", tmp_path / "wiki.zip", "--force")
    assert "can’t be read" in done.output
    shutil.copy(tmp_path / "wiki.zip", instance / "locked.zip")
    assert _run("backup", tmp_path / "wiki.tgz").exit_code == 0


def test_links_in_an_archive_are_not_followed(instance, tmp_path, elsewhere):
    _run("backup", tmp_path / "wiki.tar.gz")
    with tarfile.open(tmp_path / "evil.tar.gz", "w:gz") as evil:
        link = tarfile.TarInfo("files")
        link.type, link.linkname = tarfile.SYMTYPE, str(tmp_path)
        evil.addfile(link)
        with tarfile.open(tmp_path / "wiki.tar.gz") as good:
            for member in good:
                evil.addfile(member, good.extractfile(member))
    there = elsewhere()
    assert _run("restore", tmp_path / "evil.tar.gz").exit_code == 0
    assert not (there / "files").is_symlink()


def _members(file):
    with tarfile.open(file) as tar:
        return [name for name in tar.getnames() if name != "nexus.sqlite3"]


@pytest.mark.parametrize("name", ["daily.tar.gz", "backups/daily.tgz", "daily.zip"])
def test_a_backup_holds_no_earlier_ones(instance, name):
    (instance / "backups").mkdir()
    (instance / "files" / "sent.zip").write_bytes(b"what somebody sent")
    with zipfile.ZipFile(instance / "files" / "nexus.zip", "w") as sent:
        sent.writestr("nexus.sqlite3", "somebody's own backup, sent as a file of a page")
    target = instance / name
    assert _run("backup", target).exit_code == 0
    target.rename(target.with_name("of yesterday"))
    shutil.copy(instance / "nexus.sqlite3", instance / "nexus.sqlite3.bak")
    (instance / "notes.txt").write_text("of the host")
    assert _run("backup", target).exit_code == 0
    done = _run("backup", target.with_name("third.tar.gz"))
    assert "of yesterday" in done.output
    assert sorted(_members(target.with_name("third.tar.gz"))) == [
        "files/nexus.zip",
        "files/plan.txt",
        "files/sent.zip",
        "notes.txt",
    ]


def test_a_restore_into_an_empty_folder_speaks_of_nothing_before(
    instance, elsewhere, tmp_path, monkeypatch
):
    (instance / "secret_key").write_text(KEY)
    assert _run("backup", tmp_path / "wiki.zip").exit_code == 0
    there = elsewhere()
    monkeypatch.delenv("NEXUS_SECRET_KEY")
    done = _run("restore", tmp_path / "wiki.zip")
    assert done.exit_code == 0, done.output
    assert "before" not in done.output
    assert not list(there.glob("before-restore-*"))
    assert (there / "secret_key").read_text() == KEY


# Restores into copy after copy. Each but the last ends as kill -9 does, before the first, second, …
# of the renames by which a restore replaces the wiki.
CUT = """
import os, shutil, sys
from wiki import cli
before, *command = sys.argv[1:]
rename = os.rename
def restore(left):
    def cut(*names):
        nonlocal left
        if not left:
            os._exit(9)
        left -= 1
        rename(*names)
    os.rename = cut
    cli.main(command)
status, cuts = 9, -1
while status == 9:
    cuts += 1
    os.environ["NEXUS_INSTANCE"] = shutil.copytree(before, f"{before}-{cuts}")
    child = os.fork()
    if not child:
        restore(cuts)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
print("cuts:", cuts)
sys.exit(status)
"""


def test_a_restore_that_is_cut_is_finished_at_the_next_start(
    instance, make_page, tmp_path, monkeypatch
):
    archive = tmp_path / "wiki.zip"
    (instance / "secret_key").write_text("the key of the backup " * 2)
    _run("backup", archive)
    (instance / "secret_key").write_text("a key of later times " * 2)
    make_page(path="newer")
    with sqlite3.connect(instance / "nexus.sqlite3") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    before = tmp_path / "before"
    shutil.copytree(instance, before)
    monkeypatch.delenv("NEXUS_SECRET_KEY")
    command = [sys.executable, "-c", CUT, str(before), "restore", str(archive), "--force"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    cuts = int(done.stdout.rpartition("cuts:")[2])
    assert cuts >= 6
    for cut in range(cuts):
        place = tmp_path / f"before-{cut}"
        monkeypatch.setenv("NEXUS_INSTANCE", str(place))
        with pytest.raises(SystemExit) as started:
            main(["user", "list"])
        assert started.value.code == 0
        assert _paths(place) == ["redis"]
        assert (place / "secret_key").read_text().startswith("the key of the backup")
        assert (place / "files" / "plan.txt").read_text() == "an attachment"
        (aside,) = place.glob("before-restore-*")
        assert "newer" in _paths(aside)
        assert (aside / "secret_key").read_text().startswith("a key of later")


def test_an_empty_wiki_is_not_made_where_a_database_was_put_aside(instance, monkeypatch):
    aside = instance / "before-restore-20260101-000000-000000"
    aside.mkdir()
    for path in instance.glob("nexus.sqlite3*"):
        path.rename(aside / path.name)
    with pytest.raises(SystemExit):
        main(["user", "list"])
    assert not (instance / "nexus.sqlite3").exists()


@pytest.mark.parametrize("name", ["wiki.tar.gz", "wiki.zip"])
def test_what_is_deleted_meanwhile_stops_no_backup(instance, tmp_path, monkeypatch, name):
    (instance / "files" / "ab").mkdir()
    for each in ("ab/one", "ab/two", "zz"):
        (instance / "files" / each).write_text("x")
    create = archive.create_archive

    def create_late(file, members):
        (instance / "files" / "ab" / "two").unlink()
        return create(file, members)

    monkeypatch.setattr(archive, "create_archive", create_late)
    done = _run("backup", tmp_path / name)
    assert done.exit_code == 0, done.exception
    assert "deleted meanwhile: 1" in done.output
    assert f"{name}: 4 files" in done.output
    archive.extract_archive(tmp_path / name, tmp_path / "unpacked")
    assert (tmp_path / "unpacked" / "files" / "zz").exists()


def test_a_backup_is_on_the_disk_before_it_replaces_the_last(instance, tmp_path, monkeypatch):
    file, synced = tmp_path / "wiki.zip", []
    file.write_text("of yesterday")

    def sync(path):
        synced.append((path.name, path.stat().st_ino, file.read_bytes() == b"of yesterday"))

    monkeypatch.setattr(backup, "sync", sync)
    assert _run("backup", file, "--force").exit_code == 0
    (draft, folder) = synced
    assert draft == ("wiki.zip", file.stat().st_ino, True)
    assert folder == (tmp_path.name, tmp_path.stat().st_ino, False)


def test_what_a_killed_backup_left_is_swept_by_the_next(instance, tmp_path):
    (tmp_path / ".nexus-backup-cut").mkdir()
    (tmp_path / ".nexus-backup-cut" / "nexus.sqlite3").write_text("the whole wiki")
    _run("backup", tmp_path / "wiki.zip")
    assert not (tmp_path / ".nexus-backup-cut").exists()


def test_postgresql_has_its_own_tools(instance, tmp_path, monkeypatch):
    monkeypatch.setenv("NEXUS_DATABASE_URL", "postgresql://nexus@db/nexus")
    done = _run("backup", tmp_path / "wiki.zip")
    assert done.exit_code == 1
    assert "pg_dump" in done.output
