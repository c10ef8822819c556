"""Imported by the process that forks commands (`tests.forked_command`): all of the application."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a process with threads must not fork

from wiki import create_app
from wiki.config import read_settings
from wiki.ops import serve  # noqa: F401

with tempfile.TemporaryDirectory() as _folder:
    # Most modules are imported where the application is made.
    create_app(read_settings({"NEXUS_INSTANCE": str(Path(_folder)), "NEXUS_SECRET_KEY": "x" * 32}))
