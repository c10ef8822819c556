"""Expiring signatures of sessions and links, for servers with slightly different clocks."""

from collections.abc import Iterable
from typing import Any

from flask import Flask, Response, current_app
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import SignatureExpired, TimestampSigner, URLSafeTimedSerializer

from wiki.web.authorization import sent_token

LEEWAY = 60  # seconds by which another server's clock may differ


class LenientSigner(TimestampSigner):
    """Accepts signatures from up to a minute in the future, or expired up to a minute ago."""

    def unsign(
        self, signed_value: str | bytes, max_age: int | None = None, return_timestamp: bool = False
    ) -> Any:
        """The signed value.

        Raises `BadSignature`, and `SignatureExpired` if it is older than `max_age` seconds.
        """
        value, signed = super().unsign(signed_value, return_timestamp=True)
        if max_age is not None:
            age = self.get_timestamp() - int(signed.timestamp())
            if not -LEEWAY <= age <= max_age + LEEWAY:
                raise SignatureExpired(
                    f"signed {age} seconds ago", payload=value, date_signed=signed
                )
        return (value, signed) if return_timestamp else value


class SessionInterface(SecureCookieSessionInterface):
    """Flask’s sessions with one signer for all requests, since making one takes longer than using
    it.
    """

    _serializer: URLSafeTimedSerializer | None = None

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Save the session, unless the request has a token."""
        if sent_token() is None:
            super().save_session(app, session, response)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if self._serializer is None and (serializer := super().get_signing_serializer(app)):
            serializer.signer = LenientSigner
            self._serializer = serializer
        return self._serializer


def link_serializer(salt: str, former_keys: Iterable[str] = ()) -> URLSafeTimedSerializer:
    """A serializer for tokens in links; `salt` keeps tokens for one purpose from being used for
    another.

    Signatures by `former_keys` are also accepted: only for links that give no access.
    """
    keys = [*former_keys, str(current_app.secret_key)]  # the last one signs
    return URLSafeTimedSerializer(keys, salt=salt, signer=LenientSigner)
