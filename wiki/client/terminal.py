"""What others wrote, on a terminal: no sign of it moves the cursor, renames the window or types."""

import re
import sys

import click

# All controls but tabs and line ends. Source: ECMA-48, control functions C0 and C1.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def show(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Print `text` with U+FFFD for controls, to standard error with `err`."""
    click.echo(_CONTROLS.sub("\ufffd", text), err=err, nl=nl)


def show_or_pass_on(text: str) -> None:
    """Print `text` as it is where a program or a file takes it, else as `show` does."""
    if sys.stdout.isatty():
        show(text, nl=False)
    else:
        click.echo(text, nl=False)
