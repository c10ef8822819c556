"""The lock files: what is tested is what gets installed, from any index."""

import re
import tomllib

import pytest

from tests.optional_resources import ROOT

LOCKS = ("run", "dev", "fuzz")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def _lock(name):
    return (ROOT / "requirements" / f"{name}.lock").read_text()


def _pinned(name):
    return dict(re.findall(r"^([\w.-]+)==(\S+)", _lock(name), re.MULTILINE))


def _names(requirements):
    # `bleach[css]>=6.4,<7` -> bleach
    found = (re.match(r"[\w.-]+", wanted) for wanted in requirements)
    return {match[0].lower().replace("_", "-") for match in found if match}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_registry(name):
    assert "://" not in _lock(name)
    assert "-index" not in _lock(name)
    assert "find-links" not in _lock(name)


@pytest.mark.parametrize("name", LOCKS)
def test_everything_is_pinned_with_its_hashes(name):
    requirements = re.split(r"\n(?=\S)", re.sub(r"^\s*#.*\n?", "", _lock(name), flags=re.MULTILINE))
    for requirement in filter(None, requirements):
        assert re.match(r"[\w.-]+(\[\S+\])?==\S+", requirement), requirement
        assert "--hash=sha256:" in requirement, requirement


def test_the_lock_to_run_holds_what_the_project_asks_for():
    wanted = _names(PYPROJECT["project"]["dependencies"])
    wanted |= _names(PYPROJECT["project"]["optional-dependencies"]["postgres"])
    assert wanted <= set(_pinned("run"))


@pytest.mark.parametrize("name", ["dev", "fuzz"])
def test_a_lock_holds_what_its_group_asks_for(name):
    assert _names(PYPROJECT["dependency-groups"][name]) <= set(_pinned(name))


def test_tests_run_with_the_versions_that_people_get():
    run, dev = _pinned("run"), _pinned("dev")
    assert {name: dev.get(name) for name in run} == run


def test_only_one_of_the_three_whooshes_is_there():
    for name in ("run", "dev"):
        found = {pinned for pinned in _pinned(name) if pinned.startswith("whoosh")}
        assert found == {"whoosh3"}


def test_the_lock_of_the_linters_in_javascript_names_no_registry():
    lock = (ROOT / "requirements" / "npm" / "package-lock.json").read_text()
    assert '"integrity": "sha512-' in lock
    assert '"resolved"' not in lock
