"""Measures Git: building a mirror, cloning and fetching beside a plain repository, importing.

    python -m benchmarks.git [--pages 1000] [--revisions 5000]

Prints one line for each figure. The plain repository has the same commits, packed by Git itself;
it is cloned from the disk, and over HTTP from Git's own server.
"""

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.harness.client import HOST
from benchmarks.harness.git_http import git_http
from benchmarks.harness.servers import nexus_serve, running
from wiki import create_app
from wiki.config import read_settings
from wiki.database import schema
from wiki.git.mirror.audiences import PUBLIC
from wiki.git.mirror.mirror_updater import update_mirrors
from wiki.pages.maintenance.past_revisions import PastRevision, write_past_revisions
from wiki.pages.writing.content import Content
from wiki.pages.writing.revision_store import Provenance

FOLDERS = 40
REVISIONS_PER_TRANSACTION = 1_000
TURNS = 9
BEHIND = (20, 100)  # number of commits to fetch
WORDS = [
    "cache",
    "query",
    "index",
    "page",
    "commit",
    "branch",
    "merge",
    "error",
    "request",
    "reader",
    "token",
    "table",
]
BEGINNING = datetime(2024, 1, 1, tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=1_000)
    parser.add_argument("--revisions", type=int, default=5_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _measure(root, asked.pages, asked.revisions)


def _measure(root: Path, pages: int, revisions: int) -> None:
    app = create_app(read_settings({"NEXUS_INSTANCE": str(root / "wiki")}))
    schema.require(app)
    with app.app_context():
        _fill(pages, revisions)
        with _timed("mirrors made (two)", 2 * revisions):
            update_mirrors()
        mirror = PUBLIC.folder
    size = sum(file.stat().st_size for file in mirror.rglob("*.pack"))
    print(f"{'packs of one mirror':<32}{size / 1e6:>10.1f} MB")
    _git("clone", "-q", "--bare", str(mirror), str(root / "plain"))
    _git("-C", str(root / "plain"), "repack", "-adfq")
    size = sum(file.stat().st_size for file in (root / "plain").rglob("*.pack"))
    print(f"{'packed by git':<32}{size / 1e6:>10.1f} MB")
    _git("clone", "-q", "--no-local", f"file://{mirror}", str(root / "clone"))
    _clone_and_fetch(root, [behind for behind in BEHIND if behind < revisions])
    environment = {
        **os.environ,
        "NEXUS_INSTANCE": str(root / "new"),
        "NEXUS_STARTER_PAGES": "off",
        "NEXUS_GIT": "off",
    }
    with _timed("history imported", revisions):
        subprocess.run(  # noqa: S603
            [sys.executable, "-m", "wiki", "import", str(root / "clone")],
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )


def _clone_and_fetch(root: Path, behind: list[int]) -> None:
    """Measure in turns a running server, Git's own server and the disk."""
    disk = f"file://{root / 'plain'}"
    for count in behind:
        _git("-C", str(root / "plain"), "branch", f"before-{count}", f"main~{count}")
    with git_http(root) as backend, running(nexus_serve(2), root / "wiki") as server:
        server.settle()
        nexus = f"http://{HOST}:{server.port}/wiki.git"
        peers = {"nexus": nexus, "git http-backend": f"{backend}/plain", "disk": disk}
        taken: dict[tuple[str, str], list[float]] = {}
        for _turn in range(TURNS):
            for peer, address in peers.items():
                taken.setdefault(("clone", peer), []).append(_clone(root, address))
                for count in behind:
                    seconds = _fetch(root, disk, address, count)
                    taken.setdefault((f"fetch of {count}", peer), []).append(seconds)
    print(f"{'median, worst in s':<20}" + "".join(f"{peer:>20}" for peer in peers))
    for what in ("clone", *(f"fetch of {count}" for count in behind)):
        found = (taken[what, peer] for peer in peers)
        shown = (f"{statistics.median(each):.3f}, {max(each):.3f}" for each in found)
        print(f"{what:<20}" + "".join(f"{each:>20}" for each in shown), flush=True)


def _clone(root: Path, address: str) -> float:
    """Clone a repository; returns the seconds it took."""
    with tempfile.TemporaryDirectory(dir=root) as folder:
        began = time.perf_counter()
        _git("clone", "-q", "--no-local", address, folder)
        return time.perf_counter() - began


def _fetch(root: Path, disk: str, address: str, behind: int) -> float:
    """Fetch into a clone that is `behind` commits behind; returns the seconds it took."""
    with tempfile.TemporaryDirectory(dir=root) as folder:
        _git("clone", "-q", "--no-local", "--single-branch", "-b", f"before-{behind}", disk, folder)
        began = time.perf_counter()
        _git("-C", folder, "fetch", "-q", address, "main")
        return time.perf_counter() - began


def _fill(pages: int, revisions: int) -> None:
    """Write a history of so many `revisions` of `pages` pages in folders, changed at random."""
    chosen = random.Random(7)
    texts = {f"folder-{n % FOLDERS}/page-{n}": _words(chosen, 200) for n in range(pages)}
    order = [*texts, *(chosen.choice([*texts]) for _ in range(revisions - pages))]
    known: dict[str, tuple[int, int]] = {}
    for begin in range(0, len(order), REVISIONS_PER_TRANSACTION):
        batch = []
        for number, path in enumerate(order[begin : begin + REVISIONS_PER_TRANSACTION], begin):
            texts[path] += _words(chosen, 20)
            origin = Provenance(BEGINNING + timedelta(minutes=number), author_name="Ada")
            content = Content(path.rpartition("/")[2], texts[path])
            key = known[path][0] if path in known else path
            batch.append(PastRevision(key, str(number), path, content, origin, "Say more"))
        onto = dict(value for value in known.values() if value[0] in {each.page for each in batch})
        made = write_past_revisions(
            batch, onto, begin=lambda _session: None, finish=lambda *_written: None
        ).pages
        known |= {each.path: made[each.page] for each in batch}


def _words(chosen: random.Random, count: int) -> str:
    return " ".join(chosen.choices(WORDS, k=count)) + "\n\n"


def _git(*arguments: str) -> None:
    program = shutil.which("git") or "git"
    subprocess.run([program, *arguments], check=True)  # noqa: S603


@contextmanager
def _timed(what: str, commits: int) -> Iterator[None]:
    began = time.perf_counter()
    yield
    seconds = time.perf_counter() - began
    print(f"{what:<32}{seconds:>10.2f} s{commits / seconds:>12,.0f} commits/s", flush=True)


if __name__ == "__main__":
    main()
