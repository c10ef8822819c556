"""Counts the instructions of a search: `python -m benchmarks.instructions WIKI [CLASS …]`.

The count is the same each time, whatever else the machine does, while times vary by a third; so it
shows changes of a hundredth. Needs valgrind. WIKI is an instance folder with an index, as
`benchmarks.scale --wikis FOLDER` keeps it; a class is one of that benchmark ("two words").
"""

import argparse
import gc
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.harness import corpus
from benchmarks.harness.in_process import InProcessApp
from benchmarks.harness.servers import ROOT, Broken
from benchmarks.workloads import query_classes

CLASSES = ("one word", "two words", "three words", "stack trace")
COUNT = 10  # queries per class; valgrind makes everything fifty times slower
COUNTED = re.compile(r"Collected : (\d+)")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.instructions", description=__doc__)
    parser.add_argument("wiki", type=Path)
    parser.add_argument("classes", nargs="*", default=CLASSES, metavar="CLASS")
    parser.add_argument("--corpus", type=Path, default=corpus.DEFAULT)
    parser.add_argument("--counted", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    try:
        if options.counted:
            _ask(options.wiki, options.corpus, options.classes[0])
        else:
            for name in options.classes:
                print(f"{name:12} {_count(options, name) / 1e6:6.1f} million instructions each")
    except (corpus.NoCorpus, Broken) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _count(options: argparse.Namespace, name: str) -> float:
    """The mean number of instructions of a search in class `name`. Raises `Broken`."""
    if not shutil.which("valgrind"):
        raise Broken("valgrind is not installed")
    with tempfile.TemporaryDirectory(prefix="nexus-counted-") as folder:
        command = ["valgrind", "--tool=callgrind", "--instr-atstart=no"]
        command += [f"--callgrind-out-file={folder}/out", sys.executable, "-m", __spec__.name]
        command += ["--counted", "--corpus", str(options.corpus), str(options.wiki), name]
        done = subprocess.run(  # noqa: S603
            command,
            cwd=ROOT,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"},
            capture_output=True,
            text=True,
            check=False,
        )
    found = COUNTED.search(done.stderr)
    if done.returncode or not found:
        raise Broken(done.stderr[-2000:])
    return int(found[1]) / COUNT


def _ask(wiki: Path, pages: Path, name: str) -> None:
    """Make all searches twice, and count only the second time."""
    app = InProcessApp(wiki)
    queries = query_classes.queries(corpus.read_corpus(pages))[name][:COUNT]
    for query in queries:
        app.searching(query)()
    gc.collect()
    gc.freeze()
    calls = [app.searching(query) for query in queries]
    _counting("on")
    for call in calls:
        call()
    _counting("off")


def _counting(state: str) -> None:
    command = ["callgrind_control", "-i", state, str(os.getpid())]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
