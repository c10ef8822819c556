"""`nexus why`: asks a hub about the last error in what is piped into it."""

import sys
from typing import Any

import click

from wiki.client.error_report import ErrorReport, report_of
from wiki.client.hub import HubClient, HubError
from wiki.client.piped_text import read_end
from wiki.client.redaction import this_machine
from wiki.client.terminal import show
from wiki.client.tokens import UnsafeTokenFile, token_for

NOT_FOUND = 3  # the exit status if there is no error, or no answer
MAX_FIX_LINES = 20


@click.command("why")
@click.option("--hub", envvar="NEXUS_HUB", help="The address of the hub; or NEXUS_HUB.")
@click.option("--dry-run", is_flag=True, help="Show what would be sent, and send nothing.")
@click.option("--with-values", is_flag=True, help="Also send what the message quotes.")
@click.option("--same", is_flag=True, help="Say that you have this problem, too. Needs a token.")
@click.option("--ask", is_flag=True, help="If nobody knows, open a challenge. Needs a token.")
@click.option("--tee", is_flag=True, help="Also print what is piped.")
def why_command(
    *, hub: str | None, dry_run: bool, with_values: bool, same: bool, ask: bool, tee: bool
) -> None:
    """Ask a hub what is known about the last error in what is piped: pytest 2>&1 | nexus why.

    Paths, addresses, keys, names and values are taken out before anything is sent.
    """
    if sys.stdin.isatty():
        raise click.UsageError("Pipe the output of a program: pytest 2>&1 | nexus why")
    output = read_end(sys.stdin.buffer, sys.stderr.buffer if tee else None)
    report = report_of(output, this_machine(), with_values=with_values)
    if report is None:
        _end("No error was found in what was piped.", NOT_FOUND)
        return
    if dry_run:
        _show_request(report)
        return
    if not hub:
        raise click.UsageError("Name the hub with --hub or NEXUS_HUB.")
    try:
        _answer(HubClient(hub, token_for(hub)), report, same=same, ask=ask)
    except (HubError, UnsafeTokenFile, OSError) as error:
        _end(str(error), 1)


def _show_request(report: ErrorReport) -> None:
    show("This would be sent, and nothing else:\n")
    show(f"q: {report.words}")
    for each in report.fingerprints:
        show(f"fingerprint: {each}")
    show(f"\nA challenge would say:\n\n{report.text}", nl=False)


def _answer(hub: HubClient, report: ErrorReport, *, same: bool, ask: bool) -> None:
    found = hub.request("GET", "answers", q=report.words, fingerprint=report.fingerprints)
    if found.status != 200:
        raise HubError(found.detail)
    answers = found.body.get("items") or []
    show(report.text)
    for answer in answers:
        show(_shown(answer))
    exact = next((each for each in answers if each["is_same_error"]), None)
    if same:
        _say_same(hub, exact)
    if exact is None and ask:
        _open_challenge(hub, report)
    elif not answers:
        filled = {"kind": "challenge", "title": report.title, "field-error": report.text}
        show("Nobody has reported this error yet. Ask about it:")
        show(hub.page_address("new", **filled))
    if not answers and not ask:
        sys.exit(NOT_FOUND)


def _shown(answer: dict[str, Any]) -> str:
    lead = "The same error: " if answer["is_same_error"] else "Perhaps: "
    status = f" ({answer['status']})" if answer["status"] else ""
    lines = [f"{lead}{answer['title']}{status}"]
    if answer["same"]:
        lines.append(f"  {_people(answer['same'])} this problem, too.")
    if answer["worked"]:
        versions = [f"{each['version']} ({each['people']})" for each in answer["versions"]]
        on = f": {', '.join(versions)}" if versions else ""
        count = answer["worked"]
        lines.append(f"  It worked for {count} {'person' if count == 1 else 'people'}{on}.")
    fix = answer["fix"].splitlines()
    lines += ["", *(f"    {line}".rstrip() for line in fix[:MAX_FIX_LINES]), ""] if fix else []
    if len(fix) > MAX_FIX_LINES:
        lines[-1:] = ["    …", ""]
    return "\n".join([*lines, f"  {answer['url']}", ""])


def _people(count: int) -> str:
    return "1 person has" if count == 1 else f"{count} people have"


def _say_same(hub: HubClient, exact: dict[str, Any] | None) -> None:
    if exact is None:
        show("There is no challenge about exactly this error that you could join.")
        return
    said = hub.request("POST", "votes", {"page": exact["path"], "vote": "same"})
    if said.status != 201:
        raise HubError(said.detail)
    now = f"{_people(said.body['same'])} this problem."
    show(f"You are counted. {now}" if said.body["is_counted"] else f"You were counted. {now}")


def _open_challenge(hub: HubClient, report: ErrorReport) -> None:
    """Create a challenge, or propose it if the user may not create pages."""
    page = {"title": report.title, "kind": "challenge", "fields": {"error": report.text}}
    page |= {"status": "open"}
    made = hub.request("POST", "pages", page)
    if made.status == 403:
        made = hub.request("POST", "proposals", {"title": report.title, "pages": [page]})
    if made.status != 201:
        raise HubError(made.detail)
    show(f"Asked: {made.body['url']}")


def _end(words: str, status: int) -> None:
    show(f"nexus: {words}", err=True)
    sys.exit(status)
