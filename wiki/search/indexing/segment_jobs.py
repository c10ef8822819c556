"""Background processes that write segments, such as merges, which the indexer then adopts.

python -m wiki.search.indexing.segment_jobs FOLDER RESULT SEGMENT...
"""

import logging
import secrets
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from flask import Flask

from wiki.processes.modules import start_module, work_for_parent
from wiki.search.index.segment_store import SegmentGone, SegmentStore, merge_segments

log = logging.getLogger(__name__)

RESULT_PREFIX = "merge-"
# Exit status of a merge if its segments no longer exist: all their pages were saved again.
EXIT_SOURCES_GONE = 3


class SegmentJob:
    """A process that writes a segment to the folder `result`.

    `sources`: the segments it replaces.
    """

    def __init__(self, store: SegmentStore, sources: Sequence[str]) -> None:
        self.store = store
        self.sources = list(sources)
        self.result = store.folder / f"{RESULT_PREFIX}{secrets.token_hex(4)}"
        self.process: subprocess.Popen[bytes]

    def start(self, module: str, arguments: Sequence[str], app: Flask | None = None) -> None:
        """Run `module` as a program with these arguments; it ends when this process does."""
        # It ends when this process does, since its standard input then ends.
        self.process = start_module(module, arguments, app, stdin=subprocess.PIPE)

    def is_running(self) -> bool:
        """Whether the process is still running."""
        return self.process.poll() is None

    def finish(self) -> bool:
        """Adopt the result of the finished process; returns whether there was one."""
        try:
            if self.process.returncode == 0:
                self.store.adopt(self.sources, self.result)
                return True
            if self.process.returncode != EXIT_SOURCES_GONE:
                log.warning("writing a segment ended with %s", self.process.returncode)
            return False
        finally:
            self._clean()

    def stop(self) -> None:
        """Kill the process and discard its result."""
        self.process.kill()
        self.process.wait()
        self._clean()

    def _clean(self) -> None:
        if self.process.stdin:
            self.process.stdin.close()
        shutil.rmtree(self.result, ignore_errors=True)


class MergeJob(SegmentJob):
    """A merge of the segments `names` in the background, begun at once."""

    def __init__(self, store: SegmentStore, names: Sequence[str]) -> None:
        super().__init__(store, names)
        self.start(__name__, [str(store.folder), str(self.result), *names])


def remove_leftovers(folder: Path) -> None:
    """Remove partial results of killed jobs."""
    for path in folder.glob(f"{RESULT_PREFIX}*"):
        shutil.rmtree(path, ignore_errors=True)


def main(arguments: Sequence[str]) -> None:
    """Merge segments in this process.

    Arguments: folder of the index, folder of the result, names of segments. Exits with
    `EXIT_SOURCES_GONE` if one of them was removed meanwhile.
    """
    folder, result, *names = arguments
    work_for_parent()
    try:
        merge_segments(Path(folder), names, Path(result))
    except (SegmentGone, FileNotFoundError):
        # Commits may have removed files meanwhile; the rest is merged later.
        sys.exit(EXIT_SOURCES_GONE)


if __name__ == "__main__":
    main(sys.argv[1:])
