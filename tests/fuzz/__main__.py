"""Fuzz the targets one after another, each in a process of its own; see `tests.fuzz.run_target`."""

import argparse
import random
import subprocess
import sys

from tests.fuzz.run_target import TARGETS
from tests.optional_resources import ROOT

FOLDER = ROOT / ".fuzz"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--target", action="append", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=120, help="For each target.")
    parser.add_argument("--seed", type=int, default=random.randrange(1, 10_000))
    options = parser.parse_args()
    broken = [
        name
        for name in options.target or TARGETS
        if not _fuzz(name, f"-max_total_time={options.seconds}", f"-seed={options.seed}")
    ]
    if broken:
        print(f"Broken: {', '.join(broken)}. The inputs are in {FOLDER.name}/", flush=True)
    return 1 if broken else 0


def _fuzz(name: str, *arguments: str) -> bool:
    """Whether every input kept its promises."""
    print(f"Fuzzing {name} …", flush=True)
    command = [sys.executable, "-m", "tests.fuzz.run_target", name, str(FOLDER), *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


if __name__ == "__main__":
    raise SystemExit(main())
