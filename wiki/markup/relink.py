"""Rewrites the links of a source text after pages were moved; all else stays as written."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping

from wiki.markup.inlines.embeds import PICTURE
from wiki.markup.inlines.wikilinks import WIKILINK
from wiki.markup.links import DestinationKind, destination_of, normalized_target, written_path
from wiki.markup.source_links import SourceLink, links_in
from wiki.naming import path_key

_FRAGMENT = re.compile(r"(?<!&)#.*", re.DOTALL)  # not the `#` of a character reference


def relink(
    text: str,
    path: str,
    moved: Mapping[str, str],
    *,
    from_path: str | None = None,
    kept: Collection[str | None] = (),
    find_links: Callable[[str], Iterable[SourceLink]] = links_in,
) -> str:
    """`text` of the page at `path`, with links to moved pages changed to their new paths.

    `moved` maps the key of an old path or title to the new path. `from_path` is the former path of
    this page; relative links are changed so that they keep their targets. Addresses in `kept` and
    code are left alone. Raises whatever `find_links` raises.
    """
    origin = path if from_path is None else from_path
    is_moving = origin != path
    if not moved and not is_moving:
        return text

    def new_target(target: str) -> str | None:
        return moved.get(path_key(target))

    pieces: list[str] = []
    done = 0
    for link in find_links(text):
        if link.address in kept:
            continue
        written = text[link.begin : link.end]
        if link.address is None:
            made = _wikilink(written, new_target, bar="\\|" if link.is_in_table else "|")
        else:
            made = _address(written, link.address, origin, new_target, is_moving)
        pieces += text[done : link.begin], made
        done = link.end
    return "".join((*pieces, text[done:]))


def _wikilink(written: str, new_target: Callable[[str], str | None], bar: str) -> str:
    found = WIKILINK.search(written)
    if found is None:
        return written
    target = found[1].removesuffix("\\")
    path = new_target(normalized_target(target))
    # `![[…]]` with the name of a picture embeds a file, not a page.
    is_embed = written.startswith("!")
    if path is None or (is_embed and any(map(PICTURE.search, (normalized_target(target), path)))):
        return written
    # A link by title keeps its text; a link by path shows the new path.
    is_path = "/" in target or target == target.lower()
    label = "" if found[3] is not None or is_path else f"{bar}{target.strip()}"
    begin = found.start(1)
    return f"{written[:begin]}{path}{written[begin + len(target) : -2]}{label}]]"


def _address(
    written: str,
    address: str,
    origin: str,
    new_target: Callable[[str], str | None],
    is_moving: bool,
) -> str:
    found = destination_of(address, origin)
    if found.kind is not DestinationKind.PAGE:
        return written
    path = new_target(found.target)
    if path is None:
        if not is_moving or address.startswith("/"):
            return written
        path = found.target
    is_bracketed = written.startswith("<")
    fragment = _FRAGMENT.search(written[1:-1] if is_bracketed else written)
    made = f"/wiki/{written_path(path)}{fragment[0] if fragment else ''}"
    return f"<{made}>" if is_bracketed else made
