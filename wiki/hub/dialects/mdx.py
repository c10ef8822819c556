"""MDX, as used by Docusaurus: Markdown mixed with JavaScript statements and components.

Statements are removed. A component is replaced by its content, below its label if it has one; an
empty component is shown as code, since its output isn’t in the file. Source: the MDX
specification, version 2, "ESM", "expressions" and "JSX".
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wiki.markup.code_fences import replace_outside_code, with_code_flags
from wiki.markup.inlines.code_spans import replace_outside_spans

MDX_SUFFIX = ".mdx"
COMPONENT_NESTING_LIMIT = 20  # components within components
TAG_LINES_LIMIT = 50  # lines

# No sentence looks like this. Braces may span several lines.
_IMPORT = re.compile(
    r"""^import(?P<what>[ ][\w$*, ]*(?:\{[\w$*,\s]*\}[\w$*, ]*)?)"""
    r"""(["'])[^"'\n]+\2(?P<rest>[^\n]*)""",
    re.MULTILINE,
)
_EXPORT = re.compile(
    r"""export(?:[ ]*[{*]
        |[ ]+(?:async[ ]+)?(?:const|let|var|function|class|enum|interface|type)\b[ ]*\*?[ ]*
         (?:[{\[]|[\w$]+[ ]*(?:[=:({<;]|extends\b|implements\b|$))
        |[ ]+default[ ]+
         (?:[{(\["'`]|(?:async[ ]+)?(?:function|class)\b|[\w$.]+[ ]*(?:[(;]|=>|$)))""",
    re.MULTILINE | re.VERBOSE,
)
# An unclosed comment matches to the end of the text, so that the rest isn't searched again.
_COMMENT = re.compile(
    r"(?P<before>^[ \t]*)?\{/\*.*?(?:\*/\}(?P<after>[ \t]*\n)?|(?P<open>\Z))",
    re.DOTALL | re.MULTILINE,
)
_TAG = re.compile(r"[ \t]*<(/?)([A-Z][\w.]*)(?=[\s/>]|$)")
_IN_TAG = re.compile(r"""["'`{}>]""")
_ATTRIBUTE = re.compile(r"""\s(\w+)=(?:\{\s*)?(?P<quote>["'`])([^\n]+?)(?P=quote)""")
_LABELS = ("label", "title", "summary", "header", "value")


def convert_mdx(text: str, *, is_mdx: bool) -> str:
    """`text` without MDX imports, exports and comments, and with components replaced.

    Unless `is_mdx`, a text is only treated as MDX if it imports something. Code is left alone.
    """
    if not is_mdx and not _imports(text):
        return text
    return _without_components(replace_outside_code(text, _without_program))


def _imports(text: str) -> bool:
    if not _IMPORT.search(text):
        return False
    lines = with_code_flags(text.split("\n"))
    prose = "\n".join(line for is_code, line in lines if not is_code)
    return any(
        _is_import(found) and found["rest"].strip(" ") in ("", ";")
        for found in _IMPORT.finditer(prose)
    )


def _is_import(found: re.Match[str]) -> bool:
    names = found["what"].split()
    return not names or (len(names) > 1 and names[-1] == "from" and found["what"].endswith(" "))


def _without_program(part: str) -> str:
    blocks = replace_outside_spans(_COMMENT, _around_comment, part).split("\n\n")
    return "\n\n".join(block for block in blocks if not _is_program(block.lstrip("\n")))


def _is_program(block: str) -> bool:
    """Whether a block starts with a statement; it then is code up to the next empty line."""
    imported = _IMPORT.match(block)
    return bool((imported and _is_import(imported)) or _EXPORT.match(block))


def _around_comment(found: re.Match[str]) -> str:
    """What remains of a comment’s line; nothing if the comment was alone on it."""
    if found["open"] is not None:
        return found[0]
    before, after = found["before"], found["after"]
    return "" if before is not None and after is not None else (before or "") + (after or "")


@dataclass(frozen=True, slots=True)
class _Moved:
    """Lines whose first `cut` characters are replaced by `margin`."""

    margin: str
    cut: int
    lines: "Sequence[str | _Moved]"

    def within(self, outer: "_Moved") -> "_Moved":
        """The same lines after the enclosing component is moved as well."""
        rest = outer.cut - len(self.margin)
        if rest > 0:
            return _Moved(outer.margin, self.cut + rest, self.lines)
        return _Moved(outer.margin + self.margin[outer.cut :], self.cut, self.lines)

    def written(self) -> Iterator[str]:
        for line in self.lines:
            if isinstance(line, _Moved):
                yield from line.within(self).written()
            else:
                yield self.margin + line[self.cut :] if line.strip() else ""


class _Lines:
    """Lines of output. The content of a component is moved only once, at the end, however deeply it
    is nested.
    """

    def __init__(self) -> None:
        self._lines: list[str | _Moved] = []
        self._margins: list[int | None] = []  # the length of each line, unless it is empty

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, *lines: str) -> None:
        for line in lines:
            self._lines.append(line)
            self._margins.append(len(_margin(line)) if line.strip() else None)

    def show_from(self, place: int) -> None:
        """Close the component whose tag is at `place`: show its content below its label, indented
        like the tag.
        """
        tag, inside, margins = self._lines[place], self._lines[place + 1 :], self._margins
        assert isinstance(tag, str)  # noqa: S101  # what is moved is behind one
        known = [each for each in margins[place + 1 :] if each is not None]
        del self._lines[place:], margins[place:]
        margin, common = _margin(tag), min(known, default=0)
        self.add(*_title(tag, margin), "")
        moved = _Moved(margin[:common], common, inside)
        self._lines.append(moved)
        margins.append(len(moved.margin) if known else None)
        self.add("")

    def written(self) -> Iterator[str]:
        for line in self._lines:
            if isinstance(line, _Moved):
                yield from line.written()
            else:
                yield line


