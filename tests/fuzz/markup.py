"""`wiki.markup.render`: an answer to every text, within its limits, safe and stable."""

import json

from tests.markup.html_allowlist import assert_safe
from tests.markup.pieces import LINES, RUNS
from tests.optional_resources import ROOT, SHARED
from wiki.markup import render
from wiki.markup.model import NestedTooDeep
from wiki.markup.pipeline import render_unbounded
from wiki.markup.workers import complexity

WORDS = (
    *RUNS,
    *(f"{line}\n" for line in LINES),
    *("[[a|b]]", "![[a#b|300]]", "](", "<svg>", "<math>", "<mi>", "<style>", "<title>", "<xmp>"),
    *("<noscript>", "<select>", "<template>", "<img src=x alt=", " onerror=", "javascript:"),
    *("&#13;", "&quot;", "&NewLine;", "\n```mermaid\n", "\n```pages\n", "\n```math\n", "$\\text{"),
    *("\n??? note ", "\n*[a]: ", "[^1]\n\n[^1]: ", "- [x] ", ":rocket:", ' id="', " class='"),
)


def seeds() -> list[bytes]:
    """Our own starter pages and, if available, payloads that others collected."""
    pages = [path.read_bytes() for path in (ROOT / "wiki/hub/starter").rglob("*.md")]
    attacks = SHARED / "testdata/xss.jsonl"
    if not attacks.exists():
        return pages
    lines = attacks.read_text(encoding="utf-8").strip().split("\n")
    return [*pages, *(json.loads(line)["payload"].encode("utf-8", "replace") for line in lines)]


def check(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    if complexity.is_plain(text):
        try:  # `render` would show the source instead of what is raised
            html = render_unbounded(text, "a/b").html
        except (NestedTooDeep, RecursionError):
            html = render(text, path="a/b").html
    else:
        html = render(text, path="a/b").html
    assert_safe(html)
