"""Repositories made by a real `git`."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.shared import is_absent
from wiki.git.import_command import import_command

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
        done = subprocess.run(
            ["/usr/bin/env", "git", "-C", str(self.root), "-c", "core.quotePath=off", *arguments],
            capture_output=True,
            text=True,
            check=False,
            env={**git_environment(), **environment},
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

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
