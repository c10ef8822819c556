"""`python -m wiki` is the `nexus` command."""

from wiki.cli import main

main()
