"""`- [ ]` and `- [x]` items."""

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from wiki.markup.marks import OURS
from wiki.markup.tree import Handler, TreeBuilder

DONE_LABEL = "Done"
OPEN_LABEL = "Not done"


def install(parser: MarkdownIt) -> None:
    """Reading them is an option of the parser; the box goes into the item's first line."""
    parser.options["tasklists"] = True
    parser.core.ruler.after("inline", "task_box", _place_boxes)


def _place_boxes(state: StateCore) -> None:
    box: Token | None = None
    for token in state.tokens:
        if token.type == "list_item_open":
            box = None
            if "checked" in token.meta:
                box = Token("task_box", "input", 0, meta=token.meta)
        elif token.type == "inline" and box is not None and token.children is not None:
            token.children.insert(0, box)
            box = None


def _item_open(builder: TreeBuilder, token: Token) -> None:
    builder.open("li", ours="task" if "checked" in token.meta else "")


def _list_open(builder: TreeBuilder, token: Token) -> None:
    attrs = {name: value for name, value in token.attrs.items() if name != "class"}
    builder.open(token.tag, attrs, ours="tasks" if "class" in token.attrs else "")
    builder.text("\n")


def _box(builder: TreeBuilder, token: Token) -> None:
    is_done = token.meta["checked"]
    attrs = {
        "type": f"{OURS}checkbox",
        "aria-label": OURS + (DONE_LABEL if is_done else OPEN_LABEL),
    }
    if is_done:
        attrs["checked"] = f"{OURS}checked"
    builder.void("input", attrs)
    builder.text(" ")


HANDLERS: dict[str, Handler] = {
    "bullet_list_open": _list_open,
    "ordered_list_open": _list_open,
    "list_item_open": _item_open,
    "task_box": _box,
}
