"""A browser without JavaScript that talks to real servers, of which any may die at any moment."""

import http.client
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

from werkzeug.datastructures import MultiDict

from tests.person import Browser

PATIENCE = 120  # seconds for an answer; nothing is measured here


class Lost(Exception):
    """No answer came: nobody knows whether what was sent was done."""


@dataclass(frozen=True, slots=True)
class Answer:
    status_code: int
    text: str
    location: str


class Visitor(Browser):
    """Sends each request to one of `ports`, as a load balancer would, on a fresh connection."""

    def __init__(self, ports: Sequence[int], session: str, chance: random.Random) -> None:
        self.ports = ports
        self.chance = chance
        self.cookies: SimpleCookie = SimpleCookie({"nexus_session": session})

    def get(self, url: str, query_string: Mapping[str, Any] | None = None) -> Answer:
        return self._send("GET", f"{url}?{urlencode(query_string)}" if query_string else url)

    def post(self, url: str, data: MultiDict[str, Any], content_type: str | None = None) -> Answer:
        assert content_type is None, "no file is sent here"
        return self._send("POST", url, urlencode(list(data.items(multi=True))))

    def _send(self, method: str, url: str, body: str | None = None) -> Answer:
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = {"Cookie": "; ".join(f"{m.key}={m.coded_value}" for m in self.cookies.values())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        port = self.chance.choice(self.ports)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.request(method, target, body, headers)
            response = connection.getresponse()
            text = response.read().decode()
        except (OSError, http.client.HTTPException) as error:
            raise Lost(str(error)) from error
        finally:
            connection.close()
        for cookie in response.msg.get_all("Set-Cookie", []):
            self.cookies.load(cookie)
        return Answer(response.status, text, response.msg.get("Location", ""))
