"""Fuzz one target until time is up or a promise is broken, which ends the process.

`python -m tests.fuzz.run_target TARGET FOLDER`, followed by arguments of libFuzzer. Inputs that
reach new branches are kept in FOLDER, where the next run continues.
"""

import importlib
import sys
import time
from collections.abc import Callable
from pathlib import Path

import atheris

# Each target, and the packages whose branches are watched.
TARGETS = {
    "markup": ["wiki.markup", "markdown_it", "mdit_py_plugins", "markdown", "bleach"],
    "svg": ["wiki.files.inspection", "defusedxml", "xml.etree"],
    "query": ["wiki.search.query.parser", "wiki.search.query.dates"],
    "frontmatter": ["wiki.pages.writing.frontmatter", "wiki.hub.markdown_file", "yaml"],
}
LIMIT = 4.0  # seconds of processor for one input; watched code takes several times its time
LENGTH = 4_096  # bytes of one input


def main() -> None:
    name, folder, *arguments = sys.argv[1:]
    with atheris.instrument_imports(include=TARGETS[name]):
        target = importlib.import_module(f"tests.fuzz.{name}")
    corpus, words = Path(folder, name), Path(folder, f"{name}.words")
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds()):
        (corpus / f"seed-{number}").write_bytes(seed)
    words.write_text("".join(f'"{_quoted(word)}"\n' for word in target.WORDS))
    given = [
        str(corpus),
        f"-dict={words}",
        f"-artifact_prefix={folder}/{name}-",
        f"-max_len={LENGTH}",
        "-timeout=30",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *given, *arguments], _timed(target.check))
    atheris.Fuzz()


def _quoted(word: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word.encode())


def _timed(check: Callable[[bytes], None]) -> Callable[[bytes], None]:
    def timed(data: bytes) -> None:
        begin = time.process_time()
        check(data)
        taken = time.process_time() - begin
        assert taken < LIMIT, f"{taken:.1f} s of processor"

    return timed


if __name__ == "__main__":
    main()
