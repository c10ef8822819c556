"""Reads the hub in one file, as its script does."""

import base64
import gzip
import json
import re
from typing import Any

_ELEMENT = re.compile(r'<script type="text/plain"([^>]*)>([^<]*)</script>')


class OpenedFile:
    """`pages` by path, with what is packed of each; `facts`, `words` and `pictures` by id."""

    def __init__(self, html: str) -> None:
        self.html = html
        blocks = dict[str, Any]()
        self.pictures = dict[int, str]()
        for names, text in _ELEMENT.findall(html):
            if block := re.search(r'data-block="([^"]+)"', names):
                blocks[block[1]] = json.loads(gzip.decompress(base64.b64decode(text)))
            elif picture := re.search(r'data-file="(\d+)"', names):
                self.pictures[int(picture[1])] = text
        facts = re.search(r'id="nx-facts">([^<]*)<', html)
        assert facts is not None
        self.facts = json.loads(facts[1])
        self.words = dict(
            zip(*(blocks["words"][name].split("\n") for name in ("words", "places")), strict=True)
        )
        self.pages: dict[str, Any] = {
            path: {"id": id_, "title": title, "summary": summary, **blocks[f"pages-{block}"][place]}
            for id_, path, title, summary, block, place, _tags in blocks["pages"]
        }
        self.unpacked = json.dumps([*self.pages.items(), *self.words], ensure_ascii=False)

    def changes(self, *pages: dict[str, Any], **more: Any) -> str:
        """A file of changes that was saved in it."""
        hub = {name: self.facts[name] for name in ("name", "address", "mark")}
        whole = {"format": "nexus-changes", "version": 1, "hub": hub, "pages": list(pages)}
        return json.dumps({**whole, **more})

    def changed(self, path: str, **changes: Any) -> dict[str, Any]:
        """A page of it, as somebody left it."""
        page = self.pages[path]
        begun = {"id": page["id"], "base": page["number"], "hash": page["hash"], "path": path}
        kept = {name: page[name] for name in ("title", "tags", "text")}
        return {**begun, **kept, "summary": "", **changes}
