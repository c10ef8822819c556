"""Ids and classes that other programs write after a heading: `## Setup {#setup}`.

They would be shown as text here. Links to them lead to the heading's own id.
"""

import re

from wiki.markup.code_fences import with_code_flags

_BEHIND = re.compile(
    r"(?P<heading> {0,3}#{1,6}[ \t].*?)[ \t]*\{:?[ \t]*(?P<inside>(?:[#.][\w-]|[\w-]+=)[^{}]*)\}"
    r"[ \t]*#*[ \t]*$"
)
_ID = re.compile(r"""(?:(?:^|\s)#|\bid=["']?)([\w.:+-]+)""")


def without_heading_attributes(text: str) -> tuple[str, dict[int, str]]:
    """`text` without the attributes of its headings, and the ids from them by line,
    from 0. Fenced code is left alone."""
    if "{" not in text:
        return text, {}
    lines = text.split("\n")
    ids: dict[int, str] = {}
    for number, (is_code, line) in enumerate(with_code_flags(tuple(lines))):
        if not is_code and (found := _BEHIND.match(line)):
            lines[number] = found["heading"]
            if own := _ID.search(found["inside"]):
                ids[number] = own[1]
    return "\n".join(lines), ids
