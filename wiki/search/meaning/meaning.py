"""Search by meaning as the rest of search sees it; there is one where the extra is installed."""

import logging
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wiki.search.index.snapshot import Snapshot
from wiki.search.meaning.encoder_client import EncoderClient
from wiki.search.meaning.vectors import Mask, Nearest, VectorFolder, all_missing, nearness

log = logging.getLogger(__name__)


class Meaning:
    """The vectors of the index under `root`, and who encodes queries. Safe for threads."""

    def __init__(self, root: Path) -> None:
        self.vectors = VectorFolder(root)
        self.encoder = EncoderClient(root)

    def nearest(self, snapshot: Snapshot, text: str, visible: Mask) -> Nearest | None:
        """The visible documents nearest to a text, and how near; `None` while nobody can tell."""
        vector = self.encoder.vector(text)
        if vector is None:
            return None
        try:
            return nearness(self.vectors, snapshot, vector, visible)
        except (LookupError, ValueError, OSError):
            log.exception("the vectors can't be read; the words alone decide")
            return None

    def waiting(self, snapshot: Snapshot) -> NDArray[np.intp]:
        """The documents of the index that have yet to be encoded."""
        return all_missing(self.vectors, snapshot)

    def lag(self, snapshot: Snapshot) -> int:
        """How many pages of the index have yet to be encoded."""
        return len(self.waiting(snapshot))
