"""Only its owner can read the instance folder, and unfinished files are deleted."""

import os
import stat
import subprocess
import sys

import pytest

from tests.optional_resources import ROOT
from wiki.config import read_settings
from wiki.instance.folder import delete_leftovers, temporary_folder


def _modes(folder):
    return {
        path.relative_to(folder).as_posix(): stat.S_IMODE(path.stat().st_mode)
        for path in [folder, *folder.rglob("*")]
    }


@pytest.fixture
def usual_umask():
    former = os.umask(0o022)
    yield
    os.umask(former)


def test_nobody_else_reads_a_new_wiki(tmp_path, usual_umask):
    place = tmp_path / "instance"
    # A process of its own, with the umask that most have.
    environment = {**os.environ, "NEXUS_INSTANCE": str(place), "NEXUS_STARTER_PAGES": "off"}
    commands = "for line in ('init', 'search rebuild'): nexus(line.split(), standalone_mode=False)"
    program = f"from wiki.cli import nexus\n{commands}"
    subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, check=True, capture_output=True
    )
    modes = _modes(place)
    assert {"nexus.sqlite3", "secret_key", "search"} <= modes.keys()
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077} == {}


def test_a_wiki_that_others_could_read_is_closed_at_the_next_start(tmp_path, usual_umask):
    place = tmp_path / "instance"
    (place / "search").mkdir(parents=True)
    (place / "nexus.sqlite3").touch()
    read_settings({"NEXUS_INSTANCE": str(place)})
    assert {name: oct(mode) for name, mode in _modes(place).items() if mode & 0o077} == {}


def test_a_folder_of_somebody_else_keeps_its_mode(tmp_path, usual_umask):
    place = tmp_path / "home"
    (place / "pictures").mkdir(parents=True)
    (place / "nexus.sqlite3").touch()
    read_settings({"NEXUS_INSTANCE": str(place)})
    modes = _modes(place)
    assert (modes["."], modes["pictures"], modes["nexus.sqlite3"]) == (0o755, 0o755, 0o600)


def test_a_link_is_not_followed(tmp_path, usual_umask):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "instance").mkdir()
    (tmp_path / "instance" / "files").symlink_to(tmp_path / "elsewhere")
    read_settings({"NEXUS_INSTANCE": str(tmp_path / "instance")})
    assert stat.S_IMODE((tmp_path / "elsewhere").stat().st_mode) == 0o755


def test_what_is_under_way_stays_and_what_is_dead_goes(tmp_path):
    with temporary_folder(tmp_path, "upload") as alive:
        (alive / "sent").touch()
        (tmp_path / ".nexus-upload-dead").mkdir()
        (tmp_path / ".nexus-upload-dead" / "sent").touch()
        (tmp_path / ".nexus-upload-about-to-be-locked").mkdir()
        (tmp_path / "upload").touch()
        assert delete_leftovers(tmp_path) == 1
        assert alive.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".nexus-upload-about-to-be-locked",
        "upload",
    ]
