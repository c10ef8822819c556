"""Fixtures that every test may ask for."""

import asyncio
import gc
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import URL
from xdist.scheduler import LoadFileScheduling

from tests import databases, factories, speedups
from tests.app_pool import AppPool
from tests.optional_resources import is_absent
from tests.person import Person
from wiki import create_app
from wiki.access.rulebook import rulebook
from wiki.accounts.models import User
from wiki.config import Settings, read_settings
from wiki.database import db
from wiki.markup.workers import worker_client
from wiki.rate_limits import SQLStorage, limiter

pytest_plugins = ["tests.browser_fixtures", "tests.mail_fixtures"]

hypothesis.settings.register_profile("ci", max_examples=30, derandomize=True, deadline=None)
hypothesis.settings.register_profile("long", max_examples=5_000, deadline=None)
hypothesis.settings.load_profile(os.environ.get("NEXUS_TEST_HYPOTHESIS", "ci"))

# What a developer has set for a wiki of theirs is none of the tests' business.
for _name in [n for n in os.environ if n.startswith("NEXUS_") and not n.startswith("NEXUS_TEST_")]:
    del os.environ[_name]
# Each server would load a model for two seconds; what is about meanings switches it on.
os.environ["NEXUS_MEANING"] = "off"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `any_app` or `empty_database` runs on SQLite and on PostgreSQL."""
    both = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
    for asked, parametrised in (("any_app", "database"), ("empty_database",) * 2):
        if asked in metafunc.fixturenames:
            metafunc.parametrize(parametrised, both, indirect=True)


# What a test asks for that takes more than a moment, and how long about (seconds of processor).
_FIXTURE_COSTS = {
    "browser": 3.0,
    "database": 0.2,
    "empty_database": 0.5,
    "library": 0.2,
    "live_server": 0.2,
    "module_library": 0.2,
    "nexus": 0.5,
    "postgres_server": 0.5,
    "server": 1.0,
    "start_server": 3.0,
    "starter_server": 2.0,
    "world": 5.0,
}
_SLOW_COST = 5.0


def _cost(item: pytest.Item) -> float:
    costs = [_FIXTURE_COSTS.get(name, 0.0) for name in getattr(item, "fixturenames", ())]
    return max((*costs, _SLOW_COST if item.get_closest_marker("slow") else 0.0), default=0.0)


# Files that one process takes together, for what is built once for them.
_TOGETHER = {
    "test_accessibility.py": "world",
    "test_layout.py": "world",
    "test_first_visit.py": "starter",
    "test_reading.py": "starter",
}


def _scope_of(file: str) -> str:
    return _TOGETHER.get(file.rpartition("/")[2], file)


class _Files(LoadFileScheduling):
    """Gives each process a file at a time, or those that go together."""

    def _split_scope(self, nodeid: str) -> str:
        return _scope_of(super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    return _Files(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_xdist_auto_num_workers() -> int:
    """One more than processors: now and then a test waits for a server, a browser or a lock."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as `quick` what needs neither a database nor an index nor another process.

    Workers take a file at a time (`make test`) and begin with the slowest, so that nobody is left
    with a long one when the others are done.
    """
    by_scope: Counter[str] = Counter()
    for item in items:
        cost = _cost(item)
        by_scope[_scope_of(str(item.path))] += cost + 0.02
        if not cost:
            item.add_marker(pytest.mark.quick)
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: -by_scope[_scope_of(str(item.path))])


def pytest_collection_finish() -> None:
    """Look for garbage in what tests make, not each time among all modules and tests as well."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


@pytest.fixture(scope="session", autouse=True)
def speed_up_applications() -> Iterator[None]:
    """What is the same for every application is made once for all of them."""
    with pytest.MonkeyPatch.context() as patch:
        speedups.share_url_rules(patch)
        speedups.share_dialects(patch)
        speedups.hash_cheaply(patch)
        speedups.inspect_once(patch)
        speedups.write_lazily(patch)
        yield


@pytest.fixture(scope="session", autouse=True)
def generous_timeouts() -> Iterator[None]:
    """Waits for as long as a busy machine takes; what bounds a text is its processor time."""
    with pytest.MonkeyPatch.context() as patch:
        for limit in ("ANSWER_TIMEOUT", "START_TIMEOUT", "RENDER_QUEUE_TIMEOUT"):
            patch.setattr(worker_client, limit, 120.0)
        yield


# Databases


@pytest.fixture(autouse=True)
def no_event_loop(request: pytest.FixtureRequest) -> Iterator[None]:
    """Playwright leaves its loop running in this thread; requests begin one of their own."""
    running = asyncio._get_running_loop()
    if running is None or request.node.get_closest_marker("browser"):
        yield
        return
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(running)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file at the newest migration, to copy."""
    folder = tmp_path_factory.mktemp("template")
    file = folder / "nexus.sqlite3"
    databases.migrate(f"sqlite:///{file}", folder)
    return file


@pytest.fixture(scope="session")
def postgres_server() -> URL:
    """A PostgreSQL server that lets us make databases."""
    try:
        return databases.find_postgres()
    except databases.NoServer as error:
        is_absent(f"{error}. Start one, or set NEXUS_TEST_POSTGRES_URL")


@pytest.fixture(scope="session")
def migrated_postgres(
    postgres_server: URL, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The name of a database at the newest migration, to copy."""
    with databases.scratch_postgres(postgres_server) as url:
        databases.migrate(_shown(url), tmp_path_factory.mktemp("template"))
        yield str(url.database)


