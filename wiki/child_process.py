"""Workers: modules that run in a process of their own, which holds nothing and may be killed.

They treat what strangers sent, so they know neither settings nor credentials, and have limits.
This file is both ends: the server asks it for the command, and the child runs it as a script.
"""

import importlib
import os
import resource
import sys
import types
from pathlib import Path

_INHERITED = ("PATH", "LD_LIBRARY_PATH")


def worker_command(module: str, *arguments: str) -> list[str]:
    """What runs `main` of a module of `wiki`, with `arguments` at the end of `sys.argv`.

    A script by its path, with nothing of its folder on the module path: the package need not be
    installed, and no module beside it can stand for one of the library's.
    """
    return [sys.executable, "-P", __file__, module, *arguments]


def worker_environment() -> dict[str, str]:
    """The environment of a worker, without what the server was started with."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {**inherited, "LANG": "C.UTF-8", "PYTHONUTF8": "1"}


def limit_memory(size: int) -> None:
    """Let this process take `size` bytes of address space, and dump no core."""
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _run() -> None:
    # Makes `wiki.…` importable without `wiki/__init__.py`, which brings Flask along.
    package = types.ModuleType("wiki")
    package.__path__ = [str(Path(__file__).resolve().parent)]
    sys.modules["wiki"] = package
    importlib.import_module(sys.argv[1]).main()


if __name__ == "__main__":
    _run()