def _without_components(text: str) -> str:
    """`text` with components replaced. A component starts and ends on lines of its own, or takes
    one line.
    """
    made = _Lines()
    # Names of open components, and the positions of their tags in `made`.
    opened: list[tuple[str, int]] = []
    lines = with_code_flags(text.split("\n"))
    for is_code, line in lines:
        found = None if is_code else _TAG.match(line)
        if found is None:
            made.add(line)
            continue
        tag = _whole_tag(line, lines)
        written, _, rest = tag.partition("\0")
        name, end = found[2], f"</{found[2]}>"
        if found[1]:
            place = next((place for each, place in reversed(opened) if each == name), None)
            if place is None or rest.strip():
                made.add(line)
                continue
            opened = [each for each in opened if each[1] < place]
            made.show_from(place)
        elif rest.strip().endswith(end):
            made.add(written, _margin(written) + rest.strip().removesuffix(end))
            made.show_from(len(made) - 2)
        elif rest.strip() or not written.endswith(">"):
            made.add(*(written + rest).split("\n"))
        elif written.endswith("/>"):
            made.add(_margin(written) + f"`{' '.join(written.split()).replace('`', chr(39))}`")
        else:
            if len(opened) < COMPONENT_NESTING_LIMIT:
                opened.append((name, len(made)))
            made.add(written)
    return "\n".join(made.written())


def _whole_tag(line: str, following: Iterator[tuple[bool, str]]) -> str:
    """The tag at the start of `line`, which may continue on following lines; NUL, and the text
    after it.

    It ends with a `>` outside strings and braces, or where reading stopped.
    """
    read: list[str] = []
    quote, depth = "", 0
    for number in range(TAG_LINES_LIMIT):
        if number:
            more = next(following, None)
            if more is None:
                break
            line = more[1]
        for found in _IN_TAG.finditer(line):
            sign = found[0]
            if quote:
                quote = "" if sign == quote else quote
            elif sign in "{}":
                depth += 1 if sign == "{" else -1
            elif sign != ">":
                quote = sign
            elif depth <= 0:
                return "\n".join([*read, f"{line[: found.end()]}\0{line[found.end() :]}"])
        read.append(line)
    return "\n".join(read)


def _title(tag: str, margin: str) -> list[str]:
    """The label of a component as lines; empty if it has none."""
    named = {name: value for name, _, value in _ATTRIBUTE.findall(tag)}
    label = next((named[name].strip() for name in _LABELS if name in named), "")
    return ["", margin + f"**{label}**"] if label else []


def _margin(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
