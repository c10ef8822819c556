"""Workers: modules that run in a separate process, which has no state and may be killed.

They process untrusted data, so they have no settings or credentials, and limited resources. This
file is used on both sides: the server gets the command from it, and the child runs it as a script.
"""

import importlib
import os
import resource
import sys
import types
from pathlib import Path

_INHERITED = ("PATH", "LD_LIBRARY_PATH")


def worker_command(module: str, *arguments: str) -> list[str]:
    """The command that runs `main` of a module of `wiki`, with `arguments` at the end of
    `sys.argv`.

    Runs this file by its path, with nothing from its folder on the module path: the package need
    not be installed, and no module next to it can shadow one of the standard library.
    """
    return [sys.executable, "-P", __file__, module, *arguments]


def worker_environment() -> dict[str, str]:
    """The environment of a worker, without the variables of the server."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {**inherited, "LANG": "C.UTF-8", "PYTHONUTF8": "1"}


def limit_memory(size: int) -> None:
    """Limit the address space of this process to `size` bytes, and disable core dumps."""
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _run() -> None:
    # Makes `wiki.…` importable without `wiki/__init__.py`, which imports Flask.
    package = types.ModuleType("wiki")
    package.__path__ = [str(Path(__file__).resolve().parent)]
    sys.modules["wiki"] = package
    importlib.import_module(sys.argv[1]).main()


if __name__ == "__main__":
    _run()
