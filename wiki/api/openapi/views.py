"""The OpenAPI document, and the page that explains the API to people."""

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wiki.api.blueprint import api
from wiki.api.openapi.document import openapi_document
from wiki.api.openapi.reference import (
    PROBLEM_KINDS,
    first_steps,
    sections_of,
    with_code,
)

api_reference = Blueprint("api_reference", __name__)


@api.get("/")
def root() -> ResponseReturnValue:
    """Above every address of the API stands the document of all."""
    return redirect(url_for(".openapi"))


@api.get("/openapi.json")
def openapi() -> ResponseReturnValue:
    response = Response(current_app.json.dumps(openapi_document()), mimetype="application/json")
    response.add_etag()
    return response.make_conditional(request)


@api_reference.get("/api")
def reference() -> ResponseReturnValue:
    """Every operation with an example, and a form for what can be tried without a program."""
    document = openapi_document()
    root = document["servers"][0]["url"]
    return render_template(
        "api/reference.html",
        sections=sections_of(document),
        steps=first_steps(root),
        kinds=PROBLEM_KINDS,
        root=root,
        with_code=with_code,
    )
