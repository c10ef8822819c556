"""The OpenAPI document is true, and the page about the API shows all of it."""

import re

import pytest

from tests.files.upload_forms import send
from tests.fuzz.api import attack, furnish


@pytest.mark.slow
def test_every_operation_keeps_to_the_document(app):
    """A request or two of each; `make fuzz` sends many."""
    furnish(app)
    assert len(attack(app, 1)) > 40


def test_the_document_names_every_address_of_the_api(app, stranger):
    document = stranger.get("/openapi.json").json
    assert document["openapi"] == "3.1.0"
    told = {
        (re.sub(r"{(\w+)}", r"<\1>", path), method.upper())
        for path, methods in document["paths"].items()
        for method in methods
    }
    there = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", rule.rule), method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.") and rule.endpoint not in ("api.root", "api.openapi")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert told == there


def test_what_is_said_to_be_open_is_open_and_nothing_else(app, stranger):
    for path, methods in stranger.get("/openapi.json").json["paths"].items():
        for method, told in methods.items():
            address = re.sub(r"{\w+}", "1", path).removeprefix("/api/v1")
            is_refused = stranger.ask(method.upper(), address, json={}).status_code == 401
            is_open = {} in told["security"]
            if told["operationId"] != "create_session":
                assert is_refused != is_open, (method, path)


def test_headers_fields_and_errors_are_those_that_are_read(app, stranger):
    paths = stranger.get("/openapi.json").json["paths"]
    told = {each["operationId"]: each for path in paths.values() for each in path.values()}
    needed = {
        name: parameter["required"]
        for name, each in told.items()
        for parameter in each.get("parameters", ())
        if parameter["name"] == "If-Match"
    }
    assert needed.pop("update_page") is False
    assert {"remove_page", "add_rename", "add_restoration"} <= needed.keys()
    assert all(needed.values())
    form = told["add_file"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert form["properties"].keys() == {"file", "page", "replaces"}
    asked = [each["name"] for each in told["read_proposal"]["parameters"]]
    assert asked == ["proposal_id", "version"]
    for name in ("read_page", "update_page", "compare", "add_proposal", "amend_proposal"):
        assert "410" in told[name]["responses"], name


def test_conditions_parts_and_headers_of_answers_are_told(app, stranger, client_of):
    document = stranger.get("/openapi.json").json
    told = {
        each["operationId"]: each for path in document["paths"].values() for each in path.values()
    }

    def headers(operation, status):
        return told[operation]["responses"][status]["headers"].keys()

    assert {"ETag", "Location", "Idempotency-Replayed"} <= headers("add_page", "201")
    assert "Link" in headers("list_pages", "200")
    assert "Link" not in headers("read_page", "200")
    assert "ETag" in headers("update_page", "412")
    assert all("Retry-After" in headers(name, "429") for name in told)
    for name in ("read_page", "read_file_content"):
        asked = [each["name"] for each in told[name]["parameters"]]
        assert "If-None-Match" in asked
        assert "ETag" in headers(name, "304")
    assert "Content-Range" in headers("read_file_content", "206")
    used = {
        name
        for each in told.values()
        for status in each["responses"]
        for name in headers(each["operationId"], status)
    }
    assert used == document["components"]["headers"].keys()
    send(client_of("selam"), ("a.txt", b"0123456789"))
    for sent, status in (({"Range": "bytes=2-4"}, 206), ({"Range": "bytes=99-"}, 416)):
        answer = stranger.get("/files/1/content", headers=sent)
        answer.close()
        assert answer.status_code == status
        assert str(status) in told["read_file_content"]["responses"]
    whole = stranger.get("/files/1/content")
    whole.close()
    again = stranger.get("/files/1/content", headers={"If-None-Match": whole.headers["ETag"]})
    assert again.status_code == 304


def test_the_document_is_sent_once(app, stranger):
    tag = stranger.get("/openapi.json").headers["ETag"]
    again = stranger.get("/openapi.json", headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert stranger.get("/").headers["Location"] == "/api/v1/openapi.json"


@pytest.mark.settings(base_url="https://wiki.example.org/learn")
def test_addresses_are_those_of_the_wiki(app, client):
    answer = client.get("/learn/api/v1/openapi.json")
    assert answer.json["servers"] == [{"url": "https://wiki.example.org/learn"}]
    page = client.get("/learn/api").text
    assert "https://wiki.example.org/learn/api/v1/pages" in page


def test_the_page_shows_each_operation_with_an_example(app, client, stranger):
    page = client.get("/api").text
    for methods in stranger.get("/openapi.json").json["paths"].values():
        for told in methods.values():
            assert f'id="nx-{told["operationId"]}"' in page
    assert page.count("curl") > 40
    for kind in re.findall(r'"/api#([\w-]+)"', " ".join(_kinds())):
        assert f'id="{kind}"' in page, kind


def _kinds():
    from tests.optional_resources import ROOT

    for path in (ROOT / "wiki" / "api").rglob("*.py"):
        for kind in re.findall(r'kind="([\w-]+)"', path.read_text()):
            yield f'"/api#nx-{kind}"'


def test_a_form_of_the_page_sends_what_the_api_takes(app, client, make_page):
    make_page("a", kind="concept")
    make_page("b")
    answer = client.open_form("/api", has="below").submit(kind="concept")
    assert [each["path"] for each in answer.json["items"]] == ["a"]
