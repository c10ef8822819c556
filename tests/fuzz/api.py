"""Send the API what its OpenAPI document allows, and what it doesn't: no error of ours, no breach.

    python -m tests.fuzz.api [--examples N] [--operation ID]

Source: Z. Hatfield-Dodds, D. Dygalo, "Deriving Semantics-Aware Fuzzers from Web API Schemas"
(ICSE 2022), by Schemathesis.
"""

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import hypothesis
import schemathesis
from flask import Flask
from schemathesis import checks

from tests import databases, factories
from tests.search_index import catch_up
from wiki import create_app
from wiki.accounts.tokens.models import TokenScope
from wiki.accounts.tokens.tokens import TokenTerms, create_token
from wiki.config import read_settings
from wiki.database import utcnow

# What the document says of an answer; whether a request was good is for our own tests to know.
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]
# That would end what the others need.
LEFT_OUT = {"remove_rule", "set_rule"}


def attack(app: Flask, examples: int, only: str = "") -> list[str]:
    """The names of the operations that were tried. Raises what a check finds."""
    headers = {"Authorization": f"Bearer {_token(app)}", "Accept-Encoding": "identity"}
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    tried = []
    for found in schema.get_all_operations():
        operation = found.ok()
        name = operation.definition.raw["operationId"]
        if name in LEFT_OUT or (only and name != only):
            continue
        _try(operation, headers, examples)
        tried.append(name)
    return tried


def _try(operation: Any, headers: dict[str, str], examples: int) -> None:
    @hypothesis.settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=examples < 100,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    )
    @hypothesis.given(operation.as_strategy())
    def try_one(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    try_one()


def _token(app: Flask) -> str:
    chief = factories.make_user(app, "chief", role="admin")
    terms = TokenTerms("Fuzzing", TokenScope.ADMIN, utcnow() + timedelta(days=1))
    with app.test_request_context():
        return create_token(chief, terms)


def furnish(app: Flask) -> None:
    """Something of each sort, with the number 1."""
    hana = factories.make_user(app, "hana")
    page = factories.make_page(app, "a", text="Words of it.\n", kind="concept", tags=["x"], by=hana)
    factories.make_page(app, "b", text="[[a]]\n", by=hana)
    factories.make_thread(app, page.page_id, hana)
    catch_up(app)


@contextmanager
def furnished_wiki() -> Iterator[Flask]:
    folder = Path(tempfile.mkdtemp(prefix="nexus-fuzz-"))
    url = f"sqlite:///{folder / 'nexus.sqlite3'}"
    environment = {
        "NEXUS_INSTANCE": str(folder),
        "NEXUS_DATABASE_URL": url,
        "NEXUS_SECRET_KEY": databases.KEY,
        "NEXUS_STARTER_PAGES": "off",
        "NEXUS_RATE_LIMITS": "off",
    }
    try:
        databases.migrate(url, folder)
        app = create_app(read_settings(environment))
        app.testing = True
        furnish(app)
        yield app
    finally:
        shutil.rmtree(folder)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.api", description=__doc__)
    parser.add_argument("--examples", type=int, default=300, help="For each operation.")
    parser.add_argument("--operation", default="", help="One of them alone.")
    options = parser.parse_args()
    with furnished_wiki() as app:
        tried = attack(app, options.examples, options.operation)
    print(f"{len(tried)} operations keep to the document.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
