"""MDX, as Docusaurus has it: Markdown between which statements of a program stand.

What only the program needs goes; its components stay, and are shown as text, since what they would
show is not in the file. Source: the MDX specification, version 2, "ESM" and "expressions".
"""

import re

ENDING = ".mdx"

_STATEMENT = re.compile(r"(?:import|export)[ {*]")  # to the next empty line
# With its line, where nothing else stands there.
_COMMENT = re.compile(r"^[ \t]*\{/\*.*?\*/\}[ \t]*\n|\{/\*.*?\*/\}", re.DOTALL | re.MULTILINE)
_FENCED = re.compile(
    r"^ {0,3}(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}(?P=fence)[`~]*[ \t]*$|\Z)",
    re.DOTALL | re.MULTILINE,
)


def without_program(text: str) -> str:
    """`text` without imports, exports and comments of MDX. Fenced code is left alone."""
    pieces: list[str] = []
    at = 0
    for fenced in _FENCED.finditer(text):
        pieces += (_plain(text[at : fenced.start()]), fenced[0])
        at = fenced.end()
    return "".join((*pieces, _plain(text[at:])))


def _plain(text: str) -> str:
    blocks = _COMMENT.sub("", text).split("\n\n")
    return "\n\n".join(block for block in blocks if not _STATEMENT.match(block.lstrip("\n")))
