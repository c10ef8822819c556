"""The OpenAPI document, and the API reference for people."""

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wiki.api.blueprint import api
from wiki.api.openapi.document import openapi_document
from wiki.api.openapi.reference import (
    PROBLEM_KINDS,
    first_steps,
    reference_sections,
    render_code_spans,
)

api_reference = Blueprint("api_reference", __name__)


@api.get("/")
def root() -> ResponseReturnValue:
    """The root of the API returns the OpenAPI document."""
    return redirect(url_for(".openapi"))


@api.get("/openapi.json")
def openapi() -> ResponseReturnValue:
    response = Response(current_app.json.dumps(openapi_document()), mimetype="application/json")
    response.add_etag()
    return response.make_conditional(request)


@api_reference.get("/api")
def reference() -> ResponseReturnValue:
    """Every operation with an example, and with a form for those that can be tried in a browser."""
    document = openapi_document()
    root = document["servers"][0]["url"]
    return render_template(
        "api/reference.html",
        sections=reference_sections(document),
        steps=first_steps(root),
        kinds=PROBLEM_KINDS,
        root=root,
        render_code_spans=render_code_spans,
    )
