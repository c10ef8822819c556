"""The sandboxed frame in which a browser draws a page's diagrams."""

from flask import Response, make_response, render_template, request

from wiki.pages.blueprint import pages

# In a sandbox 'self' matches nothing in some browsers, so the host is listed as well.
_POLICY = (
    "default-src 'none'; script-src 'self' {host}; style-src 'self' {host} 'unsafe-inline'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-scripts"
)


@pages.get("/diagram")
def diagram() -> Response:
    """An empty document with an opaque origin: a diagram can’t access page or wiki."""
    response = make_response(render_template("pages/reading/diagram.html"))
    policy = _POLICY.format(host=request.host_url.rstrip("/"))
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Cache-Control"] = "no-cache"
    return response
