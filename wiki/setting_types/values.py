"""Values of settings: how each is read, and what is said of one that can't be."""

import re
from collections.abc import Mapping
from importlib.util import find_spec
from urllib.parse import SplitResult, urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

MIN_KEY_LENGTH = 32  # characters of a secret key
_DEFAULT_PORTS = {"http": 80, "https": 443}
_URL_PATH = re.compile(r"(?:/[\w.~!$&'()*+,;=:@-]+)*/?", re.ASCII)


class InvalidSetting(ValueError):
    """A setting that can't be used; the message names it and says how to correct it."""


def split_address(url: str) -> SplitResult:
    """The parts of a URL; all of them are empty where it can't be read as one."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return SplitResult("", "", "", "", "")
    return parts


def normal_base_url(url: str) -> str:
    """`url` as browsers write it: scheme and host in lower case, without the default port."""
    if not url:
        return ""
    wrong = InvalidSetting(
        f"NEXUS_BASE_URL: {url!r} is not an address. Write it as https://wiki.example.org, or with "
        "a path: https://example.org/wiki"
    )
    try:
        parts = urlsplit(url.strip())
        port, host = parts.port, (parts.hostname or "").encode("idna").decode()
    except (ValueError, UnicodeError) as error:
        raise wrong from error
    is_more = parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in _DEFAULT_PORTS or not host or is_more:
        raise wrong
    if not _URL_PATH.fullmatch(parts.path):
        raise wrong
    host = f"[{host}]" if ":" in host else host
    port_part = "" if port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{host}{port_part}{parts.path.rstrip('/')}"


def database_url(url: str) -> str:
    """The address of a database, as SQLAlchemy has it; nothing for the default."""
    if not url:
        return ""
    scheme = url.partition(":")[0]
    if scheme in ("postgres", "postgresql"):
        scheme, url = "postgresql+psycopg", "postgresql+psycopg" + url[len(scheme) :]
    if scheme not in ("sqlite", "postgresql+psycopg"):
        raise InvalidSetting(
            f"NEXUS_DATABASE_URL: {scheme}: is not supported. "
            "Use sqlite:////path/to/file or postgresql://user:password@host/name."
        )
    if not _is_database_url(url):
        # Without repeating it: there may be a password in it.
        raise InvalidSetting(
            "NEXUS_DATABASE_URL: this is not the address of a database. "
            "Write it as postgresql://user:password@host/name; in a user or password, @ is %40, "
            ": is %3A, / is %2F and # is %23."
        )
    return url


def _is_database_url(url: str) -> bool:
    """Whether SQLAlchemy and the standard library read it as an address."""
    try:
        make_url(url)
    except (ArgumentError, ValueError):
        return False
    return bool(split_address(url).scheme)


def redis_url(env: Mapping[str, str], name: str) -> str:
    """The address of a Redis, or nothing."""
    url = env.get(name, "")
    parts = split_address(url)
    if url and (parts.scheme not in ("redis", "rediss") or not parts.hostname):
        raise InvalidSetting(
            f"{name}: this is not the address of a Redis. Write it as redis://host:6379, or "
            "rediss://… with TLS, or leave it unset."
        )
    if url and find_spec("redis") is None:
        raise InvalidSetting(
            f"{name}: Redis needs the extra `redis`: pip install 'nexus-wiki[redis]'"
        )
    return url


def origins(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Origins of web pages between commas, or `*` for any."""
    found = []
    for origin in filter(None, map(str.strip, env.get(name, "").split(","))):
        parts = split_address(origin)
        is_origin = parts.scheme in _DEFAULT_PORTS and parts.netloc and not (parts.path.strip("/"))
        if origin != "*" and (not is_origin or parts.query or parts.fragment or "@" in origin):
            raise InvalidSetting(
                f"{name}: {origin!r} is not an origin. Write it as https://app.example.org, "
                "several of them with commas, or * for any."
            )
        found.append(origin.rstrip("/").lower())
    return tuple(dict.fromkeys(found))


def former_keys(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Secret keys between commas."""
    keys = tuple(key.strip() for key in env.get(name, "").split(",") if key.strip())
    if any(len(key) < MIN_KEY_LENGTH for key in keys):
        raise InvalidSetting(
            f"{name}: a key has at least {MIN_KEY_LENGTH} characters. Write the former values of "
            "NEXUS_SECRET_KEY, separated by commas."
        )
    return keys


def one_of(env: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    value = env.get(name) or choices[0]
    if value not in choices:
        raise InvalidSetting(f"{name}: {value!r} is not one of {', '.join(choices)}.")
    return value


def one_of_or_none(env: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str | None:
    """The same for what administrators decide unless the host does."""
    return one_of(env, name, choices) if env.get(name) else None


def switch(env: Mapping[str, str], name: str) -> bool:
    value = (env.get(name) or "on").lower()
    if value not in ("on", "off"):
        raise InvalidSetting(f"{name}: {value!r} is neither on nor off.")
    return value == "on"


def switch_or_none(env: Mapping[str, str], name: str) -> bool | None:
    """The same for what administrators decide unless the host does."""
    return switch(env, name) if env.get(name) else None


def number(env: Mapping[str, str], name: str, *, lowest: int, default: int) -> int:
    value = env.get(name) or str(default)
    if not value.isdecimal() or int(value) < lowest:
        raise InvalidSetting(f"{name}: {value!r} is not a whole number from {lowest} up.")
    return int(value)


def number_or_none(env: Mapping[str, str], name: str, *, lowest: int) -> int | None:
    """The same; `None` where nothing is given, and administrators decide."""
    return number(env, name, lowest=lowest, default=lowest) if env.get(name) else None


def files_store(url: str) -> str:
    """The address of a bucket, "" for the instance folder."""
    if not url:
        return ""
    parts = split_address(url)
    is_more = parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme != "s3" or not parts.netloc or is_more:
        raise InvalidSetting(
            f"NEXUS_FILES_STORE: {url!r} is not the address of a bucket. Write it as s3://bucket "
            "or s3://bucket/folder, or leave it unset to store files in the instance folder."
        )
    if find_spec("obstore") is None:
        raise InvalidSetting(
            "NEXUS_FILES_STORE: a bucket needs the extra `s3`: pip install 'nexus-wiki[s3]'"
        )
    return url
