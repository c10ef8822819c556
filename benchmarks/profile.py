"""Profiles requests: where their time goes.

    python -m benchmarks.profile [--wiki FOLDER] [--count N] [--lines N] [WHAT …]

WHAT: anonymous, compressed, signed-in, search, save. The application runs in this process and is
called as Gunicorn calls it. The profiler slows functions down, so the time without it is printed
first.
"""

import argparse
import cProfile
import pstats
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from benchmarks.harness import corpus
from benchmarks.harness.client import WrongAnswer
from benchmarks.harness.in_process import InProcessApp
from benchmarks.harness.servers import ROOT, Broken
from benchmarks.workloads import importing
from benchmarks.workloads.pageviews import PAGES, TEXT_FROM
from benchmarks.workloads.searching import read_queries

Function = tuple[str, int, str]  # file, line, name
Call = Callable[[], object]

# The first one that occurs in the path of a function's file; all else is the standard library.
GROUPS = (
    ("/benchmarks/", "(the benchmark)"),
    ("/wiki/markup/", "wiki.markup"),
    ("/wiki/search/", "wiki.search"),
    ("/wiki/pages/", "wiki.pages"),
    ("/wiki/accounts/", "wiki.accounts"),
    ("/wiki/access/", "wiki.access"),
    ("/wiki/", "wiki (frame, extensions)"),
    ("/flask_sqlalchemy/", "Flask-SQLAlchemy"),
    ("/sqlalchemy/", "SQLAlchemy"),
    ("/flask_limiter/", "Flask-Limiter"),
    ("/limits/", "Flask-Limiter"),
    ("/flask_login/", "Flask-Login"),
    ("/flask_wtf/", "Flask-WTF, WTForms"),
    ("/wtforms/", "Flask-WTF, WTForms"),
    ("/flask_babel/", "Babel"),
    ("/babel/", "Babel"),
    ("/flask_compress/", "Flask-Compress"),
    ("/jinja2/", "Jinja"),
    ("/templates/", "Jinja"),
    ("<template>", "Jinja"),
    ("/markupsafe/", "Jinja"),
    ("/itsdangerous/", "itsdangerous"),
    ("/flask/", "Flask"),
    ("/werkzeug/", "Werkzeug"),
    ("/whoosh/", "Whoosh"),
    ("/numpy/", "NumPy"),
    ("/site-packages/", "other packages"),
)


def group_of(file: str) -> str:
    return next((name for part, name in GROUPS if part in file), "standard library")


def by_group(stats: dict[Function, Any]) -> dict[str, float]:
    """Seconds by group; built-in functions are attributed to their callers."""
    seconds: dict[str, float] = defaultdict(float)
    for (file, _, _), (_, _, own, _, callers) in stats.items():
        if file != "~":
            seconds[group_of(file)] += own
            continue
        for (caller, _, _), (_, _, part, _) in callers.items():
            seconds[group_of(caller) if caller != "~" else "standard library"] += part
    return dict(sorted(seconds.items(), key=lambda item: -item[1]))


def profile(name: str, calls: Sequence[Call], lines: int) -> str:
    """Run half of the calls plainly and half with the profiler; returns a report as text."""
    plain, profiled = calls[: len(calls) // 2], calls[len(calls) // 2 :]
    started, used = time.perf_counter(), time.process_time()
    for call in plain:
        call()
    milliseconds = (time.perf_counter() - started) / len(plain) * 1000
    busy = (time.process_time() - used) / len(plain) * 1000
    profiler = cProfile.Profile()
    with profiler:
        for call in profiled:
            call()
    stats = pstats.Stats(profiler)
    raw: dict[Function, Any] = stats.stats  # type: ignore[attr-defined]
    groups = by_group(raw)
    total = sum(groups.values())
    out = [
        f"\n{name}: {milliseconds:.2f} ms each, {busy:.2f} of it computing\n",
        "  share  of it    package",
    ]
    for group, seconds in groups.items():
        share = seconds / total
        if share >= 0.005:
            out.append(f"  {share:5.1%}  {share * milliseconds:5.2f} ms  {group}")
    scale = milliseconds / total
    out += ["", "  with all they call, ms and calls a request:"]
    out += _functions(raw, scale, len(profiled), lines)
    return "\n".join(out)


def _functions(raw: dict[Function, Any], scale: float, count: int, lines: int) -> Iterator[str]:
    ranked = sorted(raw.items(), key=lambda item: -item[1][3])
    shown = [item for item in ranked if "/benchmarks/" not in item[0][0]][:lines]
    for (file, line, function), (_, called, _, cumulated, _) in shown:
        where = "" if file == "~" else f"{_short(file)}:{line} "
        yield f"  {cumulated * scale:6.2f}  {called / count:6.1f}  {where}{function}"


def _short(file: str) -> str:
    return file.partition("/site-packages/")[2] or file.removeprefix(f"{ROOT}/")


def calls_for(
    what: str, app: InProcessApp, pages: list[corpus.CorpusPage], count: int
) -> list[Call]:
    """`count` requests to measure, each made once as a warm-up. Raises `WrongAnswer`."""
    chosen = corpus.sample(pages, PAGES, text_from=TEXT_FROM)
    urls = [page.url for page in chosen]
    makers: dict[str, Callable[[], list[Call]]] = {
        "anonymous": lambda: [app.reading(url) for url in urls],
        "compressed": lambda: [app.reading(url, HTTP_ACCEPT_ENCODING="br") for url in urls],
        "signed-in": lambda: [app.reading(url, person=True) for url in urls],
        "search": lambda: [app.searching(query) for query in read_queries()],
        "save": lambda: [app.saving(page.path) for page in chosen[:count]],
    }
    if what == "save":
        return makers[what]()
    calls = makers[what]()
    for call in calls:
        call()
    return list(islice(cycle(calls), count))


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.profile",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    kinds = ["anonymous", "compressed", "signed-in", "search", "save"]
    parser.add_argument("what", nargs="*", default=kinds, metavar="WHAT", help=", ".join(kinds))
    parser.add_argument("--wiki", type=Path, help=importing.KEPT)
    parser.add_argument("--corpus", type=Path, default=corpus.DEFAULT)
    parser.add_argument("--count", type=int, default=600, help="requests; a third of it for saves")
    parser.add_argument("--lines", type=int, default=40, help="functions shown")
    options = parser.parse_args()
    try:
        pages = corpus.read_corpus(options.corpus)
        with tempfile.TemporaryDirectory(prefix="nexus-profile-") as folder:
            instance = Path(folder) / "wiki"
            importing.wiki_in(instance, options.corpus, len(pages), kept=options.wiki)
            app = InProcessApp(instance)
            for what in options.what:
                count = options.count // 3 if what == "save" else options.count
                calls = calls_for(what, app, pages, count)
                print(profile(what, calls, options.lines))
    except (corpus.NoCorpus, Broken, WrongAnswer) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
