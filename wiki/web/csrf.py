"""Protection against cross-site request forgery: a token in every form.

A token ends with its session. Where that would cost somebody their save, the browser's statement
that the request comes from this site suffices: no other site can forge it.

Pages are compressed, and the length of a compressed page reveals which parts of it repeat what the
reader was made to request (BREACH: Gluck, Harris, Prado 2013). So a token is masked differently
each time it is shown: no part of it repeats, and it can't be guessed letter by letter.
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

WRITER_FIELD = "writer"  # whose form it is: the id of an account
LONGEST_LINE = 10_000  # characters; no field of one line takes as many

CSRFView = TypeVar("CSRFView", bound=Callable[..., Any])


def allow_same_origin(view: CSRFView) -> CSRFView:
    """Accept a request for this view without a valid token if `is_same_origin`."""
    view.is_origin_enough = True  # type: ignore[attr-defined]
    return view


def is_same_origin() -> bool:
    """Whether the browser states that a page of this site sent the request.

    Source: F. Valsorda, "Cross-Site Request Forgery" (2025), the algorithm of Go's
    `http.CrossOriginProtection`, without its exceptions; W3C, Fetch Metadata Request Headers.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    # Browsers send `Sec-Fetch-Site` to safe origins only; a laptop may serve plain HTTP.
    return request.headers.get("Origin") == request.host_url.removesuffix("/")


def is_cross_site() -> bool:
    """Whether a browser sent the request, and not from a page of this site."""
    return bool({"Sec-Fetch-Site", "Origin"} & {*request.headers.keys()}) and not is_same_origin()


def is_allowed_origin() -> bool:
    """Whether a web page of another site sent an API request that the settings allow it."""
    allowed = current_settings().api_origins
    return is_api_request() and bool({request.headers.get("Origin"), "*"} & {*allowed})


def masked_token() -> str:
    """The session's token under a new mask."""
    token = generate_csrf().encode()
    mask = os.urandom(len(token))
    return urlsafe_b64encode(mask + _xor(token, mask)).decode()


def unmask_token(sent: str | None) -> str:
    """The token below the mask; empty, which is never valid, for anything else."""
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
        """Raises `ValidationError`."""
        if not g.get("csrf_valid", False):  # set by `CSRFProtection`
            validate_csrf(unmask_token(field.data))


class ProtectedForm(FlaskForm):  # type: ignore[misc]
    """The base of every form of the wiki."""

    class Meta:
        csrf_class = MaskedCSRF

    def process(self, *args: Any, **options: Any) -> None:
        """Read the form; of a megabyte in one line, as much as is sure to be refused as too long.

        Checking all of it and showing it again would keep a processor busy for seconds.
        """
        super().process(*args, **options)
        for field in self:
            is_line = not isinstance(field, TextAreaField | HiddenField)
            if is_line and isinstance(field.data, str):
                field.data = field.data[:LONGEST_LINE]

    def reject(self, name: str, message: str) -> None:
        """Put `message` at the field `name`."""
        field: Field = self[name]
        field.errors = [*field.errors, message]


class OtherWriter(CSRFError):  # type: ignore[misc]
    """Somebody else has signed in since the form was opened, in the same browser."""


def writer_field() -> Markup:
    """The hidden field of a form that is taken without a token: for whom it is made."""
    value = current_user.id if current_user.is_authenticated else ""
    return Markup('<input type="hidden" name="{}" value="{}">').format(WRITER_FIELD, value)


def refuse_other_writer() -> None:
    """A token ends with its session; without one, the form says for whom it was made.

    A form that says nothing of it is anybody's. Raises `OtherWriter`.
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
            # No cookie speaks for the sender. A browser that was given the token as a password
            # would also send it along from other sites.
            if is_cross_site() and not is_allowed_origin():
                raise CSRFError("An access token is sent from another site.")
            g.csrf_valid = True
            return
        if is_api_request():  # and it has no cookie, whoever sent it
            return
        view = current_app.view_functions.get(request.endpoint or "")
        if getattr(view, "is_origin_enough", False) and is_same_origin():
            refuse_other_writer()
            g.csrf_valid = True  # for `MaskedCSRF`
            return
        super().protect(apply_exemptions)
