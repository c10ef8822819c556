"""The corpus: the pages that are served, and samples of them to request."""

import gzip
import html
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

DEFAULT = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "pages.jsonl.gz"


class NoCorpus(RuntimeError):
    """There is no corpus at the given path."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} is not there. Name a .jsonl.gz file with title, path and text in each row: "
            "python -m benchmarks --corpus FILE"
        )


@dataclass(frozen=True, slots=True)
class CorpusPage:
    title: str
    path: str
    text: str

    @property
    def url(self) -> str:
        return "/wiki/" + quote(self.path)

    @property
    def heading(self) -> str:
        """The title as it appears in HTML."""
        return html.escape(self.title).replace("&#x27;", "&#39;")


def read_corpus(path: Path) -> list[CorpusPage]:
    """The pages of a corpus file. Raises `NoCorpus`."""
    if not path.is_file():
        raise NoCorpus(path)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = map(json.loads, lines)
        return [CorpusPage(row["title"], row["path"], row["text"]) for row in rows]


def write_corpus(path: Path, pages: list[CorpusPage]) -> None:
    """Write a corpus file for `read_corpus`."""
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=1) as lines:
        lines.writelines(f"{json.dumps(asdict(page))}\n" for page in pages)


def sample(pages: list[CorpusPage], count: int, *, text_from: int = 0) -> list[CorpusPage]:
    """`count` pages, evenly spaced among those with at least `text_from` characters of text."""
    eligible = [page for page in pages if len(page.text) >= text_from]
    step = len(eligible) / count
    return [eligible[int(i * step)] for i in range(count)]
