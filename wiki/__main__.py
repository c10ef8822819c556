"""The `nexus` command, also as `python -m wiki`.

What people ask a hub from their own machine starts without the server, which would take a second.
"""

import sys

CLIENT = {"page", "why"}  # `wiki.cli` lists them with the others


def main(arguments: list[str] | None = None) -> None:
    """Run the command; ends the process, with 2 for a wrong setting or option, 1 for a failure."""
    given = sys.argv[1:] if arguments is None else arguments
    if given and given[0] in CLIENT:
        from wiki.client.commands import client  # noqa: PLC0415

        client.main(given, prog_name="nexus")
    else:
        from wiki.cli import main as server_main  # noqa: PLC0415

        server_main(arguments)


if __name__ == "__main__":
    main()
