"""A shelf of documents without a database: Whoosh and the files are real."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wiki.search.documents import Document
from wiki.search.index.manifest import make_current
from wiki.search.index.segment_store import SegmentStore
from wiki.search.position import Position
from wiki.search.service import Results, Search

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def document(page_id: int, title: str, body: str = "", **fields: Any) -> Document:
    values: dict[str, Any] = {
        "revision_number": 1,
        "path": f"pages/{page_id}",
        "headings": (),
        "tags": (),
        "kind": "page",
        "status": "",
        "author": "",
        "code": "",
        "updated_at": LONG_AGO,
    }
    return Document(page_id=page_id, title=title, body=body, **{**values, **fields})


class Library:
    """Documents and an index of them in `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.documents: dict[int, Document] = {}
        self.store = SegmentStore.create(root, Position())
        make_current(root, self.store.folder)
        self.search = Search(root)

    def add(self, title: str, body: str = "", **fields: Any) -> int:
        """Index a document in a commit of its own; its page id."""
        page_id = fields.pop("page_id", len(self.documents) + 1)
        added = document(page_id, title, body, **fields)
        self.documents[page_id] = added
        self.store.apply([added], (), Position(0, self.store.position.number + 1))
        return page_id

    def add_all(self, *added: Document) -> None:
        self.documents.update({one.page_id: one for one in added})
        self.store.apply(added, (), Position(0, self.store.position.number + 1))

    def remove(self, page_id: int) -> None:
        del self.documents[page_id]
        self.store.apply((), (page_id,), Position(0, self.store.position.number + 1))

    def results(self, text: str, **options: Any) -> Results:
        found = self.search.search(text, **{"count": 100, **options})
        assert found.state == "ready"
        return found

    def titles(self, text: str, **options: Any) -> list[str]:
        """The titles of what is found, best first."""
        hits = self.results(text, **options).hits
        return [self.documents[hit.page_id].title for hit in hits]

    def load(self, page_ids: Sequence[int]) -> Mapping[int, Document]:
        return {page: self.documents[page] for page in page_ids if page in self.documents}

    def states(self) -> list[tuple[int, int]]:
        return [(one.page_id, one.revision_number) for one in self.documents.values()]
