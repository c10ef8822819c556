"""The commands of `nexus` that need no server, so that they start without loading it."""

import click

from wiki.client.page_command import page_group
from wiki.client.why_command import why_command


@click.group("nexus", context_settings={"help_option_names": ["-h", "--help"]})
def client() -> None:
    """Ask a hub from the command line."""


client.add_command(page_group)
client.add_command(why_command)
