"""Data that lies beside the checkout, in `../shared`; a test that needs it is skipped without."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


def shared_path(name: str) -> Path:
    """The file or folder `name` of the shared data; skips the test that asks when it is absent."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"needs {name} in ../shared beside the checkout")
    return path
