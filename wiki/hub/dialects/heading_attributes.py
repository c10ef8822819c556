"""Ids and classes that other programs write after a heading: `## Setup {#setup}`.

The wiki would show them as text. Links to these ids are redirected to the heading’s own id.
"""

import re

from wiki.markup.code_fences import with_code_flags

_HEADING = re.compile(r" {0,3}#{1,6}[ \t]")
_ATTRIBUTES = re.compile(r":?[ \t]*(?:[#.][\w-]|[\w-]+=)[^{}]*")
_ID = re.compile(r"""(?:(?:^|\s)#|\bid=["']?)([\w.:+-]+)""")


def strip_heading_attributes(text: str) -> tuple[str, dict[int, str]]:
    """`text` without attributes of headings, and the ids among them by line number, from 0.

    Fenced code is left alone.
    """
    if "{" not in text:
        return text, {}
    lines = text.split("\n")
    ids: dict[int, str] = {}
    for number, (is_code, line) in enumerate(with_code_flags(tuple(lines))):
        mark = None if is_code else _HEADING.match(line)
        if not mark:
            continue
        heading, inside = split_attributes(line[mark.end() :].rstrip(" \t").rstrip("#"))
        if _ATTRIBUTES.fullmatch(inside):
            lines[number] = mark[0] + heading
            if own := _ID.search(inside):
                ids[number] = own[1]
    return "\n".join(lines), ids


def split_attributes(heading: str) -> tuple[str, str]:
    """`heading` without the braces at its end, and their content; empty if there are none.

    String methods, since a regular expression with blanks on both sides takes quadratic time.
    """
    trimmed = heading.rstrip(" \t")
    before, brace, inside = trimmed.rpartition("{")
    if not brace or not inside.endswith("}") or "}" in inside[:-1]:
        return heading, ""
    return before.rstrip(" \t"), inside[:-1]
