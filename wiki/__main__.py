"""The `nexus` command, also as `python -m wiki`.

Commands for querying a hub from another machine start without the server, which would take a
second.
"""

import sys

CLIENT = {"page", "why"}  # `wiki.cli` lists these, too


def main(arguments: list[str] | None = None) -> None:
    """Run the command and exit: with 2 for an invalid setting or option, 1 for a failure."""
    given = sys.argv[1:] if arguments is None else arguments
    if given and given[0] in CLIENT:
        from wiki.client.commands import client  # noqa: PLC0415

        client.main(given, prog_name="nexus")
    else:
        from wiki.cli import main as server_main  # noqa: PLC0415

        server_main(arguments)


if __name__ == "__main__":
    main()
