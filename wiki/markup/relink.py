"""Rewriting the links of a source text after pages moved; everything else stays as written."""

import re
from collections.abc import Callable, Mapping

from wiki.markup.links import Kind, destination_of, normal_target
from wiki.markup.names import key_of
from wiki.markup.wikilinks import WIKILINK

# A code span is looked for in the next 2,000 characters: that keeps the scan linear.
_PARTS = re.compile(
    r"""
    (?P<fenced>^[ \t>]*(?P<fence>`{3,}|~{3,})[^\n]*\n(?s:.*?)(?:^[ \t>]*(?P=fence)[`~]*[ \t]*$|\Z))
    | (?P<span>(?<!`)(?P<ticks>`+)(?!`)(?s:.{1,2000}?)(?<!`)(?P=ticks)(?!`))
    | (?P<wiki>!?\[\[[^\[\]\n]{1,500}\]\])
    | (?P<inline>\]\()(?P<target><[^<>\n]*>|[^\s()<]+)
    | (?P<reference>^[ ]{0,3}\[[^\]\n]{1,500}\]:[ \t]*)(?P<defined>\S+)
    """,
    re.VERBOSE | re.MULTILINE,
)


def relink(text: str, path: str, moved: Mapping[str, str], *, from_path: str | None = None) -> str:
    """`text` of the page at `path` with each link to a page of `moved` leading to its new path.

    `moved` gives the new path for the key of an old path or title. With `from_path`, the place
    where this page stood before, relative links keep leading to what they led to there.
    Code is left alone. Pure; never raises.
    """
    origin = path if from_path is None else from_path
    is_moving = from_path is not None and from_path != path

    def new_target(target: str) -> str | None:
        return moved.get(key_of(target))

    def rewrite(part: re.Match[str]) -> str:
        if part["wiki"]:
            return _wikilink(part["wiki"], new_target)
        for before, address in (("inline", "target"), ("reference", "defined")):
            if part[address]:
                return part[before] + _address(part[address], origin, new_target, is_moving)
        return part[0]

    return _PARTS.sub(rewrite, text)


def _wikilink(written: str, new_target: Callable[[str], str | None]) -> str:
    found = WIKILINK.search(written)
    if found is None:
        return written
    target = (found[1] or "").removesuffix("\\")
    path = new_target(normal_target(target))
    if path is None:
        return written
    # A link by title keeps its words; a link by path shows the new one.
    is_path = "/" in target or target == target.lower()
    label = "" if found[3] is not None or is_path else f"|{target.strip()}"
    rest = written[found.end(1) :] if found[1] else written[2:]
    return f"{written[: found.start(1)]}{path}{rest[:-2]}{label}]]"


def _address(
    written: str, origin: str, new_target: Callable[[str], str | None], is_moving: bool
) -> str:
    is_bracketed = written.startswith("<")
    address = written[1:-1] if is_bracketed else written
    found = destination_of(address, origin)
    if found.kind is not Kind.PAGE:
        return written
    path = new_target(found.target)
    if path is None:
        if not is_moving or address.startswith("/"):
            return written
        path = found.target
    fragment = address[address.index("#") :] if "#" in address else ""
    spaced = path if is_bracketed else path.replace(" ", "%20")
    made = f"/wiki/{spaced}{fragment}"
    return f"<{made}>" if is_bracketed else made
