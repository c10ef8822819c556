"""The stylesheet and the script of the file, and the policy that lets nothing else run."""

import base64
import hashlib
import re
from functools import cache

from wiki.config import resource_folder
from wiki.identity.accent import stylesheet as accent_stylesheet
from wiki.web.assets import stylesheet

STYLESHEETS = ("nexus.css", "text.css", "highlight.css", "work.css", "editor.css", "offline.css")
# In the order in which they need each other.
MODULES = ("store", "changes", "search", "elements", "views", "writing", "main")

_IMPORT = re.compile(r"^import [^;]+;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export ", re.MULTILINE)
_COMMENT = re.compile(r"^ *//.*\n", re.MULTILINE)


@cache
def script() -> str:
    """The modules as one script: a file that is opened from a disk can load none."""
    folder = resource_folder("static") / "offline"
    texts = ((folder / f"{name}.js").read_text() for name in MODULES)
    bare = (_COMMENT.sub("", _EXPORT.sub("", _IMPORT.sub("", text))) for text in texts)
    return f'"use strict";\n(() => {{\n{"".join(bare)}}})();\n'


def style(accent: str) -> str:
    """The wiki's own look; `accent` is its colour, if it has one."""
    own = accent_stylesheet(accent) if accent else ""
    return "".join(stylesheet(f"css/{name}") for name in STYLESHEETS) + own


def policy(style_text: str, script_text: str) -> str:
    """For a `meta` element, which can't say who may frame the file."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_hash(script_text)}'",
            f"style-src '{_hash(style_text)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types nexus",
        )
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
