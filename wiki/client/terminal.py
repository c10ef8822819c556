"""Prints text of other people to a terminal without letting escape sequences through."""

import re
import sys

import click

# Control characters except tab and line feed. Source: ECMA-48, control functions C0 and C1.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def show(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Print `text` with control characters replaced by U+FFFD; with `err`, to standard error."""
    click.echo(_CONTROLS.sub("\ufffd", text), err=err, nl=nl)


def show_or_pass_on(text: str) -> None:
    """Print `text` unchanged to a pipe or file, and as `show` does to a terminal."""
    if sys.stdout.isatty():
        show(text, nl=False)
    else:
        click.echo(text, nl=False)
