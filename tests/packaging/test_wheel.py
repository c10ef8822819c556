"""The wheel runs without the checkout: its own templates, styles, migrations, starter pages."""

import re
import subprocess
import sys
import zipfile

import pytest

from tests.live_server import FOLLOWERS, LiveServer
from tests.optional_resources import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (file,) = folder.glob("*.whl")
    return file


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A folder with the wheel's files and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    install += ["--disable-pip-version-check", "--target", str(folder), str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def server(installed, tmp_path_factory):
    """The installed wiki, started with `nexus serve` where there is nothing."""
    nowhere = tmp_path_factory.mktemp("nowhere")
    server = LiveServer(
        tmp_path_factory.mktemp("server"),
        command=(sys.executable, str(installed / "bin" / "nexus")),
        cwd=nowhere,
        environment={
            "PYTHONPATH": str(installed),
            "NEXUS_INSTANCE": None,
            "NEXUS_SECRET_KEY": None,
            "NEXUS_STARTER_PAGES": None,
            "NEXUS_WORKERS": "2",
        },
        followers=FOLLOWERS,
    )
    yield server.start()
    server.kill()


def _files(*patterns):
    found = [path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()]
    return {path for path in found if "__pycache__" not in path.parts}


def test_the_wheel_holds_everything_that_is_needed(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    inside = {str(path.relative_to(ROOT)) for path in _files("wiki/**/*")}
    beside = _files("templates/**/*", "static/**/*", "migrations/**/*")
    inside |= {f"wiki/{path.relative_to(ROOT)}" for path in beside}
    assert inside - names == set()


def test_the_wheel_holds_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert not [
        name for name in names if not re.match(r"wiki/|nexus_wiki-[\d.]+\.dist-info/", name)
    ]
    assert not [name for name in names if name.endswith((".pyc", ".sqlite3", ".orig"))]


def test_the_wheel_carries_its_licence(wheel):
    assert [n for n in zipfile.ZipFile(wheel).namelist() if n.endswith("licenses/LICENSE")]


def test_the_front_page_and_its_styles_are_served(server):
    front = server.get("/")
    (style, *_) = re.findall(r'href="(/static/[^"]+\.css[^"]*)"', front)
    assert server.status(style) == 200


def test_it_is_alive_and_ready(server):
    assert server.status("/healthz") == 200
    assert server.status("/readyz") == 200


def test_the_starter_pages_are_there(server):
    assert server.status("/wiki/concepts/jwt") == 200


def test_its_data_lies_in_the_folder_where_it_was_started(server):
    assert (server.cwd / "instance" / "nexus.sqlite3").is_file()


def test_the_wheels_own_copy_runs(server, installed):
    run = subprocess.run(
        [sys.executable, "-c", "import wiki; print(wiki.__file__)"],
        cwd=server.cwd,
        env={"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.startswith(str(installed))


def test_two_workers_end_in_time(server):
    assert server.stop(limit=20) == 0
