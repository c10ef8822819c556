"""The folder of the index, and the flag files by which processes signal each other in it."""

from pathlib import Path

from flask import Flask

REBUILDING = "rebuilding.json"  # how far a rebuild has come: {"done", "total"}
REBUILD_REQUESTED = "rebuild-wanted"  # asks the running indexer for a rebuild
CHECK_REQUESTED = "suspect"  # a search failed; asks the indexer to verify the files


def search_folder(app: Flask) -> Path:
    """The folder of the indexes, `search` in the instance folder; it may not exist yet."""
    return Path(app.instance_path) / "search"


def request_rebuild(root: Path) -> None:
    """Ask the process that writes the index under `root` for a rebuild. Raises `OSError`."""
    (root / REBUILD_REQUESTED).touch()
