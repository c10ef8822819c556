"""Measures the processor time of each process of an idle wiki.

    python -m benchmarks.idle [--seconds 60] [--database sqlite,postgres]

With two workers, an encoder where the extra `meaning` is installed, and a sender of mails.
"""

import argparse
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

from benchmarks.harness.client import HOST
from benchmarks.harness.servers import nexus_serve, running
from tests.databases import find_postgres, scratch_postgres

WORKERS = 2
SETTINGS = (
    "NEXUS_STARTER_PAGES=off",  # otherwise the encoder would be busy for minutes
    # Nothing listens there; but with a mail server set, the sender process runs as well.
    "NEXUS_SMTP_URL=smtp://127.0.0.1:9",
    "NEXUS_MAIL_FROM=wiki@example.org",
    f"NEXUS_BASE_URL=http://{HOST}",
)


def measure(seconds: float, settings: list[str]) -> None:
    """Print the processor milliseconds per second of each process of a new wiki."""
    command = ["env", *SETTINGS, *settings, *nexus_serve(WORKERS)]
    with tempfile.TemporaryDirectory() as folder, running(command, Path(folder)) as server:
        server.settle()
        before = server.cpu_by_process()
        time.sleep(seconds)
        after = server.cpu_by_process()
    for process, spent in after.items():
        used = (spent - before.get(process, 0.0)) / seconds
        print(f"  {process[1]:24}{used * 1000:8.2f} ms a second", flush=True)
    total = (sum(after.values()) - sum(before.values())) / seconds
    print(f"  {'all of them':24}{total * 1000:8.2f} ms a second", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--database", default="sqlite,postgres")
    options = parser.parse_args()
    for database in options.database.split(","):
        server = find_postgres() if database == "postgres" else None
        print(database, flush=True)
        with scratch_postgres(server) if server else nullcontext() as url:
            given = url.render_as_string(hide_password=False) if url else ""
            measure(options.seconds, [f"NEXUS_DATABASE_URL={given}"] if given else [])


if __name__ == "__main__":
    main()
