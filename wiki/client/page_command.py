"""`nexus page`: reads, edits and finds the pages of a hub from a terminal."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import click

from wiki.client.conflict_markers import has_conflict_markers, with_conflict_markers
from wiki.client.hub import HubClient, HubError, HubResponse
from wiki.client.terminal import show, show_or_pass_on
from wiki.client.tokens import UnsafeTokenFile, token_for

_hub_option = click.option(
    "--hub", envvar="NEXUS_HUB", required=True, help="The address of the hub; or NEXUS_HUB."
)


def _with_hub(command: Callable[..., None]) -> Callable[..., None]:
    """Pass a `HubClient` to the command, and print `HubError` as its error message."""

    @_hub_option
    @wraps(command)
    def run(hub: str, **arguments: Any) -> None:
        try:
            command(HubClient(hub, token_for(hub)), **arguments)
        except (HubError, UnsafeTokenFile, OSError, click.ClickException) as error:
            message = error.format_message() if isinstance(error, click.ClickException) else error
            show(f"nexus: {message}", err=True)
            sys.exit(1)

    return run


@click.group("page")
def page_group() -> None:
    """Read, edit and find pages of a hub."""


@page_group.command("get")
@click.argument("path")
@_with_hub
def get_command(hub: HubClient, path: str) -> None:
    """Print the Markdown of a page."""
    show_or_pass_on(_checked(hub.request("GET", f"pages/{path}")).body["text"])


@page_group.command("search")
@click.argument("words", nargs=-1, required=True)
@_with_hub
def search_command(hub: HubClient, words: tuple[str, ...]) -> None:
    """List the pages that a query finds.

    A line each: path and title, separated by a tab.
    """
    for hit in _checked(hub.request("GET", "search", q=" ".join(words))).body["items"]:
        show(f"{hit['path']}\t{hit['title']}")


@page_group.command("log")
@click.argument("path")
@_with_hub
def log_command(hub: HubClient, path: str) -> None:
    """List the revisions of a page.

    A line each: number, time, author and summary, separated by tabs.
    """
    for each in _checked(hub.request("GET", "revisions", page=path)).body["items"]:
        author = each["author"] or each.get("author_name") or ""
        line = (each["number"], each["created_at"], author, each["summary"])
        show("\t".join(map(str, line)))


@page_group.command("edit")
@click.argument("path")
@click.option("--summary", default="", help="What you changed, and why.")
@_with_hub
def edit_command(hub: HubClient, path: str, summary: str) -> None:
    """Edit a page in your editor ($VISUAL, $EDITOR) and save it."""
    page = _checked(hub.request("GET", f"pages/{path}"))
    with _kept(page.body["text"]) as file:
        text = _edited(file)
        if text == page.body["text"]:
            show("Nothing was changed.")
            return
        show(f"Saved: {_save(hub, path, file, page.etag, summary)['url']}")


@page_group.command("new")
@click.argument("title")
@click.option("--path", help="The path; derived from kind and title by default.")
@click.option("--kind", default="page", show_default=True, help="Such as concept or challenge.")
@click.option("--summary", default="", help="Why you write it.")
@_with_hub
def new_command(hub: HubClient, title: str, path: str | None, kind: str, summary: str) -> None:
    """Write a new page in your editor ($VISUAL, $EDITOR)."""
    with _kept("") as file:
        text = _edited(file)
        if not text.strip():
            show("Nothing was written.")
            return
        page = {"title": title, "text": text, "kind": kind, "summary": summary}
        made = hub.request("POST", "pages", page | ({"path": path} if path else {}))
        show(f"Saved: {_checked(made).body['url']}")


def _save(hub: HubClient, path: str, file: Path, etag: str, summary: str) -> dict[str, Any]:
    """Save the file. If others saved meanwhile, changes are merged, conflicts in the editor."""
    while True:
        change = {"text": _text(file), "summary": summary}
        saved = hub.request("PATCH", f"pages/{path}", change, etag=etag)
        if saved.status != 412:
            return _checked(saved).body
        etag = saved.etag
        merged, conflicts = saved.body["merged"]["text"], saved.body["conflicts"]
        file.write_text(with_conflict_markers(merged, conflicts), encoding="utf-8", newline="")
        if not conflicts:
            show("The page has changed meanwhile. Both changes fit together.")
            if not click.confirm("Save them both?", default=True):
                _edited(file)
            continue
        show(f"You and somebody else changed the same lines, in {len(conflicts)} places.")
        _resolve(file)


def _resolve(file: Path) -> None:
    """Open the editor until no conflict marker is left."""
    while has_conflict_markers(_edited(file)):
        if not click.confirm("There are still marks of a conflict. Edit again?", default=True):
            raise HubError("Nothing was saved.")


@contextmanager
def _kept(text: str) -> Iterator[Path]:
    """A temporary file with the text; kept if anything fails, so that no work is lost."""
    file = Path(tempfile.mkdtemp(prefix="nexus-")) / "page.md"
    file.write_text(text, encoding="utf-8", newline="")
    try:
        yield file
    except BaseException:
        if _text(file) != text:
            show(f"Your text is in {file}", err=True)
        raise
    file.unlink()
    file.parent.rmdir()


def _edited(file: Path) -> str:
    click.edit(filename=str(file), require_save=False)
    return _text(file)


def _text(file: Path) -> str:
    return file.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")


def _checked(answer: HubResponse) -> HubResponse:
    """Return the response unchanged. Raises `HubError` if it is an error."""
    if answer.status >= 400:
        raise HubError(answer.detail or f"The hub has answered {answer.status}.")
    return answer
