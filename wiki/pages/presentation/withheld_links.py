"""Shows withheld links as plain text with a note."""

import re
from collections.abc import Collection
from html import escape, unescape

from wiki.pages.writing.withheld_links import ALL, hash_of_address, is_own_address

_LINK = re.compile(r"<a((?:\s+[a-zA-Z-]+(?:=\"[^\"]*\")?)*)\s*>(.*?)</a>", re.DOTALL)
_ADDRESS = re.compile(r'\shref="((?:https?:)?//[^"]*)"', re.IGNORECASE)
_FOREIGN = re.compile(r"(?:https?:)?//", re.IGNORECASE)


def is_withheld(address: str, held: Collection[str]) -> bool:
    """Whether a link to `address` is withheld; `held` contains the hashes of withheld addresses."""
    return hash_of_address(address) in held or (
        ALL in held and bool(_FOREIGN.match(address)) and not is_own_address(address)
    )


def withhold_links(html: str, held: Collection[str], *, note: str) -> str:
    """`html` with links to withheld addresses replaced by their text and a `note`.

    `held` contains the hashes of withheld addresses; `ALL` in it withholds all links to other
    sites.
    """
    shown_note = f' <small class="held-note">({escape(note)})</small>'

    def replaced(link: re.Match[str]) -> str:
        found = _ADDRESS.search(link[1])
        if found is None:
            return link[0]
        address = unescape(found[1])
        return (
            f'<span class="held-link">{link[2]}</span>{shown_note}'
            if is_withheld(address, held)
            else link[0]
        )

    return _LINK.sub(replaced, html)
