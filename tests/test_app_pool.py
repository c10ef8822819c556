"""What one test did with an application is unknown to the test that gets it next."""

import gc
import shutil
import threading
from pathlib import Path
from types import FunctionType, ModuleType

import pytest

from tests import factories
from tests.app_pool import AppPool
from wiki import create_app


@pytest.fixture
def apps(settings, migrated_sqlite, tmp_path):
    """Applications that are reused, with one that serves a test on a wiki of its own."""
    apps = AppPool()
    file = tmp_path / "left" / "nexus.sqlite3"
    file.parent.mkdir()
    shutil.copyfile(migrated_sqlite, file)
    app = create_app(settings(instance=file.parent, database_url=f"sqlite:///{file}"))
    apps.add(app)
    return apps, app


def texts_within(root):
    """Each text and path that `root` leads to; not those of modules and classes."""
    seen, ahead = set(), [root]
    while ahead:
        value = ahead.pop()
        if id(value) in seen or isinstance(value, ModuleType | type):
            continue
        seen.add(id(value))
        if isinstance(value, str | Path):
            yield str(value)
        elif isinstance(value, FunctionType):
            ahead += [cell.cell_contents for cell in value.__closure__ or ()]
        elif type(value).__module__ != "logging":
            ahead += gc.get_referents(value)


def test_nothing_in_it_leads_to_the_test_before(apps, settings):
    apps, app = apps
    client = factories.client_of(app, factories.make_user(app, "selam"))
    factories.make_page(app, "redis", "Redis")
    for address in ("/", "/wiki/redis", "/search?q=redis", "/account/settings"):
        assert client.get(address).status_code == 200
    assert any("/left/" in text for text in texts_within(app))
    apps.release(app)

    assert apps.acquire(settings()) is app
    assert not [text for text in texts_within(app) if "/left" in text]
    assert set(app.extensions) == set(create_app(settings()).extensions)
    assert app.test_client().get("/wiki/redis").status_code == 404


def test_only_one_with_the_same_settings_is_taken_and_by_one_test_only(apps, settings):
    apps, app = apps
    assert apps.acquire(settings()) is None  # the test before isn't over
    apps.release(app)
    assert apps.acquire(settings(public_reading=False)) is None
    assert apps.acquire(settings()) is app
    assert apps.acquire(settings()) is None


def test_one_with_limits_or_files_elsewhere_is_never_reused(settings, tmp_path):
    apps = AppPool()
    for settings_ in (settings(rate_limits=True), settings(files_store=f"file://{tmp_path}")):
        app = create_app(settings_)
        apps.add(app)
        apps.release(app)
        assert apps.acquire(settings_) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda app: app.add_url_rule("/broken", "broken", str),
        lambda app: app.before_request(str),
        lambda app: app.config.update(PROPAGATE_EXCEPTIONS=False),
        lambda app: app.jinja_env.globals.update(hub=str),
        lambda app: app.view_functions.update({"hub.front": str}),
        lambda app: setattr(app, "testing", True),
        lambda app: setattr(app, "wsgi_app", str),
        lambda app: threading.Timer(0.2, int).start(),
    ],
)
def test_one_that_a_test_has_changed_is_not_reused(apps, settings, change):
    apps, app = apps
    change(app)
    apps.release(app)
    assert apps.acquire(settings()) is None
