"""Redirects in an export: `redirects.json` maps former paths and titles to pages."""

import json
from collections.abc import Mapping
from io import BytesIO

from sqlalchemy import select

from wiki.database import db, in_batches, utcnow, write_transaction
from wiki.hub.transfer.file_transfer import INDEX_LIMIT, WriteFile
from wiki.hub.trees.archive_reader import SourceTree, Unreadable
from wiki.hub.trees.file_import import ReportProblem
from wiki.naming import path_key
from wiki.pages.maintenance.transfer import stored_pages
from wiki.pages.models import Page, Redirect
from wiki.pages.writing.revision_store import add_redirects
from wiki.pages.writing.text_store import storable

REDIRECTS = "redirects.json"


def export_redirects(pages: Mapping[int, str], write: WriteFile) -> None:
    """Write the redirects of `pages`, paths by id; nothing if there are none."""
    query = select(Redirect.key, Redirect.path, Redirect.page_id)
    rows = [
        row
        for some in in_batches(pages)
        for row in db.session.execute(query.where(Redirect.page_id.in_(some)))
    ]
    if rows:
        rows.sort(key=lambda row: row.key)
        listed = [{"from": row.path, "to": pages[row.page_id]} for row in rows]
        written = json.dumps(listed, ensure_ascii=False, indent=1)
        write(REDIRECTS, BytesIO(written.encode()), utcnow())


def import_redirects(tree: SourceTree, *, report: ReportProblem) -> None:
    """Import redirects after their pages, where the path isn’t taken by anything else.

    `report` is called if the list can’t be read, with a code of `Unreadable` or
    `redirects-damaged`. Raises `StorageUnavailable`.
    """
    former = _listed_in(tree, report)
    found = stored_pages(list(former))
    names = {found[key].page_id: former[key] for key in former if key in found}
    for some in in_batches(names):
        with write_transaction() as session:
            for page in session.scalars(select(Page).where(Page.id.in_(some))):
                add_redirects(session, page, names[page.id])


def _listed_in(tree: SourceTree, report: ReportProblem) -> dict[str, list[str]]:
    """Former paths and titles by the key of the page they lead to."""
    try:
        with tree.open(REDIRECTS) as stream:
            written = stream.read(INDEX_LIMIT + 1)
        rows = json.loads(written) if len(written) <= INDEX_LIMIT else None
    except Unreadable as error:
        if error.reason != "absent":
            report(REDIRECTS, error.reason)
        return {}
    except (ValueError, RecursionError):
        rows = None
    if not isinstance(rows, list):
        report(REDIRECTS, "redirects-damaged")
        return {}
    former: dict[str, list[str]] = {}
    for row in rows:
        if (
            isinstance(row, dict)
            and isinstance(row.get("from"), str)
            and isinstance(row.get("to"), str)
        ):
            former.setdefault(path_key(storable(row["to"])), []).append(storable(row["from"]))
    return former
