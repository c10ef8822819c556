"""`[^1]` and its note at the end of the page."""

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from wiki.markup.sentinels import OURS
from wiki.markup.tree_builder import Syntax, TreeBuilder

BACK_LABEL = "Back to the text"


def _install(parser: MarkdownIt) -> None:
    """As on GitHub: no inline notes."""
    parser.use(footnote_plugin, inline=False)


# A colon never stands in a heading's id, so these can't meet one.
def _note_id(token: Token) -> str:
    return f"fn:{token.meta['id'] + 1}"


def _reference_id(token: Token) -> str:
    repeat = token.meta.get("subId", 0)
    return f"fnref:{token.meta['id'] + 1}" + (f":{repeat + 1}" if repeat else "")


def _reference(builder: TreeBuilder, token: Token) -> None:
    builder.open("sup", ours="footnote-ref")
    builder.open("a", {"href": f"#{_note_id(token)}", "id": OURS + _reference_id(token)})
    builder.text(str(token.meta["id"] + 1))
    builder.close()
    builder.close()


def _block_open(builder: TreeBuilder, token: Token) -> None:
    builder.open("section", ours="footnotes")
    builder.open("ol")
    builder.text("\n")


def _block_close(builder: TreeBuilder, token: Token) -> None:
    builder.close()
    builder.close()


def _note_open(builder: TreeBuilder, token: Token) -> None:
    builder.open("li", {"id": OURS + _note_id(token)})


def _note_close(builder: TreeBuilder, token: Token) -> None:
    builder.close()
    builder.text("\n")


def _anchor(builder: TreeBuilder, token: Token) -> None:
    repeat = token.meta.get("subId", 0)
    number = str(repeat + 1) if repeat else ""  # a note with several places to go back to
    builder.text(" ")
    label = f"{OURS}{BACK_LABEL} {number}".rstrip()
    builder.open(
        "a", {"href": f"#{_reference_id(token)}", "aria-label": label}, ours="footnote-back"
    )
    builder.text("\u21a9\ufe0e")  # with the selector that keeps it from becoming an emoji
    if number:
        builder.open("sup")
        builder.text(number)
        builder.close()
    builder.close()


SYNTAX = Syntax(
    _install,
    {
        "footnote_ref": _reference,
        "footnote_block_open": _block_open,
        "footnote_block_close": _block_close,
        "footnote_open": _note_open,
        "footnote_close": _note_close,
        "footnote_anchor": _anchor,
    },
)
