"""Footnotes: `[^1]` with a definition anywhere on the page, and inline notes: `^[As here.]`.

Inline notes are as in Pandoc and Obsidian, https://pandoc.org/MANUAL.html#extension-inline_notes
"""

import re

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.helpers import parseLinkLabel
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.footnote.index import footnote_def

from wiki.markup.sentinels import TRUSTED_MARK
from wiki.markup.tree_builder import Syntax, TreeBuilder

BACK_LABEL = "Back to the text"


# `^[a-z ]+` and `^[\w ]` begin regular expressions, not notes.
_CHARACTER_CLASS = re.compile(r"\^|\\\w|\[:|\S-\S(?![^\W\d_])")
_QUANTIFIERS = frozenset("+*{$")
_WORD = re.compile(r"[^\W\d_]{3,}")
_REFERENCE = re.compile(r"\[\^([^\]\s]{1,999})\]")  # the same limit as for labels of links
_BEHIND_TEXT = re.compile(r"[^\W_][*_\"']*\Z|[.,;:!?)”’»][*_\"']*\Z")


def _install(parser: MarkdownIt) -> None:
    parser.use(footnote_plugin)
    # As on GitHub, a definition also ends a table and a lazily continued quote.
    parser.block.ruler.at(
        "footnote_def", footnote_def, {"alt": ["paragraph", "reference", "blockquote"]}
    )
    parser.core.ruler.before("inline", "footnotes_apart", _set_notes_apart)
    rules = parser.inline.ruler
    rules.at("footnote_ref", _refer)
    plugin_rule = next(rule.fn for rule in rules.__rules__ if rule.name == "footnote_inline")

    def unless_expression(state: StateInline, silent: bool) -> bool:
        if not state.src.startswith("^[", state.pos):
            return False
        end = parseLinkLabel(state, state.pos + 1)
        return end >= 0 and _is_note(state, end) and plugin_rule(state, silent)

    rules.at("footnote_inline", unless_expression)


def _is_note(state: StateInline, end: int) -> bool:
    """Whether `^[…]`, which ends with the bracket at `end`, is a note, not a regular expression.

    Several words are a note. A single word is one only after a word or a sentence, where no
    regular expression begins.
    """
    inside = state.src[state.pos + 2 : end].strip()
    if _CHARACTER_CLASS.match(inside) or state.src[end + 1 : end + 2] in _QUANTIFIERS:
        return False
    before = state.src[max(state.pos - 4, 0) : state.pos]
    is_sentence = any(map(str.isspace, inside)) or _BEHIND_TEXT.search(before) is not None
    return is_sentence and _WORD.search(inside) is not None


def _set_notes_apart(state: StateCore) -> None:
    """Move each note to the end of the page, also out of another note.

    As on GitHub, the first definition of a label counts, and labels are compared like those of
    links.
    """
    if "footnotes" not in state.env:
        return
    text: list[Token] = []
    notes: dict[str, list[Token]] = {}
    opened: list[list[Token]] = []
    for token in state.tokens:
        if token.type == "footnote_reference_open":
            token.meta = {"label": normalizeReference(token.meta["label"])}
            opened.append([])
            notes.setdefault(token.meta["label"], opened[-1])
        (opened[-1] if opened else text).append(token)
        if token.type == "footnote_reference_close":
            opened.pop()
    state.tokens = text + [token for note in notes.values() for token in note]
    state.env["footnotes"]["refs"] = {f":{label}": -1 for label in notes}


def _refer(state: StateInline, silent: bool) -> bool:
    notes = state.env.get("footnotes")
    found = _REFERENCE.match(state.src, state.pos, state.posMax) if notes else None
    if not notes or not found or (key := f":{normalizeReference(found[1])}") not in notes["refs"]:
        return False
    if not silent:
        if notes["refs"][key] < 0:
            notes["refs"][key] = len(notes["list"])
        number = notes["refs"][key]
        note = notes["list"].setdefault(number, {"label": key[1:], "count": 0})
        state.push("footnote_ref", "", 0).meta = {"id": number, "subId": note["count"]}
        note["count"] += 1
    state.pos = found.end()
    return True


# Ids of headings never contain a colon, so they cannot collide with these.
def _note_id(token: Token) -> str:
    return f"fn:{token.meta['id'] + 1}"


def _reference_id(token: Token) -> str:
    repeat = token.meta.get("subId", 0)
    return f"fnref:{token.meta['id'] + 1}" + (f":{repeat + 1}" if repeat else "")


def _reference(builder: TreeBuilder, token: Token) -> None:
    builder.open("sup", ours="footnote-ref")
    builder.open("a", {"href": f"#{_note_id(token)}", "id": TRUSTED_MARK + _reference_id(token)})
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
    builder.open("li", {"id": TRUSTED_MARK + _note_id(token)})


def _note_close(builder: TreeBuilder, token: Token) -> None:
    builder.close()
    builder.text("\n")


def _anchor(builder: TreeBuilder, token: Token) -> None:
    repeat = token.meta.get("subId", 0)
    number = str(repeat + 1) if repeat else ""  # for notes with several references
    builder.text(" ")
    label = f"{TRUSTED_MARK}{BACK_LABEL} {number}".rstrip()
    builder.open(
        "a", {"href": f"#{_reference_id(token)}", "aria-label": label}, ours="footnote-back"
    )
    builder.text("\u21a9\ufe0e")  # U+FE0E keeps it from being shown as an emoji
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
