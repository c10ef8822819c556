"""Changed files as the pages of a proposal."""

from io import BytesIO

from sqlalchemy import select

from wiki.community.proposals.proposing.parts import ProposedPage
from wiki.database import db
from wiki.git.mirror.mirror_state import MirroredItem, MirrorState
from wiki.git.mirror.pack_writer import BLOB
from wiki.git.receiving.errors import PushRefused
from wiki.git.receiving.pushed_changes import PushedFile
from wiki.git.receiving.pushed_files import PushedFiles
from wiki.git.receiving.unpacking import PushedObjects
from wiki.hub.markdown_file import FILES_FOLDER, page_path, read_markdown_page
from wiki.hub.trees.archive_reader import Unreadable
from wiki.hub.trees.page_file import text_in
from wiki.i18n import lazy as _l
from wiki.naming import NameRefused
from wiki.pages.errors import RevisionErased, RevisionNotFound
from wiki.pages.models import Revision
from wiki.pages.writing.store import load_content

_NO_TEXT = _l("%(name)s is not a text in UTF-8, or longer than a page may be.")
_NO_NAME = _l("%(name)s has a name or a title that no page can have.")


def proposed_pages(
    objects: PushedObjects,
    state: MirrorState,
    base: MirroredItem,
    files: list[PushedFile],
    pictures: PushedFiles,
) -> list[tuple[str, ProposedPage]]:
    """What these page files would make of their pages, with their names. Raises `PushRefused`."""
    return [(file.name, _page(objects, state, base, file, pictures)) for file in files]


def _page(
    objects: PushedObjects,
    state: MirrorState,
    base: MirroredItem,
    file: PushedFile,
    pictures: PushedFiles,
) -> ProposedPage:
    try:
        text = text_in(BytesIO(objects.read(file.blob or b"", BLOB)))
        source = read_markdown_page(file.name, text)
        if file.is_new:
            pictures.add_page(file.name, source, None)
            return ProposedPage(source.content(), path=_path_of_new(file.name, page_path(source)))
        page_id, number = _revision_at(state, base, file.name)
        pictures.add_page(file.name, source, page_id)
        content = source.onto(load_content(db.session(), page_id, number))
        return ProposedPage(content, page_id=page_id, base_revision=number)
    except Unreadable as error:
        raise PushRefused(_NO_TEXT, file.name) from error
    except (NameRefused, RevisionNotFound, RevisionErased) as error:
        raise PushRefused(_NO_NAME, file.name) from error


def _path_of_new(name: str, path: str) -> str:
    """A folder that would be that of attached files has another name in the mirror."""
    named = f"_{FILES_FOLDER}/"
    is_renamed = name.casefold().startswith(named) and path.casefold().startswith(named)
    return path[1:] if is_renamed else path


def _revision_at(state: MirrorState, base: MirroredItem, name: str) -> tuple[int, int]:
    """The page that was in the file `name` then, and the number of its revision."""
    item = state.page_at(name, base.seq)
    number = db.session.scalar(select(Revision.number).where(Revision.id == item.id)) if item else 0
    if item is None or not number:
        raise RevisionNotFound
    return item.owner, number
