"""Requests to the API of a hub."""

import json
import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import SplitResult, quote, urlencode, urlsplit

TIMEOUT = 20  # seconds
MAX_ANSWER = 20_000_000  # bytes; a page of 2 MB comes four times with a merge
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
_USUAL_PORTS = {"https": ":443", "http": ":80"}


class HubError(Exception):
    """The hub couldn't be reached or refused the request; the message is for people."""


class _StrictObject(dict[str, Any]):
    """A JSON object of a response; a missing key means that the server isn't a hub."""

    def __missing__(self, name: str) -> Any:
        raise HubError(f"The answer has no {name}. Is this the address of a hub?")


@dataclass(frozen=True, slots=True)
class HubResponse:
    """A response of the hub.

    `body` is the JSON object that it holds, `{}` if it holds none; `etag` is the ETag, or empty.
    """

    status: int
    body: dict[str, Any]
    etag: str

    @property
    def detail(self) -> str:
        """The hub's explanation of an error."""
        said = [str(self.body.get(name) or "") for name in ("title", "detail")]
        errors = [f"{each['where']}: {each['message']}" for each in self.body.get("errors") or ()]
        return " ".join([". ".join(filter(None, said)), *errors]).strip()


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follows no redirects: a token must not reach another host."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        return None


def address_parts(address: str) -> SplitResult:
    """Parse a hub's address as people type it: `hub.example.org` means `https://hub.example.org`.

    Spellings of the same address give equal parts. Raises `HubError`.
    """
    try:
        parts = urlsplit(address if "://" in address else f"https://{address}")
        is_address = parts.port is None or parts.port > 0
    except ValueError:
        is_address = False
    if (
        not is_address
        or parts.scheme not in _USUAL_PORTS
        or not parts.hostname
        or parts.query
        or parts.fragment
        or re.search(r"[\s@\\]", parts.netloc)
    ):
        raise HubError(f"{address} is not the address of a hub, such as https://hub.example.org.")
    host = parts.netloc.lower().removesuffix(_USUAL_PORTS[parts.scheme]).removesuffix(":")
    return parts._replace(netloc=host, path=parts.path.rstrip("/"))


class HubClient:
    """Sends requests to a hub's API, with a token if there is one."""

    def __init__(self, address: str, token: str = "", *, timeout: float = TIMEOUT) -> None:
        """`timeout` is in seconds.

        Raises `HubError` if the address is invalid, or would send a token unencrypted.
        """
        parts = address_parts(address)
        if token and parts.scheme == "http" and parts.hostname not in LOCAL_HOSTS:
            raise HubError("A token is sent over https:// only, so that nobody can read it.")
        self.address = f"{parts.scheme}://{parts.netloc}{parts.path}"
        self._token, self._timeout = token, timeout
        self._open = urllib.request.build_opener(_NoRedirects).open

    def page_address(self, path: str, **query: str) -> str:
        """The URL of a web page of the hub."""
        return f"{self.address}/{path}" + (f"?{urlencode(query)}" if query else "")

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        etag: str = "",
        **query: Any,
    ) -> HubResponse:
        """Send a request and return the response, including errors that the hub explains.

        `body` is sent as JSON, `etag` as `If-Match`, `query` in the URL. Raises `HubError`.
        """
        address = f"{self.address}/api/v1/{quote(path)}"
        if query:
            address += "?" + urlencode(query, doseq=True)
        headers = {"Accept": "application/json", "User-Agent": "nexus"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        if etag:
            headers["If-Match"] = etag
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            headers["Content-Type"] = "application/json"
        try:
            request = urllib.request.Request(address, data, headers, method=method)  # noqa: S310
            answer = self._answer(request)
        except (OSError, HTTPException, ValueError) as error:
            raise HubError(self._why_not(error)) from error
        if answer.status >= 300:
            return self._refused(answer)
        if not answer.body and answer.status != 204:
            raise HubError(f"What {self.address} answers isn’t whole, or it is no hub.")
        return answer

    def _answer(self, request: urllib.request.Request) -> HubResponse:
        try:
            with self._open(request, timeout=self._timeout) as response:
                return _read(response)
        except urllib.error.HTTPError as response:
            with response:
                return _read(response)

    def _why_not(self, error: Exception) -> str:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        if isinstance(reason, TimeoutError):
            return f"{self.address} didn’t answer in {self._timeout:g} seconds."
        if reason is not error:
            return f"{self.address} can’t be reached: {reason}."
        return f"{self.address} can’t be asked: {error!r}"

    def _refused(self, answer: HubResponse) -> HubResponse:
        match answer.status:
            case 401:
                words = "The hub wants to know who you are. Create a token at "
                raise HubError(
                    f"{words}{self.page_address('account/tokens')}; NEXUS_TOKEN holds it."
                )
            case 429:
                raise HubError("The hub has been asked too often. Try again in a minute.")
            case status if status >= 500 or 300 <= status < 400:
                raise HubError(f"{self.address} has answered {status}. {answer.detail}".strip())
            case 404 if not answer.body:
                raise HubError(f"There is no hub at {self.address}, or an older one.")
        return answer


def _read(response: Any) -> HubResponse:
    text = response.read(MAX_ANSWER)
    etag = response.headers.get("ETag") or ""
    try:
        body = json.loads(text, object_hook=_StrictObject)
    except ValueError:
        body = None
    status = response.status if hasattr(response, "status") else response.code
    return HubResponse(status, body if isinstance(body, _StrictObject) else _StrictObject(), etag)
