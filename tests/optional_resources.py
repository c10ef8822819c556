"""Resources outside the checkout: data in `../shared`, and servers on this machine.

A test whose resource is missing is skipped; with `CI=true` it fails instead.
"""

import os
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


def is_absent(what: str) -> NoReturn:
    """Skip the test that needs what isn't here, or fail it where nothing may be absent."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what}; with CI=true that is no reason to skip a test")
    pytest.skip(what)


def shared_path(name: str) -> Path:
    """The file or folder `name` of the shared data, for a test that needs it."""
    path = SHARED / name
    if not path.exists():
        is_absent(f"needs {name} in ../shared beside the checkout")
    return path
