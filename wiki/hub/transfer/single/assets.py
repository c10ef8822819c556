"""The stylesheet and script of the single file, and the policy that allows nothing else to run."""

import base64
import hashlib
import re
from functools import cache

from wiki.config import resource_folder
from wiki.identity.accent import stylesheet as accent_stylesheet
from wiki.web.assets import stylesheet

STYLESHEETS = ("nexus.css", "text.css", "highlight.css", "work.css", "editor.css", "offline.css")
# In order of their dependencies.
MODULES = ("store", "changes", "search", "elements", "views", "writing", "main")

_IMPORT = re.compile(r"^import [^;]+;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export ", re.MULTILINE)
_COMMENT = re.compile(r"^ *//.*\n", re.MULTILINE)


@cache
def script() -> str:
    """The modules joined into one script, since a file opened from disk can’t load modules."""
    folder = resource_folder("static") / "offline"
    texts = ((folder / f"{name}.js").read_text() for name in MODULES)
    bare = (_COMMENT.sub("", _EXPORT.sub("", _IMPORT.sub("", text))) for text in texts)
    return f'"use strict";\n(() => {{\n{"".join(bare)}}})();\n'


def style(accent: str) -> str:
    """The wiki’s stylesheet; `accent` is its colour, if it has one."""
    own = accent_stylesheet(accent) if accent else ""
    return "".join(stylesheet(f"css/{name}") for name in STYLESHEETS) + own


def policy(style_text: str, script_text: str) -> str:
    """The Content Security Policy for a `meta` element, which can’t restrict framing."""
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
