"""The interface of semantic search to the rest of search, if the extra is installed."""

import logging
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wiki.search.index.snapshot import Snapshot
from wiki.search.meaning.encoder_client import EncoderClient
from wiki.search.meaning.vectors import Mask, Nearest, VectorFolder, all_missing, nearness

log = logging.getLogger(__name__)


class Meaning:
    """The vectors of the index under `root`, and the client that encodes queries. Thread-safe."""

    def __init__(self, root: Path) -> None:
        self.vectors = VectorFolder(root)
        self.encoder = EncoderClient(root)

    def nearest(self, snapshot: Snapshot, text: str, visible: Mask) -> Nearest | None:
        """The visible documents nearest to a text, with cosines; `None` if the encoder is away."""
        vector = self.encoder.vector(text)
        if vector is None:
            return None
        try:
            return nearness(self.vectors, snapshot, vector, visible)
        except (LookupError, ValueError, OSError):
            log.exception("the vectors can't be read; the words alone decide")
            return None

    def waiting(self, snapshot: Snapshot) -> NDArray[np.intp]:
        """The live documents that have yet to be encoded, ascending."""
        return all_missing(self.vectors, snapshot)

    def lag(self, snapshot: Snapshot) -> int:
        """The number of pages in the index that have yet to be encoded."""
        return len(self.waiting(snapshot))
