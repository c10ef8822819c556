"""A provider of OpenID Connect: a real server on this machine, as strict as a good one.

It checks the client's secret, the redirect URI and PKCE, and takes a code once. Whoever is to sign
in is `who`, claims of the ID token; what else a test sets makes it misbehave.
"""

import base64
import hashlib
import secrets
import threading
import time
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT_ID, CLIENT_SECRET = "nexus", "a secret of the client"


class Provider:
    """Runs from `start` to `stop`."""

    def __init__(self, redirect_uri: str) -> None:
        self.redirect_uri = redirect_uri
        self.who: dict[str, Any] = {"sub": "u-1", "preferred_username": "Selam T"}
        self.claims: dict[str, Any] = {}  # in the place of those that would be right
        self.refusal: dict[str, str] = {}  # what is answered instead of a code
        self.iss_in_answer: str | None = None
        self.told_issuer: str | None = None
        self.algorithm = "RS256"
        self.is_broken = False
        self.asked: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}
        self.rotate_keys()
        self._server = make_server("127.0.0.1", 0, self._app(), threaded=True)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def start(self) -> "Provider":
        self._thread.start()
        return self

    def stop(self) -> None:
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def rotate_keys(self) -> None:
        """Sign with another key from now on."""
        self.key = RSAKey.generate_key(2048, {"kid": secrets.token_hex(4)})

    @property
    def settings(self) -> dict[str, Any]:
        """Settings of a wiki that people sign in to by this provider."""
        return {
            "oidc_issuer": self.issuer,
            "oidc_client_id": CLIENT_ID,
            "oidc_client_secret": CLIENT_SECRET,
            "oidc_name": "School",
        }

    def _app(self) -> Flask:
        app = Flask("provider")
        app.before_request(self._notice)
        app.add_url_rule("/.well-known/openid-configuration", view_func=self._metadata)
        app.add_url_rule("/keys", view_func=self._keys)
        app.add_url_rule("/authorize", view_func=self._authorize)
        app.add_url_rule("/token", view_func=self._token, methods=["POST"])
        return app

    def _notice(self) -> Any:
        self.asked.append(request.path)
        return ("", 503) if self.is_broken else None

    def _metadata(self) -> Response:
        return jsonify(
            issuer=self.told_issuer or self.issuer,
            authorization_endpoint=f"{self.issuer}/authorize",
            token_endpoint=f"{self.issuer}/token",
            jwks_uri=f"{self.issuer}/keys",
            token_endpoint_auth_methods_supported=["client_secret_basic"],
            id_token_signing_alg_values_supported=["RS256", "none"],
        )

    def _keys(self) -> Response:
        return jsonify(keys=[self.key.as_dict(private=False)])

    def _authorize(self) -> Any:
        """Signs `who` in without asking."""
        asked = request.args.to_dict()
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT_ID
        assert asked["redirect_uri"] == self.redirect_uri
        assert "openid" in asked["scope"].split()
        assert asked["code_challenge_method"] == "S256"
        answer = {"state": asked["state"]}
        if self.refusal:
            answer |= self.refusal
        else:
            answer["code"] = secrets.token_urlsafe(16)
            self._codes[answer["code"]] = asked
        if self.iss_in_answer:
            answer["iss"] = self.iss_in_answer
        return redirect(f"{self.redirect_uri}?{urlencode(answer)}")

    def _token(self) -> Any:
        client, sent = request.authorization, request.form
        assert client is not None
        if (client.username, client.password) != (CLIENT_ID, CLIENT_SECRET):
            return jsonify(error="invalid_client"), 401
        asked = self._codes.pop(sent["code"], None)
        if asked is None or sent["redirect_uri"] != asked["redirect_uri"]:
            return jsonify(error="invalid_grant", error_description="This code is not valid."), 400
        digest = hashlib.sha256(sent["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return jsonify(error="invalid_grant"), 400
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
        }
        claims |= self.who | self.claims
        id_token = self._sign({name: value for name, value in claims.items() if value is not None})
        return jsonify(access_token="x", token_type="Bearer", expires_in=300, id_token=id_token)

    def _sign(self, claims: dict[str, Any]) -> str:
        header = {"alg": self.algorithm, "kid": self.key.kid}
        if self.algorithm == "none":
            parts = (jwt.encode({"alg": "RS256"}, claims, self.key)).split(".")
            unsigned = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
            return f"{unsigned}.{parts[1]}."
        return jwt.encode(header, claims, self.key)
