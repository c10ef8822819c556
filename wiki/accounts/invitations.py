"""Who may register: everybody, who has a link, or nobody; the first person always."""

from flask import current_app
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from wiki.accounts.errors import RegistrationClosed

INVITATION_AGE = 7 * 24 * 3600  # seconds; a class that meets weekly can still use it
_SALT = "nexus invitation"
_MEANING = "register"


def make_invitation() -> str:
    """A token that opens registration for `INVITATION_AGE`, to whoever has it."""
    return str(_serializer().dumps(_MEANING))


def check_door(token: str) -> None:
    """Raises `RegistrationClosed` unless somebody with this token (may be empty) may register."""
    mode = current_app.extensions["nexus"].registration
    if mode == "open":
        return
    if mode == "closed":
        raise RegistrationClosed("closed")
    if not token:
        raise RegistrationClosed("invite")
    try:
        meaning = _serializer().loads(token, max_age=INVITATION_AGE)
    except SignatureExpired as error:
        raise RegistrationClosed("expired") from error
    except BadSignature as error:
        raise RegistrationClosed("invalid") from error
    if meaning != _MEANING:
        raise RegistrationClosed("invalid")


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt=_SALT)
