"""Protection against cross-site request forgery: a token in every form.

A token expires with its session. If a save would be lost for that reason, the browser’s statement
that the request comes from this site suffices: other sites can’t forge it.

Pages are compressed, and the length of a compressed page reveals which parts repeat what the reader
was made to request (BREACH: Gluck, Harris, Prado 2013). So a token is masked differently each time:
no part repeats, and it can’t be guessed letter by letter.
"""

import os
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, g, request
from flask_login import current_user
from flask_wtf import CSRFProtect, FlaskForm
from flask_wtf.csrf import CSRFError, generate_csrf, validate_csrf
from markupsafe import Markup
from wtforms import Field, HiddenField, TextAreaField
from wtforms.csrf.core import CSRF

from wiki.app_state import current_settings
from wiki.web.authorization import sent_token
from wiki.web.programs.api_requests import is_api_request

WRITER_FIELD = "writer"  # hidden field with the id of the account that opened the form
MAX_LINE_LENGTH = 10_000  # characters; longer than any one-line field allows

CSRFView = TypeVar("CSRFView", bound=Callable[..., Any])


def allow_same_origin(view: CSRFView) -> CSRFView:
    """Decorator for views that accept a request without a valid token if `is_same_origin`."""
    view.is_origin_enough = True  # type: ignore[attr-defined]
    return view


def is_same_origin() -> bool:
    """Whether the browser states that a page of this site sent the request.

    Source: F. Valsorda, “Cross-Site Request Forgery” (2025), the algorithm of Go’s
    `http.CrossOriginProtection`, without its exceptions; W3C, Fetch Metadata Request Headers.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    # Browsers only send `Sec-Fetch-Site` to secure origins, but a laptop may serve plain HTTP.
    return request.headers.get("Origin") == request.host_url.removesuffix("/")


def is_cross_site() -> bool:
    """Whether a browser sent the request, and not from a page of this site."""
    return bool({"Sec-Fetch-Site", "Origin"} & {*request.headers.keys()}) and not is_same_origin()


def is_allowed_origin() -> bool:
    """Whether the API request comes from a web page of another site that the settings allow."""
    allowed = current_settings().api_origins
    return is_api_request() and bool({request.headers.get("Origin"), "*"} & {*allowed})


def masked_token() -> str:
    """The session’s token with a new mask."""
    token = generate_csrf().encode()
    mask = os.urandom(len(token))
    return urlsafe_b64encode(mask + _xor(token, mask)).decode()


def unmask_token(sent: str | None) -> str:
    """The token without its mask; empty, which is never valid, if it is malformed."""
    try:
        both = b64decode((sent or "").encode("ascii"), altchars=b"-_", validate=True)
        half = len(both) // 2
        return _xor(both[half:], both[:half]).decode("ascii")
    except ValueError:
        return ""


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


class MaskedCSRF(CSRF):
    """The token field of a form."""

    def generate_csrf_token(self, _field: Field) -> str:
        return masked_token()

    def validate_csrf_token(self, _form: FlaskForm, field: Field) -> None:
        """Check the token of the form. Raises `ValidationError`."""
        if not g.get("csrf_valid", False):  # set by `CSRFProtection`
            validate_csrf(unmask_token(field.data))


class ProtectedForm(FlaskForm):  # type: ignore[misc]
    """The base class of all forms of the wiki."""

    class Meta:
        csrf_class = MaskedCSRF

    def process(self, *args: Any, **options: Any) -> None:
        """Read the form; an overlong one-line value is cut to a length that is certainly refused.

        Checking and showing a megabyte in one line would keep a processor busy for seconds.
        """
        super().process(*args, **options)
        for field in self:
            is_line = not isinstance(field, TextAreaField | HiddenField)
            if is_line and isinstance(field.data, str):
                field.data = field.data[:MAX_LINE_LENGTH]

    def reject(self, name: str, message: str) -> None:
        """Add `message` to the errors of the field `name`."""
        field: Field = self[name]
        field.errors = [*field.errors, message]


class OtherWriter(CSRFError):  # type: ignore[misc]
    """Somebody else has signed in since the form was opened, in the same browser."""


def writer_field() -> Markup:
    """A hidden field with the id of the person, for forms that are accepted without a token."""
    value = current_user.id if current_user.is_authenticated else ""
    return Markup('<input type="hidden" name="{}" value="{}">').format(WRITER_FIELD, value)


def refuse_other_writer() -> None:
    """Refuse a form that somebody else opened in the same browser.

    A token expires with its session; a form without a token names its writer. A form without that
    field is accepted. Raises `OtherWriter`.
    """
    writer = request.form.get(WRITER_FIELD)
    if writer and current_user.is_authenticated and writer != str(current_user.id):
        raise OtherWriter


class CSRFProtection(CSRFProtect):  # type: ignore[misc]
    """Flask-WTF's protection with masked tokens and `allow_same_origin`."""

    def init_app(self, app: Flask) -> None:
        super().init_app(app)
        app.jinja_env.globals.update(csrf_token=masked_token, writer_field=writer_field)
        app.context_processor(lambda: {"csrf_token": masked_token})

    def _get_csrf_token(self) -> str:
        return unmask_token(super()._get_csrf_token())

    def protect(self, apply_exemptions: bool = False) -> None:
        if sent_token() is not None:
            # There is no cookie to protect. But a browser that got the token as a password
            # would also send it along from other sites.
            if is_cross_site() and not is_allowed_origin():
                raise CSRFError("An access token is sent from another site.")
            g.csrf_valid = True
            return
        if is_api_request():  # cookies have been removed from it
            return
        view = current_app.view_functions.get(request.endpoint or "")
        if getattr(view, "is_origin_enough", False) and is_same_origin():
            refuse_other_writer()
            g.csrf_valid = True  # for `MaskedCSRF`
            return
        super().protect(apply_exemptions)
