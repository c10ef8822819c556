"""Removes private data from a text before it is sent."""

import getpass
import os
import re
import socket
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from wiki.client.secret_patterns import (
    ADDRESS,
    ASSIGNED,
    ASSIGNED_CAMEL,
    BANK_ACCOUNT,
    HOST,
    IDENTIFIER,
    LOGIN,
    NUMBER,
    OPTION,
    PERSONAL,
    PRIVATE_KEY,
    SCHEME,
    SHORT_OPTION,
    SPOKEN,
    TOKEN,
    URL,
    dense_spans,
    is_secret_name,
)
from wiki.fingerprints.identities import without_identities

# The replacement for what was removed; fingerprints use the same, so that they still match.
REDACTED = "…"
MIN_NAME = 2  # letters; shorter names of the machine or its users are not removed
MIN_VALUE = 4  # characters; shorter values of environment variables are not removed
# Common names, which identify nobody.
_COMMON = frozenset(
    {"root", "user", "users", "admin", "runner", "ubuntu", "debian", "localhost", "home", "app"}
    | {
        "python",
        "node",
        "test",
        "nobody",
        "public",
        "default",
        "local",
        "docker",
        "src",
        "ci",
        "py",
    }
)
# Well-known public hosts.
_PUBLIC_HOSTS = re.compile(
    r"(?:localhost|127\.0\.0\.1|(?:[\w-]+\.)*(?:github\.com|gitlab\.com|pypi\.org|python\.org"
    r"|pythonhosted\.org|npmjs\.(?:org|com)|nodejs\.org|golang\.org|go\.dev|crates\.io|rust-lang\.org"
    r"|maven\.org|apache\.org|docker\.(?:io|com)|debian\.org|ubuntu\.com))(?::\d+)?"
)
_PATH = re.compile(
    r"(?<![\w.:/\\…])(?:(?:[A-Za-z]:[\\/]|\\\\)(?:[^\\/:*?\"'<>|\n]{1,80}[\\/])*[^\s\\/:*?\"'<>|,;()]*"
    r"|(?:~[\w-]*|file://|(?=/))/(?:[^\s'\"<>:,;()|]+(?: [\w.-]+(?=/))?)+)"
)
# The rest of a path from here on is the same on every machine.
_SHARED = re.compile(
    r"[\\/](?:(?:site|dist)-packages|node_modules|lib(?:64)?[\\/]python\d[\d.]*|Python\d*[\\/]Lib"
    r"|pkg[\\/]mod|go[-\d.a-z]*[\\/]src|\.cargo[\\/]registry|rustc[\\/][0-9a-f]+)(?=[\\/])"
)
_SOURCE = re.compile(r"[^\\/]+\.(?:pyx?|[mc]?[jt]sx?|go|rs|java|kt|cs|cpp|cc?|h(?:pp)?|rb|php)$")


class Redactor:
    """Redacts texts, given names of the machine and its users, and secrets of its environment."""

    def __init__(self, names: Iterable[str] = (), secrets: Iterable[str] = ()) -> None:
        known = {name for name in names if len(name) >= MIN_NAME and name.casefold() not in _COMMON}
        self._names = _any_of(known, r"(?i)(?<![^\W_])", r"(?![^\W_])")
        self._secrets = _any_of({value for value in secrets if len(value) >= MIN_VALUE})

    def redact(self, text: str) -> str:
        """The text with each secret, address, name and local path replaced by `REDACTED`.

        Paths into libraries keep the part that is the same everywhere:
        `…/site-packages/django/db.py`.
        """
        text = PRIVATE_KEY.sub(REDACTED, text)
        if self._secrets:
            text = self._secrets.sub(REDACTED, text)
        text = TOKEN.sub(REDACTED, text)
        for pattern in (SCHEME, ASSIGNED, ASSIGNED_CAMEL, OPTION, SHORT_OPTION, SPOKEN, LOGIN):
            text = pattern.sub(_value_hidden, text)
        text = URL.sub(_shown_url, text)
        text = _PATH.sub(_shown_path, text)
        for pattern in (ADDRESS, IDENTIFIER, BANK_ACCOUNT, NUMBER):
            text = pattern.sub(REDACTED, text)
        text = _without(text, dense_spans(text))
        return self._names.sub(REDACTED, text) if self._names else text

    def redact_message(self, message: str) -> str:
        """Redact an error message, which may also name other people and their hosts."""
        named = without_identities(PERSONAL.sub(_value_hidden, message), REDACTED)
        return HOST.sub(_shown_host, self.redact(named))


def this_machine(environment: Mapping[str, str] = os.environ) -> Redactor:
    """A redactor for this computer and the current user."""
    return Redactor(_names(environment), _secrets(environment))


def _names(environment: Mapping[str, str]) -> set[str]:
    found = {environment.get(name, "") for name in ("USER", "USERNAME", "LOGNAME", "HOSTNAME")}
    found |= {environment.get(name, "") for name in ("COMPUTERNAME", "USERDOMAIN", "SUDO_USER")}
    lookups: tuple[Callable[[], str], ...] = (
        getpass.getuser,
        socket.gethostname,
        lambda: Path.home().name,
    )
    for look_up in lookups:
        with suppress(OSError, KeyError, RuntimeError, ImportError):
            found.add(look_up())
    found |= {name.partition(".")[0] for name in found}
    with suppress(OSError, RuntimeError, UnicodeDecodeError):
        config = (Path.home() / ".gitconfig").read_text(encoding="utf-8")
        for name in re.findall(r"(?m)^\s*(?:name|email)\s*=\s*(.+?)\s*$", config):
            found |= {name, *name.split()}
    return found


def _secrets(environment: Mapping[str, str]) -> list[str]:
    return [value for name, value in environment.items() if is_secret_name(name)]


def _any_of(texts: Iterable[str], before: str = "", after: str = "") -> re.Pattern[str] | None:
    known = sorted({text for text in texts if text.strip()}, key=len, reverse=True)
    return re.compile(f"{before}(?:{'|'.join(map(re.escape, known))}){after}") if known else None


def _value_hidden(found: re.Match[str]) -> str:
    return f"{found['name']}{REDACTED}"


def _shown_url(found: re.Match[str]) -> str:
    is_public = _PUBLIC_HOSTS.fullmatch(found["host"]) and found["scheme"].startswith("http")
    if not is_public or found["user"]:
        return f"{found['scheme']}{REDACTED}"
    return (
        f"{found['scheme']}{found['host']}{found['path']}{'?' + REDACTED if found['query'] else ''}"
    )


def _shown_host(found: re.Match[str]) -> str:
    return found[0] if _PUBLIC_HOSTS.fullmatch(found[0]) else REDACTED


def _shown_path(found: re.Match[str]) -> str:
    path = found[0]
    if shared := list(_SHARED.finditer(path)):
        return REDACTED + path[shared[-1].start() :].replace("\\", "/")
    name = _SOURCE.search(path)
    return f"{REDACTED}/{name[0]}" if name else REDACTED


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + REDACTED + text[end:]
    return text