@pytest.fixture(scope="session")
def reused_postgres(
    postgres_server: URL, migrated_postgres: str
) -> Iterator[databases.ReusedPostgres]:
    reused = databases.ReusedPostgres(postgres_server, migrated_postgres)
    yield reused
    reused.close()


@pytest.fixture
def postgres_url(reused_postgres: databases.ReusedPostgres) -> Iterator[str]:
    """A migrated, empty PostgreSQL database."""
    yield _shown(reused_postgres.url)
    reused_postgres.restore()


@pytest.fixture(scope="session")
def empty_postgres(postgres_server: URL) -> Iterator[URL]:
    with databases.scratch_postgres(postgres_server) as url:
        yield url


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a migrated database of this test's own: SQLite unless parametrised."""
    if getattr(request, "param", "sqlite") == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    file = tmp_path / "instance" / "nexus.sqlite3"
    file.parent.mkdir(exist_ok=True)
    shutil.copyfile(request.getfixturevalue("migrated_sqlite"), file)
    return f"sqlite:///{file}"


@pytest.fixture
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables; the test runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    url = request.getfixturevalue("empty_postgres")
    yield _shown(url)
    databases.drop_tables(url)


def _shown(url: URL) -> str:
    return url.render_as_string(hide_password=False)


# The application


@pytest.fixture
def settings(tmp_path: Path, database: str) -> Callable[..., Settings]:
    """Makes settings on this test's database and instance: `settings(public_reading=False)`."""
    environment = {
        "NEXUS_INSTANCE": str(tmp_path / "instance"),
        "NEXUS_DATABASE_URL": database,
        "NEXUS_SECRET_KEY": databases.KEY,
        "NEXUS_STARTER_PAGES": "off",
        "NEXUS_RATE_LIMITS": "off",
        "NEXUS_MEANING": "off",
    }
    base = read_settings(environment)
    return lambda **overrides: replace(base, **overrides)


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> speedups.SharedTemplates:
    """Keeps compiled templates from one test's application to the next, for all workers."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "compiled"
    folder.mkdir(exist_ok=True)
    return speedups.SharedTemplates(folder)


@pytest.fixture(scope="session")
def app_pool() -> AppPool:
    return AppPool()


@pytest.fixture
def make_app(
    settings: Callable[..., Settings],
    compiled_templates: speedups.SharedTemplates,
    app_pool: AppPool,
) -> Iterator[Callable[..., Flask]]:
    """Makes an application on this test's database: `make_app(registration="closed")`."""
    made: list[Flask] = []

    def make(**overrides: Any) -> Flask:
        chosen = settings(**overrides)
        app = app_pool.acquire(chosen)
        if app is None:
            app = create_app(chosen)
            app.jinja_env.bytecode_cache = compiled_templates
            app.testing = True
            app.test_client_class = Person
            app_pool.add(app)
        speedups.share_statements(app)
        made.append(app)
        return app

    yield make
    for app in made:
        if isinstance(limiter.storage, SQLStorage):
            limiter.storage.close()
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        app_pool.release(app)


@pytest.fixture
def app(request: pytest.FixtureRequest, make_app: Callable[..., Flask]) -> Flask:
    """A fresh wiki: migrated, empty, without starter pages and rate limits.

    `@pytest.mark.settings(public_reading=False)` changes its settings.
    """
    marker = request.node.get_closest_marker("settings")
    return make_app(**(marker.kwargs if marker else {}))


@pytest.fixture
def any_app(app: Flask) -> Flask:
    """`app`, and with it everything below, once on SQLite and once on PostgreSQL."""
    return app


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """For tests of rules: an application context around the whole test."""
    with app.app_context():
        yield app


# People and pages


@pytest.fixture
def client(app: Flask) -> Person:
    """A browser in which nobody is signed in."""
    client: Any = app.test_client()
    return client  # type: ignore[no-any-return]


@pytest.fixture
def make_user(app: Flask) -> Callable[..., User]:
    """`make_user("selam", role="admin")`: stored, and detached from the session."""
    return lambda username, **columns: factories.make_user(app, username, **columns)


@pytest.fixture
def client_of(app: Flask, make_user: Callable[..., User]) -> Callable[..., Person]:
    """`client_of("selam", role="learner")`: a browser in which she is signed in."""

    def client_of(username: str, role: str = "learner") -> Person:
        return factories.client_of(app, make_user(username, role=role))

    return client_of


@pytest.fixture
def make_page(app: Flask) -> Callable[..., Any]:
    """`make_page(path="redis", title="Redis", text="…", kind="concept", tags=["db"], by=user)`."""
    return lambda path=None, **fields: factories.make_page(app, path, **fields)


@pytest.fixture
def index_now(app: Flask) -> Callable[[], None]:
    """Brings the search index up to the last save."""

    def index_now() -> None:
        from tests.search_index import catch_up

        catch_up(app)

    return index_now


@pytest.fixture
def queries(app: Flask) -> Callable[..., AbstractContextManager[list[str]]]:
    """`with queries(at_most=1): client.get("/wiki/redis")`; gives the list of statements."""

    @contextmanager
    def queries(at_most: int | None = None) -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.upper().startswith(("BEGIN", "PRAGMA", "COMMIT", "ROLLBACK")):
                seen.append(statement)

        with app.app_context():
            engine = db.engine
            rulebook()  # loaded once, until a rule of access changes
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)
        if at_most is not None:
            shown = "\n".join(seen)
            assert len(seen) <= at_most, f"{len(seen)} statements, {at_most} allowed:\n{shown}"

    return queries
