"""Calls the application in this process through WSGI, without sockets or a test client."""

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus, unquote, urlencode

from benchmarks.harness.client import WrongAnswer
from benchmarks.harness.people import editor_fields, hidden_fields
from benchmarks.harness.servers import PASSWORD, PEOPLE, environment
from wiki import create_app
from wiki.config import read_settings


class InProcessApp:
    """An application on `instance`, with a person who is signed in."""

    def __init__(self, instance: Path) -> None:
        self.app = create_app(read_settings(environment(instance)))
        self._cookies: dict[str, str] = {}
        page = self.ask(self.environ("/account/login"))
        fields = {**hidden_fields(page), "username": PEOPLE[0], "password": PASSWORD}
        self.ask(self.environ("/account/login", fields), status="303")

    def reading(self, url: str, *, person: bool = False, **headers: Any) -> Callable[[], str]:
        cookies = self._cookies if person else {}
        return lambda: self.ask(self.environ(url, cookies=cookies, **headers), keep=False)

    def searching(self, query: str) -> Callable[[], str]:
        return self.reading(f"/search?q={quote_plus(query)}")

    def saving(self, path: str) -> Callable[[], str]:
        """Open the form now; the returned call saves it, and can be made once."""
        url = f"/edit/{quote(path)}"
        fields = editor_fields(self.ask(self.environ(url, cookies=self._cookies)))
        fields["text"] = fields["text"].rstrip() + "\n\nProfiled.\n"
        environ = self.environ(url, fields, cookies=self._cookies)
        return lambda: self.ask(environ, status="303")

    def environ(
        self,
        url: str,
        fields: dict[str, str] | None = None,
        *,
        cookies: dict[str, str] | None = None,
        **headers: str,
    ) -> dict[str, Any]:
        path, _, query = url.partition("?")
        body = urlencode(fields).encode() if fields is not None else b""
        sent = self._cookies if cookies is None else cookies
        return {
            "REQUEST_METHOD": "GET" if fields is None else "POST",
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(path).encode().decode("latin-1"),
            "QUERY_STRING": query,
            "RAW_URI": url,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "127.0.0.1",
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in sent.items()),
            "CONTENT_TYPE": "application/x-www-form-urlencoded" if body else "",
            "CONTENT_LENGTH": str(len(body)) if body else "",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            **headers,
        }

    def ask(self, environ: dict[str, Any], *, status: str = "200", keep: bool = True) -> str:
        """The body of the response; keeps cookies. Raises `WrongAnswer` for another `status`."""
        seen: list[Any] = []

        def start(*answer: Any) -> Callable[[bytes], object]:
            seen.extend(answer[:2])
            return lambda _: None

        answer = self.app.wsgi_app(environ, start)
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        if not seen[0].startswith(status):
            raise WrongAnswer(f"{environ['RAW_URI']} answered {seen[0]}: {body[:1000]!r}")
        if not keep:
            return ""
        for name, value in seen[1]:
            if name == "Set-Cookie":
                cookie, _, kept = value.partition(";")[0].partition("=")
                self._cookies[cookie] = kept
        return body.decode()
