"""Repositories made by a real `git`."""

import os
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from tests.live_server import LiveServer
from tests.optional_resources import is_absent
from wiki.accounts.tokens.models import TokenScope
from wiki.accounts.tokens.tokens import TokenTerms, create_token
from wiki.database import db, utcnow
from wiki.git.import_command import import_command
from wiki.git.mirror.audiences import audiences
from wiki.git.mirror.mirror_state import open_state
from wiki.git.mirror.mirror_updater import is_current, update_mirrors
from wiki.pages.writing.content import Content
from wiki.pages.writing.write import Edit, save_edit
from wiki.search import outbox

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da6360"
    "f8cfc0f01f0005000201a5f645400000000049454e44ae426082"
)


class Repository:
    """A work tree. Every commit is a minute after the one before."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.minute = 0
        root.mkdir(parents=True, exist_ok=True)

    def git(self, *arguments: str, **environment: str) -> str:
        return self.run(*arguments, **environment).stdout

    def run(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        """What `git` wrote; it has to succeed."""
        done = subprocess.run(
            ["/usr/bin/env", "git", "-C", str(self.root), "-c", "core.quotePath=off", *arguments],
            capture_output=True,
            text=True,
            check=False,
            env={**git_environment(), **environment},
        )
        assert done.returncode == 0, done.stderr
        return done

    def write(self, files: dict[str, str | bytes | None]) -> None:
        for name, content in files.items():
            file = self.root / name
            if content is None:
                file.unlink()
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(self, message: str, files=None, author: str = "Ada <ada@example.org>") -> str:
        self.write(files or {})
        self.minute += 1
        at = f"2024-03-01T12:{self.minute:02}:00+01:00"
        self.git("add", "-A")
        dates = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
        self.git("commit", "-q", "--allow-empty", "-m", message, "--author", author, **dates)
        return self.git("rev-parse", "HEAD").strip()

    def log(self, *arguments: str) -> list[tuple[str, ...]]:
        """Author, time and subject of commits, the oldest first."""
        said = self.git("log", "--reverse", "--format=%an%x00%at%x00%s", *arguments)
        return [tuple(line.split("\0")) for line in said.splitlines()]


def git_environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    names = {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "Cy"), ("EMAIL", "cy@example.org"))
    }
    no_config = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    return {**kept, **names, **no_config, "GIT_TERMINAL_PROMPT": "0"}


@pytest.fixture
def repository(tmp_path):
    """An empty repository with the branch `main`."""
    if shutil.which("git") is None:
        is_absent("git")
    made = Repository(tmp_path / "repository")
    made.git("init", "-q", "-b", "main")
    return made


@pytest.fixture
def nexus_import(app):
    """Runs the command: `nexus_import(path, "--branch", "main")`."""

    def run(*arguments):
        return app.test_cli_runner().invoke(import_command, [str(each) for each in arguments])

    return run


class Hub:
    """The server, and what its tests ask of it."""

    def __init__(self, server, folder):
        self.server = server
        self.folder = folder
        self.clones = 0
        self.pages = {}

    def page(self, path, text="A text.\n", **more):
        self.pages[path] = self.server.make_page(path, text=text, **more).page_id

    def edit(self, path, text, number):
        with self.server.app.app_context():
            content = Content(path.rpartition("/")[2].capitalize(), text)
            save_edit(self.pages[path], Edit(content, number), by=None)

    def follow(self):
        """Until the mirrors have everything; the server's notifier may be at it as well."""
        with self.server.app.app_context():
            while True:
                update_mirrors()
                if all(self._is_current(audience) for audience in audiences()):
                    return

    def _is_current(self, audience):
        with open_state(audience.folder) as state:
            behind = outbox.pending_events(db.session(), state.outbox_progress().position, 1)
            return is_current(state) and not behind

    def token(self, username, scope=TokenScope.WRITE, **user):
        person = self.server.make_user(username, **user)
        with self.server.app.app_context():
            terms = TokenTerms("git", scope, utcnow() + timedelta(days=1))
            return create_token(person, terms)

    def url(self, name="wiki", token=""):
        user = f"me:{token}@" if token else ""
        return f"{self.server.url.replace('http://', f'http://{user}')}/{name}.git"

    def clone(self, *options, name="wiki", token=""):
        self.clones += 1
        made = Repository(self.folder / f"clone{self.clones}")
        done = subprocess.run(
            ["/usr/bin/env", "git", "clone", "-q", *options, self.url(name, token), made.root],
            capture_output=True,
            text=True,
            check=False,
            env=git_environment(),
        )
        assert done.returncode == 0, done.stderr
        made.git("fsck", "--strict", "--full")
        return made


@pytest.fixture(scope="session")
def hub(tmp_path_factory, migrated_sqlite):
    """A server with some pages that the tests of this folder share."""
    server = LiveServer(tmp_path_factory.mktemp("hub")).begin_with(migrated_sqlite).start()
    made = Hub(server, tmp_path_factory.mktemp("clones"))
    made.page("redis", "Fast.\n")
    made.page("guides/start", "Begin.\n")
    made.edit("redis", "Very fast.\n", 1)
    yield made
    server.kill()
