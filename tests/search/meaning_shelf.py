"""An encoder that needs no model, for what is not about the model: words that stand for the same
thing have one direction, and a text is their sum."""

import numpy as np

from tests.search.shelf import Library
from wiki.search.analysis.analyzer import is_stop_word, tokenize
from wiki.search.document_source import DocumentSource
from wiki.search.index.snapshot import Snapshot
from wiki.search.meaning.meaning import Meaning
from wiki.search.meaning.vector_backfill import VectorBackfill
from wiki.search.meaning.vectors import DIMENSIONS, Vector

SAME = dict.fromkeys(("tyre", "tyres", "tube", "punctures"), "puncture") | {"espresso": "beans"}


class FakeEncoder:
    """Counts what it is asked for."""

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, text: str) -> Vector:
        self.encoded.append(text)
        total = np.full(DIMENSIONS, 1e-6, np.float32)
        for token in tokenize(text):
            for word in (word for word in token.words if not is_stop_word(word)):
                stream = np.random.default_rng(list(SAME.get(word, word).encode()))
                total += stream.standard_normal(DIMENSIONS, np.float32)
        return total / np.float32(np.linalg.norm(total))


class EncodedLibrary(Library):
    """A library whose vectors a fake encoder makes, which answers without a process."""

    def take_meanings(self) -> FakeEncoder:
        encoder = FakeEncoder()
        self.meaning = Meaning(self.root)
        self.meaning.encoder.vector = encoder.encode  # type: ignore[method-assign,assignment]
        self.search.meaning = self.meaning
        self.filler = VectorBackfill(
            self.root, DocumentSource(self.load, self.states), encoder.encode
        )
        return encoder

    def fill(self) -> None:
        while self.filler.fill(self.snapshot()):
            pass

    def snapshot(self) -> Snapshot:
        found = self.search.index.snapshot()
        assert found is not None
        return found
