"""`nexus check`: checks whether the database is consistent."""

import sys
from collections.abc import Callable

import click
from flask.cli import with_appcontext

from wiki.pages.maintenance.integrity import find_problems, repair_problems

PROGRESS_INTERVAL = 1_000  # pages


@click.command("check")
@click.option("--repair", is_flag=True, help="Repair what can be derived from the revisions.")
@with_appcontext
def check_command(repair: bool) -> None:
    """Check that histories are complete and that pages match their texts."""
    problems = find_problems(_progress_reporter())
    for problem in problems:
        click.echo(f"{problem.where}: {problem.what}")
    mendable = [problem for problem in problems if problem.is_repairable]
    if repair and mendable:
        repair_problems(mendable)
        click.echo(f"{len(mendable)} of {len(problems)} problems repaired.")
        problems = find_problems()
    if not problems:
        click.echo("No problems found.")
        return
    click.echo(_advice(len(problems), len(mendable), was_repaired=repair), err=True)
    sys.exit(1)


def _advice(count: int, mendable: int, *, was_repaired: bool) -> str:
    if was_repaired:
        return (
            f"{count} problems left that can’t be repaired. Look for what is missing in a backup."
        )
    return f"{count} problems found. `nexus check --repair` can repair {mendable} of them."


def _progress_reporter() -> Callable[[int], None]:
    def tell(done: int) -> None:
        if done % PROGRESS_INTERVAL == 0:
            click.echo(f"{done} pages", err=True)

    return tell
