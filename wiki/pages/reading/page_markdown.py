"""A page as Markdown with front matter, for clients that ask for it and for copying."""

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from wiki.access.permissions import current_viewer
from wiki.pages.errors import PageNotFound, RevisionErased
from wiki.pages.models import Page
from wiki.pages.queries.page_queries import page_at
from wiki.pages.queries.revisions import RevisionView, load_revisions
from wiki.pages.reading.page_lookup import requested_number
from wiki.pages.urls import page_url
from wiki.pages.writing.frontmatter import (
    FieldsTooLong,
    compose_front_matter,
    front_matter_of,
)
from wiki.web.base_url import whole_address

MARKDOWN = "text/markdown"
SUFFIX = ".md"  # after the URL of a page (llmstxt.org)


def prefers_markdown() -> bool:
    """Whether the client names Markdown and prefers it at least as much as HTML.

    `*/*` doesn’t count, so that browsers and clients that take anything get HTML. Source: RFC 9110,
    12.5.1.
    """
    if MARKDOWN not in request.headers.get("Accept", "").lower():
        return False
    accepted = request.accept_mimetypes
    named = max((quality for name, quality in accepted if name.lower() == MARKDOWN), default=0)
    return bool(0 < named >= accepted["text/html"])


def page_as_markdown(path: str) -> ResponseReturnValue:
    """The page at `path`; for `….md` without such a page, the page without the suffix.

    Raises `PageNotFound`, `RevisionNotFound`, `RevisionErased`.
    """
    viewer, suffix = current_viewer(), ""
    try:
        page = page_at(viewer, path)
    except PageNotFound:
        if not path.endswith(SUFFIX):
            raise
        path, suffix = path.removesuffix(SUFFIX), SUFFIX
        page = page_at(viewer, path)
    is_old = "revision" in request.args
    if page.path != path and not is_old:
        response = redirect(page_url(page.path) + suffix)
        response.headers["Cache-Control"] = "private, no-cache"
        response.vary.add("Accept")
        return response
    number = requested_number("revision") if is_old else page.revision_number
    (revision,) = load_revisions(page.id, [number])
    response = source_response(revision, _with_front_matter(revision))
    response.vary.add("Accept")
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Link"] = f'<{whole_address(page_url(page.path))}>; rel="canonical"'
    return response


def source_of(page: Page) -> Response:
    """The plain text of a page, or of the requested revision.

    Raises `RevisionNotFound`, `RevisionErased`.
    """
    number = requested_number("revision") if "revision" in request.args else page.revision_count
    (revision,) = load_revisions(page.id, [number])
    return source_response(revision, revision.text)


def source_response(revision: RevisionView, text: str) -> Response:
    """`text` as plain text that browsers never interpret as HTML. Raises `RevisionErased`."""
    if revision.erased_why is not None:
        raise RevisionErased
    response = Response(text, content_type=f"{MARKDOWN}; charset=utf-8")
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag(weak=True)
    response.make_conditional(request)
    return response


def _with_front_matter(revision: RevisionView) -> str:
    fields = front_matter_of(revision)
    try:
        return compose_front_matter(fields, revision.text)
    except FieldsTooLong:
        fields = {name: fields[name] for name in ("title", "kind")}
        return compose_front_matter(fields, revision.text)
