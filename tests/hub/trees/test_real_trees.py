"""Real documentation and vaults, if paths to them are given.

`NEXUS_TEST_TREES=/path/to/docs:/path/to/vault` brings each in and follows every link.
"""

import os
import re
from collections import Counter
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest

from wiki.database import db
from wiki.git.import_command import import_command
from wiki.hub.trees.archive_reader import open_tree
from wiki.hub.trees.layout import TreeLayout
from wiki.markup.inlines.embeds import PICTURE
from wiki.pages.models import Page

TREES = [Path(path) for path in os.environ.get("NEXUS_TEST_TREES", "").split(os.pathsep) if path]
_FENCE = re.compile(r"^ *(```|~~~).*?^ *\1|`[^`\n]*`", re.DOTALL | re.MULTILINE)
_SHOWN = re.compile(r"!\[[^\]]*\]\(<?([^)>\s]+)|<img[^>]*?\ssrc=[\"']([^\"']+)|!\[\[([^\]|#]+)")
_LINK = re.compile(r'<a class="wikilink( missing)?" href="([^"]*)"')
_IMAGE = re.compile(r'<img src="(/files/[0-9]+/[^"?]*)')


@pytest.mark.slow
@pytest.mark.skipif(not TREES, reason="needs NEXUS_TEST_TREES")
@pytest.mark.parametrize("root", TREES, ids=lambda path: path.name)
def test_no_link_that_was_whole_is_broken_and_no_picture_lost(app, client, root):
    answer = app.test_cli_runner().invoke(import_command, [str(root)])
    refused = {line.partition(":")[0] for line in answer.output.splitlines() if ": " in line}
    with app.app_context():
        paths = list(db.session.scalars(db.select(Page.path)))
    pages = {path: client.get(f"/wiki/{path}").text for path in paths}
    with open_tree(root) as tree:
        names = [found.name for found in tree.files() if not found.reason]
        layout = TreeLayout(tree, names)
        broken = _broken(pages, layout)
        lost = _lost(pages, layout, names, refused)
    assert not broken
    assert not lost
    for address in {found for page in pages.values() for found in _IMAGE.findall(page)}:
        assert client.get(unescape(address), buffered=True).status_code == 200


def _broken(pages, layout):
    """Links to unwritten pages, although the tree has a file of that name."""
    return {
        (path, target)
        for path, page in pages.items()
        for is_missing, target in _LINK.findall(page)
        if is_missing and (file := layout.named("x.md", _wanted(target))) and file.endswith(".md")
    }


def _wanted(offer):
    """The target of a link that offers to write it."""
    fields = re.split(r"[?&]", unescape(offer))
    named = dict(field.partition("=")[::2] for field in fields if "=" in field)
    return unquote(named.get("path") or named.get("title") or "").removesuffix(".md")


def _lost(pages, layout, names, refused):
    """Pictures that a file shows and its page doesn't."""
    lost = Counter()
    for name in filter(lambda name: name.endswith(".md"), names):
        page = layout.page(name)
        if page is None:
            continue
        path = layout.target_of(name)
        text = _FENCE.sub("", page.source.text)
        wanted = Counter()
        for markdown, tag, embed in _SHOWN.findall(text):
            address = markdown or tag
            file = layout.named(name, embed) if embed else None
            if address and "//" not in address:
                file = layout.linked(name, address)
            if file and PICTURE.search(file) and file not in refused:
                wanted[file] += 1
        shown = len(_IMAGE.findall(pages.get(path, "")))
        if shown < sum(wanted.values()):
            lost[path] = sum(wanted.values()) - shown
    return lost
