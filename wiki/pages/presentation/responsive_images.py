"""Images of a page, in sizes that suit the reader’s browser.

The text says `/files/12/plan.png`. The URL of its current content, its dimensions and the available
sizes are filled in when the page is read, so that the layout doesn’t jump while the page loads and
a phone loads a small image. Other images are slots, too: settings decide from which hosts images
may come, and the existing files decide which one a name refers to.
"""

from html import escape
from typing import NamedTuple, Protocol
from urllib.parse import unquote

from wiki.files.queries import FileView
from wiki.files.urls import file_srcset, fixed_file_url
from wiki.markup.inlines.pictures import img, is_own
from wiki.markup.links import without_invisible
from wiki.markup.slots import FileImage, Parts, PictureSlot, Slot, split, with_slots
from wiki.outbound.host_patterns import HostPatterns, origin_of

ADDRESS_LENGTH = 60  # characters of a URL that are shown

# An image is at most as wide as the column of text.
_SIZES = "(min-width: 48rem) 43rem, 100vw"


class RenderFragment(Protocol):
    """Writes the HTML of a slot; `kind` names the template, other arguments are its variables."""

    def __call__(self, kind: str, **what: object) -> str: ...


class UnavailableImage(NamedTuple):
    """An image that isn’t shown.

    `reason` is `away` (with its `host`), `missing`, `no-picture`, `data` or `address`.
    """

    reason: str
    address: str
    alt: str = ""
    host: str = ""


class ImageFiller:
    """Fills in images; `show` renders the replacement of those that can’t be shown.

    `own_address` is the URL of the wiki, by which texts may refer to its files; `keep_url` is the
    URL of the page that makes copies of images from other sites, for readers who may do so.
    """

    def __init__(
        self,
        show: RenderFragment,
        hosts: HostPatterns,
        *,
        own_address: str = "",
        keep_url: str = "",
    ) -> None:
        self.unshown: list[UnavailableImage] = []
        self._show = show
        self._hosts = hosts
        self._own_address = own_address
        self._keep_url = keep_url

    def file_image(self, image: FileImage, file: FileView | None) -> str:
        """A file of the wiki as an image, in its available sizes."""
        if file is None or not file.is_picture:
            return self._broken(
                "no-picture" if file else "missing",
                f"/files/{image.file_id}/{unquote(image.name)}",
                image.alt,
            )
        attributes = f'src="{escape(fixed_file_url(file))}"{image.attributes}'
        if srcset := file_srcset(file):
            attributes += f' srcset="{escape(srcset)}" sizes="{_SIZES}"'
        if file.width and " width=" not in image.attributes and " height=" not in image.attributes:
            attributes += f' width="{file.width}" height="{file.height}"'
        return f"<img {attributes}>"

    def with_own_files(self, parts: Parts) -> Parts:
        """`parts`, with files of the wiki recognized that a text refers to by their full URL."""
        if not self._own_address:
            return parts
        known: list[str | Slot] = []
        for part in parts:
            if isinstance(part, PictureSlot) and (address := self._own_path(part.address)):
                known += split(with_slots(f'<img src="{escape(address)}"{part.attributes}>'))
            else:
                known.append(part)
        return known

    def _own_path(self, address: str) -> str:
        path = address.removeprefix(self._own_address)
        return path if path != address and is_own(path) else ""

    def picture(self, picture: PictureSlot, file: FileView | None) -> str:
        """An image from another site, or the `file` that its address names, if any."""
        address = picture.address
        if picture.file_name:
            if file is not None and file.is_picture:
                return self.file_image(FileImage(file.id, "", picture.attributes), file)
            return self._broken("no-picture" if file else "missing", address, picture.alt)
        if self._hosts.allow(address):
            return img(address, picture.attributes)
        if origin := origin_of(address):
            return self._away(picture, origin.host)
        if picture.scheme == "sending":  # the editor's placeholder for an upload in progress
            return self._show("sending", picture=UnavailableImage("sending", address, picture.alt))
        reason = {"data": "data", "": "missing"}.get(picture.scheme, "address")
        return self._broken(reason, address, picture.alt)

    def _away(self, place: PictureSlot, host: str) -> str:
        unshown = UnavailableImage("away", place.address, place.alt, host)
        self.unshown.append(unshown)
        return self._show(
            "away", picture=unshown, is_linked=place.is_linked, keep_url=self._keep_url
        )

    def _broken(self, reason: str, address: str, alt: str) -> str:
        unshown = UnavailableImage(reason, shortened_address(readable_address(address)), alt)
        self.unshown.append(unshown)
        return self._show("broken", picture=unshown)


def readable_address(address: str) -> str:
    """`address` decoded for reading."""
    return without_invisible(unquote(address))


def shortened_address(address: str) -> str:
    """The beginning and the end of `address`, decoded for reading."""
    if len(address) <= ADDRESS_LENGTH:
        return address
    tail = ADDRESS_LENGTH // 3
    return f"{address[: ADDRESS_LENGTH - tail]}…{address[-tail:]}"
