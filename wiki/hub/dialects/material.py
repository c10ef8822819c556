"""Extensions of Markdown that MkDocs sites usually have. Content tabs become labels followed by
their texts; attributes of links and pictures, which the wiki doesn’t have, are removed.

Source: Python-Markdown, "Attribute Lists"; PyMdown Extensions, "Tabbed".
"""

import re
from textwrap import dedent, indent

from wiki.markup.code_fences import replace_outside_code, with_code_flags
from wiki.markup.inlines.code_spans import replace_outside_spans

_TAB = re.compile(r'(?P<margin> *)===[!+]? +"(?P<label>[^"\n]+)" *$')
_MAY_HAVE_TAB = re.compile(r'^ *===[!+]? +"', re.MULTILINE)
_ATTRIBUTE = r"(?:[.#][\w-]+|[\w-]+=(?:\"[^\"\n]*\"|'[^'\n]*'|[\w%.-]+))"
_ATTRIBUTES = re.compile(rf"(?<=[)\]])\{{:? *{_ATTRIBUTE}(?: +{_ATTRIBUTE})* *\}}")
TAB_NESTING_LIMIT = 20  # tabs within tabs


def convert_material(text: str) -> str:
    """`text` without tabs and attributes. Code is left alone."""
    if _MAY_HAVE_TAB.search(text):
        text = _without_tabs(text)
    if "){" in text or "]{" in text:
        text = replace_outside_code(
            text, lambda part: replace_outside_spans(_ATTRIBUTES, lambda _: "", part)
        )
    return text


def _without_tabs(text: str, levels: int = TAB_NESTING_LIMIT) -> str:
    lines = list(with_code_flags(text.splitlines(keepends=True)))
    made, at = list[str](), 0
    while at < len(lines):
        is_code, line = lines[at]
        at += 1
        tab = None if is_code else _TAB.match(line)
        if tab is None:
            made.append(line)
            continue
        margin, begin = tab["margin"], at
        while at < len(lines) and _is_inside(lines[at][1], margin):
            at += 1
        inside = dedent("".join(line for _, line in lines[begin:at]))
        inside = (_without_tabs(inside, levels - 1) if levels > 1 else inside).strip("\n")
        made.append(indent(f"**{tab['label']}**\n\n{inside}\n\n", margin))
    return "".join(made)


def _is_inside(line: str, margin: str) -> bool:
    return not line.strip() or line.startswith(f"{margin}    ")
