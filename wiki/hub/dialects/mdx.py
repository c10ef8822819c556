"""MDX, as in Docusaurus: Markdown mixed with a program's statements and components.

What only the program needs is removed. A component is replaced by its content, below its label if
it has one; an empty component is shown as code, since what it would show is not in the file.
Source: the MDX specification, version 2, "ESM", "expressions" and "JSX".
"""

import re
from collections.abc import Iterator, Sequence

from wiki.markup.code_fences import replace_outside_code, with_code_flags

MDX_SUFFIX = ".mdx"
COMPONENT_NESTING_LIMIT = 20  # components within components
TAG_LINES_LIMIT = 50  # lines

_STATEMENT = re.compile(r"(?:import|export)[ {*]")  # to the next empty line
# No sentence looks like this: a plain Markdown file with such a line is MDX, too.
_IMPORT = re.compile(
    r"""^import[ ]+(?:[\w$*{},\s]{1,500}?[ ]+from[ ]+)?(["'])[^"'\n]+\1[ ]*;?[ ]*$""", re.MULTILINE
)
# With its line, if there is nothing else on it.
_COMMENT = re.compile(r"^[ \t]*\{/\*.*?\*/\}[ \t]*\n|\{/\*.*?\*/\}", re.DOTALL | re.MULTILINE)
_TAG = re.compile(r"[ \t]*<(/?)([A-Z][\w.]*)(?=[\s/>]|$)")
_ATTRIBUTE = re.compile(r"""\s(\w+)=(?:\{\s*)?(?P<quote>["'`])([^\n]+?)(?P=quote)""")
_LABELS = ("label", "title", "summary", "header", "value")


def markdown_of_mdx(text: str, *, is_mdx: bool) -> str:
    """`text` without imports, exports and comments of MDX, and with the contents of its components.

    A text not known to be MDX is treated as MDX if it imports something. Fenced code is
    left alone.
    """
    if not is_mdx and not _imports(text):
        return text
    return _without_components(replace_outside_code(text, _without_program))


def _imports(text: str) -> bool:
    if not _IMPORT.search(text):
        return False
    lines = with_code_flags(text.split("\n"))
    return _IMPORT.search("\n".join(line for is_code, line in lines if not is_code)) is not None


def _without_program(part: str) -> str:
    blocks = _COMMENT.sub("", part).split("\n\n")
    return "\n\n".join(block for block in blocks if not _STATEMENT.match(block.lstrip("\n")))


def _without_components(text: str) -> str:
    """Each component begins and ends with lines of its own, or takes one line."""
    made: list[str] = []
    opened: list[tuple[str, int]] = []  # names, and where their tags are in `made`
    lines = with_code_flags(text.split("\n"))
    for is_code, line in lines:
        found = None if is_code else _TAG.match(line)
        if found is None:
            made.append(line)
            continue
        tag = _whole_tag(line, lines)
        written, _, rest = tag.partition("\0")
        name, end = found[2], f"</{found[2]}>"
        if found[1]:
            place = next((place for each, place in reversed(opened) if each == name), None)
            if place is None or rest.strip():
                made.append(line)
                continue
            opened = [each for each in opened if each[1] < place]
            made[place:] = _shown(made[place], made[place + 1 :])
        elif rest.strip().endswith(end):
            made += _shown(written, [_margin(written) + rest.strip().removesuffix(end)])
        elif rest.strip() or not written.endswith(">"):
            made += (written + rest).split("\n")
        elif written.endswith("/>"):
            made.append(_margin(written) + f"`{' '.join(written.split()).replace('`', chr(39))}`")
        else:
            if len(opened) < COMPONENT_NESTING_LIMIT:
                opened.append((name, len(made)))
            made.append(written)
    return "\n".join(made)


def _whole_tag(line: str, following: Iterator[tuple[bool, str]]) -> str:
    """The tag at the beginning of `line`, which may continue on following lines; NUL, and the text
    after it."""
    written = line
    for _ in range(TAG_LINES_LIMIT):
        end = _end_of_tag(written)
        if end:
            return f"{written[:end]}\0{written[end:]}"
        more = next(following, None)
        if more is None:
            break
        written += f"\n{more[1]}"
    return written


def _end_of_tag(written: str) -> int:
    """The end of the tag that `written` begins with: a `>` outside strings and braces; or 0."""
    quote, depth = "", 0
    for place, character in enumerate(written):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'`":
            quote = character
        elif character in "{}":
            depth += 1 if character == "{" else -1
        elif character == ">" and depth <= 0:
            return place + 1
    return 0


def _shown(tag: str, inside: Sequence[str]) -> list[str]:
    """The content of a component, below its label, indented like its tag."""
    margin = _margin(tag)
    named = {name: value for name, _, value in _ATTRIBUTE.findall(tag)}
    label = next((named[name].strip() for name in _LABELS if name in named), "")
    title = ["", margin + f"**{label}**"] if label else []
    common = min((len(_margin(line)) for line in inside if line.strip()), default=0)
    moved = [(margin[:common] + line[common:]) if line.strip() else "" for line in inside]
    return [*title, "", *moved, ""]


def _margin(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
