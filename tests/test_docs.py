"""The documentation names every setting and every command, and none that doesn't exist."""

import re

import click
import pytest

from tests.optional_resources import ROOT
from wiki.cli import nexus
from wiki.config import SETTING_NAMES

SETTINGS = (ROOT / "docs" / "settings.md").read_text()
COMMANDS = (ROOT / "docs" / "commands.md").read_text()


def test_every_setting_is_explained():
    rows = set(re.findall(r"^\| `(NEXUS_\w+)`", SETTINGS, re.MULTILINE))
    assert {name for name in rows if not name.startswith("NEXUS_TEST_")} == SETTING_NAMES


def test_every_setting_of_the_tests_is_explained():
    used = {
        name
        for folder in ("tests", ".ci", "scripts")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
        for name in re.findall(r"NEXUS_TEST_[A-Z]+(?:_[A-Z]+)*", path.read_text())
    }
    assert {name for name in used if f"| `{name}` |" not in SETTINGS} == set()


def _commands(group: click.Group, name: str) -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}
    for part in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), part)
        assert command is not None, part
        if command.hidden:
            continue
        if isinstance(command, click.Group):
            found |= _commands(command, f"{name} {part}")
        else:
            found[f"{name} {part}"] = command
    return found


def _section(name: str) -> str:
    found = re.search(rf"^## `{name}`\n(.*?)(?=^## |\Z)", COMMANDS, re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


def test_every_command_has_a_section():
    sections = set(re.findall(r"^## `(nexus[^`]*)`$", COMMANDS, re.MULTILINE))
    assert sections == set(_commands(nexus, "nexus"))


def test_every_option_stands_in_the_section_of_its_command():
    missing = [
        f"{name} {option}"
        for name, command in _commands(nexus, "nexus").items()
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("--") and option != "--help" and f"`{option}" not in _section(name)
    ]
    assert not missing, missing


def test_help_shows_every_command_with_its_line():
    help_ = nexus.get_help(click.Context(nexus))
    for name in nexus.list_commands(click.Context(nexus)):
        assert re.search(rf"^  {name}  +\S", help_, re.MULTILINE), name


def test_lists_of_commands_hold_whole_sentences():
    groups = [
        group
        for name in nexus.list_commands(click.Context(nexus))
        if isinstance(group := nexus.get_command(click.Context(nexus), name), click.Group)
    ]
    lines = [
        line
        for group in groups
        for line in group.get_help(click.Context(group, terminal_width=80)).splitlines()
    ]
    assert len(groups) > 5
    assert [line for line in lines if line.endswith("...") and "[ARGS]" not in line] == []


@pytest.mark.parametrize(
    "target", ["run", "test", "lint", "bench", "standards", "crash", "screenshots", "clean"]
)
def test_the_makefile_says_what_each_target_does(target):
    makefile = (ROOT / "Makefile").read_text()
    assert re.search(rf"^{target}:.*## \S.*\.$", makefile, re.MULTILINE)


def test_every_address_stands_in_the_documentation(app):
    known = (ROOT / "docs" / "addresses.md").read_text()
    shown = {re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", rule.rule) for rule in app.url_map.iter_rules()}
    assert {address for address in shown if f"`{address}`" not in known} == set()


PROSE = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


@pytest.mark.parametrize("page", PROSE, ids=lambda page: page.name)
def test_every_file_that_is_named_is_there(page):
    code = re.findall(r"`([\w./-]+)`", page.read_text())
    paths = [name for name in code if re.match(r"(wiki|tests|templates|static|benchmarks)/", name)]
    # Elsewhere a name alone may be an example, as in what one can search for.
    names = code if page.name == "architecture.md" else []
    beside = {name for name in names if re.fullmatch(r"[\w/]+\.py", name)} - {*paths}
    assert [name for name in paths if not (ROOT / name).exists()] == []
    folders = [ROOT / "wiki", ROOT / "tests", ROOT / "benchmarks"]
    assert [name for name in beside if not any(any(f.rglob(name)) for f in folders)] == []


def test_every_benchmark_that_is_named_can_be_run():
    """`python -m benchmarks.texts` is cited in docs, in the Makefile and by the benchmarks."""
    texts = [*PROSE, ROOT / "Makefile", *(ROOT / "benchmarks").rglob("*.py")]
    cited = {
        name
        for text in texts
        for name in re.findall(r"-m[ \",]+(benchmarks(?:\.\w+)*)", text.read_text())
    }
    assert len(cited) > 10
    for name in cited:
        place = ROOT.joinpath(*name.split("."))
        file = place / "__main__.py" if place.is_dir() else place.with_suffix(".py")
        assert file.is_file(), name
        assert "__name__ ==" in file.read_text(), name
