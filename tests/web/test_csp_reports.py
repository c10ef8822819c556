"""Browsers' reports on the policy are logged, whatever they contain."""

import json
import logging
from typing import Any

import pytest

from tests.person import Person

OLD = {
    "csp-report": {
        "document-uri": "https://w.org/wiki/a",
        "violated-directive": "script-src",
        "blocked-uri": "inline",
    }
}
NEW = [
    {
        "type": "csp-violation",
        "body": {
            "documentURL": "https://w.org/wiki/a",
            "effectiveDirective": "script-src",
            "blockedURL": "inline",
        },
    }
]


@pytest.mark.parametrize(
    ("sent", "kind"), [(OLD, "application/csp-report"), (NEW, "application/reports+json")]
)
def test_both_forms_are_logged(
    client: Person, caplog: pytest.LogCaptureFixture, sent: Any, kind: str
) -> None:
    with caplog.at_level(logging.WARNING):
        answer = client.post("/csp-report", data=json.dumps(sent), content_type=kind)
    assert answer.status_code == 204
    assert "policy stopped 'inline' ('script-src') on 'https://w.org/wiki/a'" in caplog.text


@pytest.mark.parametrize("name", ["document-uri", "documentURL"])
def test_what_an_address_holds_beside_the_path_is_not_logged(
    client: Person, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    about = {name: "https://w.org/account/password?link=a-secret", "blocked-uri": "inline"}
    with caplog.at_level(logging.WARNING):
        client.post("/csp-report", data=json.dumps({"csp-report": about}))
    assert "'https://w.org/account/password'" in caplog.text
    assert "a-secret" not in caplog.text


def test_nonsense_breaks_nothing_and_forges_no_line(
    client: Person, caplog: pytest.LogCaptureFixture
) -> None:
    cases = [
        b"",
        b"{",
        b"[1, null, {}]",
        b"[" * 10_000,
        b"\xff",
        b'{"body": 7}',
        b"x" * 30_000,
        b'{"csp-report": {"document-uri": {"a": "b\\nforged line"}}}',
    ]
    for body in cases:
        with caplog.at_level(logging.WARNING):
            assert client.post("/csp-report", data=body).status_code == 204, body
        assert "\nforged" not in caplog.text, body


def test_pages_name_the_address(client: Person) -> None:
    headers = client.get("/pages").headers
    assert "report-uri /csp-report" in headers["Content-Security-Policy"]
    assert headers["Reporting-Endpoints"] == 'csp="/csp-report"'
