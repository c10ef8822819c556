"""Preloads what the first rendering in a process needs, while nobody is waiting."""

import os
import threading

# The most common languages; each lexer takes 1 to 40 ms to load, and little memory.
_LANGUAGES = (
    *("bash", "python", "javascript", "typescript", "json", "yaml", "html", "css", "sql"),
    *("console", "diff", "dockerfile", "toml", "java", "go"),
)

_is_warm = threading.Event()
os.register_at_fork(after_in_child=_is_warm.clear)


def warm() -> None:
    """Load the renderer and the most common lexers in a thread, once; returns at once."""
    if not _is_warm.is_set():
        _is_warm.set()
        threading.Thread(target=_load, name="nexus-warm-renderer", daemon=True).start()


def _load() -> None:
    from wiki.markup.blocks.code import highlighted  # noqa: PLC0415
    from wiki.markup.pipeline import render_unbounded  # noqa: PLC0415

    render_unbounded("*a*\n\n<b>b</b>\n")
    for language in _LANGUAGES:
        highlighted("a = 1\n", language)
