"""The first sanitizer: bleach with a tight allow-list, then `Postprocessor`.

bleach parses the author's HTML as a browser does, and drops everything that is not listed.
`Postprocessor` sees only what passed, so it may add HTML of the wiki itself; nothing that an author
wrote is added after it.
"""

import threading
from html import unescape

from bleach.sanitizer import BleachSanitizerFilter, Cleaner

from wiki.markup import links
from wiki.markup.model import InternalLink
from wiki.markup.sanitizer.allow_list import PROTOCOLS, TAGS, is_author_attribute
from wiki.markup.sanitizer.postprocess import Postprocessor
from wiki.markup.sanitizer.unsafe_tree import UnsafeTree, with_foster_parenting
from wiki.markup.sentinels import TRUSTED_MARK

_ONLY_TRUSTED = frozenset({"class", "id", "type", "checked", "aria-label", "open", "data-picture"})


def is_allowed(tag: str, name: str, value: str) -> bool:
    """bleach's callback for each attribute; `value` still contains character references."""
    if value.startswith(TRUSTED_MARK):
        if name == "tabindex":
            return tag == "abbr" and value == f"{TRUSTED_MARK}0"
        return name in _ONLY_TRUSTED or (tag == "a" and name == "href")
    if name == "href":
        return tag == "a" and links.is_safe_address(unescape(value))
    if name == "src":
        # `Postprocessor` shows the wiki's own files, and makes slots of all others.
        return tag == "img"
    return is_author_attribute(tag, name, value)


class _Cleaner(Cleaner):
    """bleach's cleaner, for a page that is a tree, not a string."""

    def __init__(self) -> None:
        super().__init__(
            tags=TAGS, attributes=is_allowed, protocols=PROTOCOLS, strip=True, strip_comments=True
        )
        # Inside single quotes, which are otherwise used for values with double ones, bleach escapes
        # character references twice.
        self.serializer.use_best_quote_char = False
        tree = self.parser.tree
        tree.elementClass = with_foster_parenting(tree.elementClass)

    def finish(self, unsafe: UnsafeTree, page: Postprocessor) -> str:
        """Safe HTML of `unsafe`, postprocessed by `page`."""
        allowed = BleachSanitizerFilter(
            source=unsafe.tokens(self.parser.parseFragment),  # type: ignore[arg-type]
            allowed_tags=self.tags,
            attributes=self.attributes,
            allowed_protocols=self.protocols,
            strip_disallowed_tags=self.strip,
            strip_html_comments=self.strip_comments,
        )
        return self.serializer.render(page.finish(allowed))


class _ThreadCleaner(threading.local):
    def __init__(self) -> None:
        self.cleaner = _Cleaner()


_per_thread = _ThreadCleaner()


def sanitize(
    unsafe: UnsafeTree, path: str = "", heading_ids: frozenset[str] = frozenset()
) -> tuple[str, list[InternalLink]]:
    """Sanitize a page; returns safe HTML and its internal links, in order and each once.

    `path` is the page's own; `heading_ids` are the ids that links within the page may refer to.
    """
    page = Postprocessor(path, heading_ids)
    html = _per_thread.cleaner.finish(unsafe, page).strip()
    return page.retarget_user_ids(html), list(page.links)
