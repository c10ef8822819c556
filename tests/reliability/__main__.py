"""The whole crash test, from the command line; see `tests.reliability.crash`."""

import argparse
import random
import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from tests import databases
from tests.reliability.crash import WHOLE, Broken, crash
from tests.reliability.mails import MAIL_KILLS, MAILS, kill_senders


def main() -> int:
    options = _options()
    failed = 0
    for number in range(options.rounds):
        for database in options.database or ("sqlite", "postgres"):
            seed = options.seed + number
            print(f"{database}, seed {seed}", flush=True)
            failed += not _run(database, seed, options)
    return 1 if failed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.reliability", description=__doc__)
    parser.add_argument("--database", action="append", choices=("sqlite", "postgres"))
    parser.add_argument("--saves", type=int, default=WHOLE.saves)
    parser.add_argument("--writers", type=int, default=WHOLE.writers)
    parser.add_argument("--kills", type=int, default=WHOLE.kills)
    parser.add_argument("--mails", type=int, default=MAILS)
    parser.add_argument("--mail-kills", type=int, default=MAIL_KILLS)
    parser.add_argument("--rounds", type=int, default=1, help="Each with the next seed.")
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))
    return parser.parse_args()


def _run(name: str, seed: int, options: argparse.Namespace) -> bool:
    """Whether every promise was kept; what a run that broke one has made stays to be looked at."""
    extent = replace(WHOLE, saves=options.saves, writers=options.writers, kills=options.kills)
    folder = Path(tempfile.mkdtemp(prefix="nexus-crash-"))
    with ExitStack() as stack:
        url = ""
        if name == "postgres":
            made = stack.enter_context(databases.scratch_postgres(databases.find_postgres()))
            url = made.render_as_string(hide_password=False)
        try:
            print(crash(folder, url, extent, seed), flush=True)
            mails = (options.mails, options.mail_kills)
            print(kill_senders(folder / "mail", url, *mails, seed), flush=True)
        except Broken as error:
            print(f"{error}\nSee {folder}", flush=True)
            return False
    shutil.rmtree(folder)
    return True


if __name__ == "__main__":
    raise SystemExit(main())
