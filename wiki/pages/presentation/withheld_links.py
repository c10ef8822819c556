"""Shows links that are held back as their text, with a note."""

import re
from collections.abc import Collection
from html import escape, unescape

from wiki.pages.writing.withheld_links import ALL, hash_of_address, is_own_address

_LINK = re.compile(r"<a((?:\s+[a-zA-Z-]+(?:=\"[^\"]*\")?)*)\s*>(.*?)</a>", re.DOTALL)
_ADDRESS = re.compile(r'\shref="((?:https?:)?//[^"]*)"', re.IGNORECASE)
_FOREIGN = re.compile(r"(?:https?:)?//", re.IGNORECASE)


def is_withheld(address: str, held: Collection[str]) -> bool:
    """Whether a link to `address` leads nowhere, where the hashes of `held` are held back."""
    return hash_of_address(address) in held or (
        ALL in held and bool(_FOREIGN.match(address)) and not is_own_address(address)
    )


def withhold_links(html: str, held: Collection[str], *, note: str) -> str:
    """Filled `html` without the links to addresses whose hashes are `held`, each with a `note`.

    `ALL` among them means every address of another site.
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
