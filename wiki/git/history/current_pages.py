"""The current state of pages that a history is imported into."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

from sqlalchemy import select

from wiki.database import db, in_batches
from wiki.git.history.import_record import PageKey
from wiki.git.history.pending_revisions import PendingRevision
from wiki.hub.markdown_file import MarkdownPage, page_path, path_of_file
from wiki.hub.trees.layout import TreeLayout
from wiki.naming import NameRefused
from wiki.pages.models import Page
from wiki.pages.writing.content import Content
from wiki.pages.writing.revision_store import load_content, load_content_or_empty


def paths_of_file(source: MarkdownPage, name: str, former: str, layout: TreeLayout) -> set[str]:
    """The possible paths of a page whose file was `former` before a commit and is `name` in it.

    The file declares its path, or the path follows from its name, with or without the files
    beside it.
    """
    said = {source.path} if source.path != layout.path_of(name) else None
    paths = set[str]()
    for path in said or {layout.path_of(former), path_of_file(former)}:
        with suppress(NameRefused):
            paths.add(page_path(replace(source, path=path)))
    return paths


class CurrentPages:
    """The pages of a batch: their current state and, revision by revision, their next one.

    `changed` holds the content of pages that were changed here since their last commit, or
    "gone".
    """

    def __init__(self, batch: Iterable[PendingRevision]) -> None:
        numbers = {e.key: e.page.number for e in batch if isinstance(e.key, int)}
        query = select(Page.id, Page.revision_count, Page.deleted_at, Page.path)
        self.changed: dict[PageKey, Content | str] = {}
        self._paths: dict[PageKey, str] = {}  # of pages that aren't deleted
        for some in in_batches(numbers):
            for row in db.session.execute(query.where(Page.id.in_(some))):
                if row.deleted_at is None:
                    self._paths[row.id] = row.path
                if row.revision_count != numbers[row.id]:
                    self.changed[row.id] = (
                        "gone"
                        if row.deleted_at
                        else load_content(db.session(), row.id, row.revision_count)
                    )

    def place(self, entry: PendingRevision) -> tuple[str, bool]:
        """The path of the page with this revision, and whether the commit would give it another
        one.

        A page that was renamed here keeps its path.
        """
        here = self._paths.get(entry.key)
        if here is None or here in (entry.path, *entry.former_paths):
            return entry.path, False
        return here, bool(entry.former_paths) and entry.path not in entry.former_paths

    def passed(self, entry: PendingRevision, path: str) -> None:
        """Note that this revision will be written, at `path`."""
        if entry.source is None:
            self._paths.pop(entry.key, None)
        elif isinstance(entry.key, int):
            self._paths[entry.key] = path


def merge_base(entry: PendingRevision) -> Content:
    """The file’s previous content; for a file that was deleted and added again, the last one
    imported.
    """
    if entry.before is not None:
        return entry.before
    key = entry.key if isinstance(entry.key, int) else 0
    return load_content_or_empty(db.session(), key, entry.page.number)
