"""Copies of pictures from elsewhere: fetched once, kept as files of the page, shown from here."""

from collections.abc import Mapping
from dataclasses import replace

from flask_babel import gettext as _
from markdown_it.common.normalize_url import normalizeLink

from wiki.accounts.models import User
from wiki.extensions import db
from wiki.markup import render
from wiki.markup.links import without_unseen
from wiki.markup.pictures import places
from wiki.markup.sourcelinks import links_in
from wiki.pages.models import Page
from wiki.pages.store import content_of
from wiki.pages.write import Edit, Saved, revise
from wiki.picture_hosts import origin_of


def pictures_from_elsewhere(text: str, path: str) -> list[str]:
    """The addresses of pictures on other hosts that the page shows, each once, in order."""
    found = (place.address for *_, place in places(render(text, path=path).html))
    return list(dict.fromkeys(address for address in found if origin_of(address)))


def keep_copies(page: Page, copies: Mapping[str, str], *, by: User) -> Saved:
    """Save `page` with each address of `copies` replaced by the one of its copy.

    Raises what `revise` raises.
    """
    content = content_of(db.session(), page.id, page.revision_count)
    text = with_addresses(content.text, copies)
    summary = _("Kept copies of pictures from elsewhere")
    edit = Edit(replace(content, text=text), page.revision_count, summary=summary)
    return revise(page.id, edit, by=by)


def with_addresses(text: str, copies: Mapping[str, str]) -> str:
    """`text` whose pictures at the addresses `copies` are shown from where those lead instead."""
    pieces: list[str] = []
    done = 0
    for link in links_in(text, with_pictures=True):
        copy = copies.get(_as_shown(link.address)) if link.is_picture and link.address else None
        if copy is not None:
            is_bracketed = text[link.begin] == "<"
            pieces += text[done : link.begin], f"<{copy}>" if is_bracketed else copy
            done = link.end
    return "".join((*pieces, text[done:]))


def _as_shown(address: str) -> str:
    """An address in a text as a rendering has it."""
    address = without_unseen(normalizeLink(address))
    return f"https:{address}" if address.startswith("//") else address
