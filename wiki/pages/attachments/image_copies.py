"""Local copies of images from other sites: fetched once, and stored as files of the page."""

import re
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from flask_babel import gettext as _
from markdown_it.common.normalize_url import normalizeLink

from wiki.access.permissions import Viewer
from wiki.accounts.models import User
from wiki.app_state import current_settings
from wiki.config import MEGABYTE
from wiki.database import db
from wiki.files.errors import FileRefused
from wiki.files.queries import get_file
from wiki.files.uploads.remote_images import FETCH_TIME_LIMIT, REACH, FetchFailed, fetch_image
from wiki.files.urls import file_url
from wiki.files.write import upload_file
from wiki.markup import render
from wiki.markup.links import without_invisible
from wiki.markup.slots import PictureSlot, slots_of
from wiki.markup.source_links import links_in
from wiki.outbound.host_patterns import origin_of
from wiki.pages.models import Page
from wiki.pages.writing.revision_store import load_content
from wiki.pages.writing.write import Edit, SaveResult, save_edit

# Precedes the URL of an image: a `src` attribute, or a link reference definition.
_IS_SHOWN = re.compile(r"""(?:\ssrc\s*=\s*["']|\]:[ \t]*(?:\n[ \t>]*)?)\Z""", re.IGNORECASE)

CONTEXT_LENGTH = 100  # characters before an address
MAX_COPIES_AT_ONCE = 20  # in one request


@dataclass
class ImageCopies:
    """The URLs of the copies by the URL of the original, and the reason why each other one failed
    (`None` if it was not tried).
    """

    made: dict[str, str] = field(default_factory=dict)
    refused: dict[str, FetchFailed | FileRefused | None] = field(default_factory=dict)


def remote_image_addresses(page: Page) -> list[str]:
    """The URLs of images on other hosts that the page shows, in order, without duplicates."""
    text = load_content(db.session(), page.id, page.revision_count).text
    slots = slots_of(render(text, path=page.path).slotted, PictureSlot)
    found = (slot.address for slot in slots)
    return list(dict.fromkeys(address for address in found if origin_of(address)))


def copy_images(page: Page, chosen: Collection[str], *, viewer: Viewer) -> ImageCopies:
    """Fetch the images in `chosen` that the page shows, and store them as files of the page.

    Raises `StoreUnavailable`, `StorageUnavailable`.
    """
    addresses = [each for each in remote_image_addresses(page) if each in chosen]
    page_id = page.id
    db.session.rollback()  # so that no read transaction stays open meanwhile
    copies = ImageCopies()
    deadline = time.monotonic() + FETCH_TIME_LIMIT
    for number, address in enumerate(addresses):
        if number >= MAX_COPIES_AT_ONCE or time.monotonic() > deadline:
            copies.refused[address] = None
            continue
        try:
            copies.made[address] = _copy(address, page_id, viewer)
        except (FetchFailed, FileRefused) as error:
            copies.refused[address] = error
    return copies


def _copy(address: str, page_id: int, viewer: Viewer) -> str:
    settings = current_settings()
    fetched = fetch_image(
        address,
        size_limit=settings.upload_limit * MEGABYTE,
        hosts=settings.picture_hosts,
        reach=REACH.current(),
    )
    with fetched.content as content:
        file_id = upload_file(content, fetched.name, page_id=page_id, by=viewer.user_id)
    return file_url(get_file(viewer, file_id)).replace("(", "%28").replace(")", "%29")


def replace_with_copies(page: Page, copies: Mapping[str, str], *, by: User) -> SaveResult:
    """Save the page with the URL of each copied image replaced by that of its copy.

    `copies` maps the former to the latter. Raises what `save_edit` raises.
    """
    content = load_content(db.session(), page.id, page.revision_count)
    text = with_addresses(content.text, copies)
    summary = _("Kept copies of external pictures")
    edit = Edit(replace(content, text=text), page.revision_count, summary=summary)
    return save_edit(page.id, edit, by=by)


def with_addresses(text: str, copies: Mapping[str, str]) -> str:
    """`text` with the URLs of images replaced, as `copies` maps them."""
    pieces: list[str] = []
    done = 0
    for link in links_in(text, with_files=True):
        copy = copies.get(_as_shown(link.address)) if link.address else None
        if copy is not None and (
            link.is_picture
            or _IS_SHOWN.search(text[max(0, link.begin - CONTEXT_LENGTH) : link.begin])
        ):
            is_bracketed = text[link.begin] == "<"
            pieces += text[done : link.begin], f"<{copy}>" if is_bracketed else copy
            done = link.end
    return "".join((*pieces, text[done:]))


def _as_shown(address: str) -> str:
    """The URL of an image, normalized as the renderer does it."""
    address = without_invisible(normalizeLink(address))
    return f"https:{address}" if address.startswith("//") else address
