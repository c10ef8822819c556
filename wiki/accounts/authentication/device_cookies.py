"""Device cookies: a signed cookie recognizes a device on which somebody has signed in before.

Source: OWASP, "Slow Down Online Guessing Attacks with Device Cookies". The cookie outlives
sessions and grants no access: failed attempts from a known device are only counted separately
from those of unknown ones.
"""

import secrets
from typing import Any

from flask import after_this_request, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from wiki.accounts.models import SessionUser, User

COOKIE_AGE = 400 * 24 * 3600  # seconds; browsers keep no cookie for longer
MAX_USERS = 8  # in one cookie; older ones are dropped
_SALT = "nexus device"


def known_device(person: User) -> str | None:
    """The token of this device if `person` has signed in on it before, otherwise `None`."""
    mark = _users().get(str(person.id))
    return mark if isinstance(mark, str) else None


def is_known_to_anybody() -> bool:
    """Whether anybody has signed in on this device before."""
    return bool(_users())


def remember_device(person: User | SessionUser) -> None:
    """Recognize this device the next time `person` signs in on it."""
    people = _users()
    mark = people.pop(str(person.id), None) or secrets.token_urlsafe(9)
    kept = dict([*people.items(), (str(person.id), mark)][-MAX_USERS:])
    value = _signer().dumps(kept)

    @after_this_request
    def set_cookie(response: Response) -> Response:
        sessions = current_app.session_interface
        response.set_cookie(
            current_app.config["DEVICE_COOKIE_NAME"],
            value,
            max_age=COOKIE_AGE,
            path=sessions.get_cookie_path(current_app),
            secure=sessions.get_cookie_secure(current_app),
            samesite="Lax",
            httponly=True,
        )
        return response


def _users() -> dict[str, Any]:
    """The tokens of users who have signed in here, by user id, most recent last."""
    try:
        people = _signer().loads(
            request.cookies.get(current_app.config["DEVICE_COOKIE_NAME"], ""), max_age=COOKIE_AGE
        )
    except BadSignature:
        return {}
    return people if isinstance(people, dict) else {}


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt=_SALT)
