"""Requests to the API of a hub."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

TIMEOUT = 20  # seconds
MAX_ANSWER = 20_000_000  # bytes; a page of 2 MB comes three times with a merge
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


class HubFailed(Exception):
    """The hub couldn't be asked, or has refused; the message is for people."""


@dataclass(frozen=True, slots=True)
class HubAnswer:
    """`body` is JSON, `{}` if there was none."""

    status: int
    body: dict[str, Any]
    tag: str

    @property
    def detail(self) -> str:
        """What the hub says about an error."""
        said = [str(self.body.get(name) or "") for name in ("title", "detail")]
        errors = [f"{each['where']}: {each['message']}" for each in self.body.get("errors") or ()]
        return " ".join([". ".join(filter(None, said)), *errors]).strip()


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A token goes to the hub that it is for, and nowhere else."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        return None


class Hub:
    """A hub's API, asked by whoever has the token."""

    def __init__(self, address: str, token: str = "", *, timeout: float = TIMEOUT) -> None:
        """Raises `HubFailed` for what is no address, or one at which a token could be overheard."""
        parts = urlsplit(address if "://" in address else f"https://{address}")
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
            raise HubFailed(
                f"{address} is not the address of a hub, such as https://hub.example.org."
            )
        if token and parts.scheme == "http" and parts.hostname not in LOCAL_HOSTS:
            raise HubFailed("A token is sent over https:// only, so that nobody can read it.")
        self.address = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
        self._token, self._timeout = token, timeout
        self._open = urllib.request.build_opener(_NoRedirects).open

    def page_address(self, path: str, **query: str) -> str:
        """An address of the hub for browsers."""
        return f"{self.address}/{path}" + (f"?{urlencode(query)}" if query else "")

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        tag: str = "",
        **query: Any,
    ) -> HubAnswer:
        """The answer, also if it is a refusal that `body` tells. Raises `HubFailed`."""
        address = f"{self.address}/api/v1/{quote(path)}"
        if query:
            address += "?" + urlencode(query, doseq=True)
        headers = {"Accept": "application/json", "User-Agent": "nexus"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        if tag:
            headers["If-Match"] = tag
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(address, data, headers, method=method)  # noqa: S310
        try:
            with self._open(request, timeout=self._timeout) as answer:
                return _answer(answer)
        except urllib.error.HTTPError as error:
            with error:
                return self._refused(_answer(error))
        except TimeoutError as error:
            raise HubFailed(
                f"{self.address} didn't answer in {self._timeout:g} seconds."
            ) from error
        except urllib.error.URLError as error:
            if isinstance(error.reason, TimeoutError):
                raise HubFailed(
                    f"{self.address} didn't answer in {self._timeout:g} seconds."
                ) from error
            raise HubFailed(f"{self.address} can't be reached: {error.reason}.") from error
        except (OSError, ValueError) as error:
            raise HubFailed(f"{self.address} can't be asked: {error}") from error

    def _refused(self, answer: HubAnswer) -> HubAnswer:
        match answer.status:
            case 401:
                words = "The hub wants to know who you are. Create a token at "
                raise HubFailed(
                    f"{words}{self.page_address('account/tokens')}; NEXUS_TOKEN holds it."
                )
            case 429:
                raise HubFailed("The hub has been asked too often. Try again in a minute.")
            case status if status >= 500 or 300 <= status < 400:
                raise HubFailed(f"{self.address} has answered {status}. {answer.detail}".strip())
            case 404 if not answer.body:
                raise HubFailed(f"There is no hub at {self.address}, or an older one.")
        return answer


def _answer(response: Any) -> HubAnswer:
    text = response.read(MAX_ANSWER)
    tag = response.headers.get("ETag") or ""
    try:
        body = json.loads(text) if text else {}
    except ValueError:
        body = {}
    status = response.status if hasattr(response, "status") else response.code
    return HubAnswer(status, body if isinstance(body, dict) else {}, tag)
