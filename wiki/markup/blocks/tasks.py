"""Task lists: `- [ ]` and `- [x]` items."""

import re
from html import unescape

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from wiki.markup.sentinels import TRUSTED_MARK
from wiki.markup.slots import TaskBox, split
from wiki.markup.tree_builder import Syntax, TreeBuilder

DONE_LABEL = "Done"
OPEN_LABEL = "Not done"

NAME_LIMIT = 200  # characters of a task in the accessible name of its checkbox

_TAG = re.compile(r'<(?:[^"<>]|"[^"]*")*>')
_BLOCK = re.compile(r"</?(?:blockquote|div|dl|h[1-6]|hr|li|ol|p|pre|table|ul)\b")
_ITEM = r"(?:[-+*]|[0-9]{1,9}[.)])"
# What may precede a checkbox: quotes, notes, definitions and list items, the last an item.
_MARKER = re.compile(rf"^((?:[\s>]|(?:{_ITEM}|:|\[\^[^\]\s]+\]:)(?=\s))*{_ITEM}\s+)\[([ xX])\]")


def with_task_toggled(text: str, line: int) -> str | None:
    """`text` with the checkbox in source line `line` (from 0) toggled; `None` if it has none."""
    lines = text.split("\n")
    if not 0 <= line < len(lines):
        return None
    lines[line], count = _MARKER.subn(
        lambda found: f"{found[1]}[{'x' if found[2] == ' ' else ' '}]", lines[line]
    )
    return "\n".join(lines) if count else None


def task_names(slotted: str) -> list[str]:
    """The text of each task in stored HTML, in order, without nested tasks."""
    names: list[str] = []
    written: list[str] | None = None
    for part in [*split(slotted), TaskBox(False, "")]:
        if isinstance(part, TaskBox):
            if written is not None:
                text = unescape(_TAG.sub("", _BLOCK.split("".join(written), maxsplit=1)[0]))
                names.append(" ".join(text.split())[:NAME_LIMIT])
            written = []
        elif written is not None:
            written.append(part if isinstance(part, str) else part.html)
    return names


def _install(parser: MarkdownIt) -> None:
    """Switch on the parser's option for tasks; each checkbox goes into the item's first line."""
    parser.options["tasklists"] = True
    parser.core.ruler.after("inline", "task_box", _place_boxes)


def _place_boxes(state: StateCore) -> None:
    tokens: list[Token] = []
    lists: list[Token] = []
    task: Token | None = None  # the item for which the text has not come yet
    place = 0  # the index of its first child token
    for token in state.tokens:
        if task is not None and token.type in {"list_item_open", "list_item_close"}:
            tokens.insert(place, _marker(task))
            task = None
        tokens.append(token)
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            lists.append(token)
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            lists.pop()
        elif token.type == "list_item_open" and "checked" in token.meta:
            task, place = token, len(tokens)
        elif token.type == "inline" and token.content and task and token.children is not None:
            token.children.insert(0, Token("task_box", "input", 0, meta=task.meta, map=task.map))
            lists[-1].meta["tasks"] = True
            task = None
    state.tokens = tokens


def _marker(item: Token) -> Token:
    """The literal `[ ]` of an item without text, which is not a task, as on GitHub."""
    marker = "[x]" if item.meta.pop("checked") else "[ ]"
    text = Token("text", "", 0, content=marker)
    return Token("inline", "", 0, map=item.map, content=marker, children=[text])


def _item_open(builder: TreeBuilder, token: Token) -> None:
    builder.open("li", token.attrs, ours="task" if "checked" in token.meta else "")


def _list_open(builder: TreeBuilder, token: Token) -> None:
    attrs = {name: value for name, value in token.attrs.items() if name != "class"}
    builder.open(token.tag, attrs, ours="tasks" if "tasks" in token.meta else "")
    builder.text("\n")


def _box(builder: TreeBuilder, token: Token) -> None:
    is_done = token.meta["checked"]
    attrs = {
        "type": f"{TRUSTED_MARK}checkbox",
        "aria-label": TRUSTED_MARK + (DONE_LABEL if is_done else OPEN_LABEL),
    }
    if is_done:
        attrs["checked"] = f"{TRUSTED_MARK}checked"
    builder.void("input", attrs)
    builder.text(" ")
    builder.task_lines.append(token.map[0] if token.map else -1)


SYNTAX = Syntax(
    _install,
    {
        "bullet_list_open": _list_open,
        "ordered_list_open": _list_open,
        "list_item_open": _item_open,
        "task_box": _box,
    },
)
