"""`nexus rules …`: lists the access rules, and explains why somebody may read or edit."""

import click
from flask.cli import AppGroup

from wiki.access.models import Level
from wiki.access.permissions import Viewer, rule_at
from wiki.access.rulebook import Rule
from wiki.accounts.users import user_by_name
from wiki.app_state import current_settings
from wiki.pages.protection.descriptions import (
    describe_rule,
    editors_of,
    list_rules,
    readers_of,
    viewer_of,
    why,
)

rules_group = AppGroup("rules", help="Show who may read and edit: list, why.")


@rules_group.command("list")
def list_command() -> None:
    """List all rules.

    A line each: path, what it covers, pages, who reads, who edits, and the note.
    """
    for each in list_rules():
        rule = each.rule
        row = (f"/{rule.path}", rule.covers, str(each.page_count), readers_of(rule))
        click.echo("\t".join((*row, editors_of(rule), each.note)))


@rules_group.command("why")
@click.argument("path")
@click.argument("person", required=False)
def why_command(path: str, person: str | None) -> None:
    """Say why somebody may read and edit a page.

    Names the rule that applies at PATH, and says why PERSON may read and edit there, or may not.
    Without PERSON, about those who aren’t signed in.
    """
    rule = rule_at(path)
    about = describe_rule(rule)
    click.echo(f"The rule at /{rule.path} applies.")
    if about.set_by:
        click.echo(f"{about.set_by} set it on {about.set_at:%Y-%m-%d}.")
    if about.note:
        click.echo(f"Note: {about.note}")
    viewer = _viewer(person)
    for level, word, who in (
        (Level.READ, "read", readers_of(rule)),
        (Level.EDIT, "edit", editors_of(rule)),
    ):
        click.echo(_reason(viewer, rule, level, word, who))


def _viewer(person: str | None) -> Viewer:
    if person is None:
        return Viewer(is_reading_public=current_settings().public_reading)
    user = user_by_name(person)
    if user is None:
        raise click.ClickException(
            f"There is no user {person!r}. To list all users: nexus user list"
        )
    return viewer_of(user)


def _reason(viewer: Viewer, rule: Rule, level: Level, word: str, who: str) -> str:
    reason = why(viewer, rule, level)
    if reason:
        return f"May {word}, because {reason}."
    if viewer.is_blocked:
        return f"May not {word}: whoever is blocked reads what strangers do, and writes nothing."
    return f"May not {word}: the rule asks for {who}."
