"""The pictures of a page, as a reader's browser gets them.

The text says `/files/12/plan.png`. What that is now, how large, and in which sizes it can be had is
filled in at reading, so that nothing jumps while it loads and a telephone loads a small one. All
other pictures are marked places in a rendering: the settings say which hosts may be asked for one,
and the files there are which one a name alone means.
"""

import re
from collections.abc import Mapping
from html import escape, unescape
from typing import NamedTuple, Protocol
from urllib.parse import unquote

from wiki.access import Viewer
from wiki.files.queries import FileView, files_by_id, find_files_by_name
from wiki.files.urls import file_srcset, fixed_file_url
from wiki.markup.inlines.pictures import PictureSlot, img, is_own, picture_slots
from wiki.markup.links import without_invisible
from wiki.picture_hosts import PictureHosts, origin_of

SHOWN = 60  # characters of an address

# As the sanitiser writes it; who asks for a certain content of a file gets that one.
_PICTURE = re.compile(
    r'<img src="(?:/[^"?]*?)?/files/([0-9]{1,9})/([^"?/]*)"((?: [a-z]+="[^"]*")*)>'
)
# The measure of a text, which a picture fills at most.
_SIZES = "(min-width: 48rem) 43rem, 100vw"


class Show(Protocol):
    """Writes what stands at a place; `kind` says what it is, the rest is for its template."""

    def __call__(self, kind: str, **what: object) -> str: ...


class Unshown(NamedTuple):
    """A picture that can't be shown. `reason` is `away` (with its host), `missing`, `no-picture`,
    `data` or `address`."""

    reason: str
    address: str
    alt: str = ""
    host: str = ""


class Pictures:
    """Fills in pictures. `show` writes what stands for those that can't be shown.

    `own_address` is the wiki's, by which a text may name its files; `keep_url` gives the page on
    which copies can be made of pictures from elsewhere, for who may.
    """

    def __init__(
        self,
        viewer: Viewer,
        show: Show,
        hosts: PictureHosts,
        *,
        own_address: str = "",
        keep_url: str = "",
    ) -> None:
        self.viewer = viewer
        self.unshown: list[Unshown] = []
        self._show = show
        self._hosts = hosts
        self._own_address = own_address
        self._keep_url = keep_url

    def fill(self, html: str, page_id: int | None = None) -> str:
        """`html` of the page with its pictures; the same object when it shows none."""
        return self._own(self._marked(html, page_id))

    def _own(self, html: str) -> str:
        ids = {int(found[1]) for found in _PICTURE.finditer(html)}
        if not ids:
            return html
        files = files_by_id(self.viewer, ids)
        return _PICTURE.sub(lambda found: self._sized(found, files.get(int(found[1]))), html)

    def _sized(self, found: "re.Match[str]", file: FileView | None) -> str:
        if file is None or not file.is_picture:
            alt = re.search(r' alt="([^"]*)"', found[3])
            return self._broken(
                "no-picture" if file else "missing",
                f"/files/{found[1]}/{unquote(found[2])}",
                unescape(alt[1]) if alt else "",
            )
        attributes = f'src="{escape(fixed_file_url(file))}"{found[3]}'
        if srcset := file_srcset(file):
            attributes += f' srcset="{escape(srcset)}" sizes="{_SIZES}"'
        if file.width and " width=" not in found[3] and " height=" not in found[3]:
            attributes += f' width="{file.width}" height="{file.height}"'
        return f"<img {attributes}>"

    def _marked(self, html: str, page_id: int | None) -> str:
        marked = picture_slots(html)
        if not marked:
            return html
        names = {place.name for *_, place in marked if place.name}
        files = find_files_by_name(self.viewer, names, page_id) if names else {}
        pieces: list[str] = []
        done = 0
        for begin, end, place in marked:
            pieces += html[done:begin], self._filled(place, files)
            done = end
        return "".join((*pieces, html[done:]))

    def _filled(self, place: PictureSlot, files: Mapping[str, FileView]) -> str:
        address = place.address
        if self._own_address and address.startswith(f"{self._own_address}/files/"):
            own = address.removeprefix(self._own_address)
            if is_own(own):
                return f'<img src="{escape(own)}"{place.attributes}>'
        if place.name:
            file = files.get(place.name)
            if file is not None and file.is_picture:
                return f'<img src="/files/{file.id}/{escape(file.name)}"{place.attributes}>'
            return self._broken("no-picture" if file else "missing", address, place.alt)
        if self._hosts.allow(address):
            return img(address, place.attributes)
        if origin := origin_of(address):
            return self._away(place, origin.host)
        if place.scheme == "sending":  # the editor's word for what is on its way
            return self._show("sending", picture=Unshown("sending", address, place.alt))
        reason = {"data": "data", "": "missing"}.get(place.scheme, "address")
        return self._broken(reason, address, place.alt)

    def _away(self, place: PictureSlot, host: str) -> str:
        unshown = Unshown("away", place.address, place.alt, host)
        self.unshown.append(unshown)
        return self._show(
            "away", picture=unshown, is_linked=place.is_linked, keep_url=self._keep_url
        )

    def _broken(self, reason: str, address: str, alt: str) -> str:
        unshown = Unshown(reason, abbreviated(readable(address)), alt)
        self.unshown.append(unshown)
        return self._show("broken", picture=unshown)


def readable(address: str) -> str:
    """`address` with its letters as they are, for people."""
    return without_invisible(unquote(address))


def abbreviated(address: str) -> str:
    """`address` as it is told to people: its beginning and its end."""
    if len(address) <= SHOWN:
        return address
    tail = SHOWN // 3
    return f"{address[: SHOWN - tail]}…{address[-tail:]}"
