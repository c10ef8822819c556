"""The repository to import: a local folder, or a temporary clone of a remote one."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from dulwich import porcelain
from dulwich.client import HTTPUnauthorized
from dulwich.errors import GitProtocolError, NotGitRepository
from dulwich.objects import Commit, ObjectID, Tag
from dulwich.porcelain import NoneStream
from dulwich.refs import Ref
from dulwich.repo import Repo
from urllib3.exceptions import HTTPError

_REMOTE = ("https", "http")


class RepositoryUnavailable(ValueError):
    """`reason` is `missing`, `scheme`, `address`, `offline`, `refused` or `incomplete` (the
    repository), `branch` or `folder`.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def is_address(source: str) -> bool:
    """Whether `source` is a URL rather than a path."""
    return "://" in source


def is_repository(source: str) -> bool:
    """Whether `source` is a Git repository, with or without a working tree."""
    if is_address(source):
        return True
    try:
        Repo(source).close()
    except (NotGitRepository, OSError):
        return False
    return True


def source_name(source: str) -> str:
    """How an import is identified: a path, or a URL without its password."""
    if not is_address(source):
        return str(Path(source).resolve())
    parts = urlsplit(source)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


@contextmanager
def open_repository(source: str) -> Iterator[Repo]:
    """The local repository, or a temporary clone of a remote one.

    Raises `RepositoryUnavailable`.
    """
    if not is_address(source):
        try:
            repository = Repo(source)
        except (NotGitRepository, OSError) as error:
            raise RepositoryUnavailable("missing") from error
        with repository:
            yield repository
        return
    _check_address(source)
    with (
        tempfile.TemporaryDirectory(prefix="nexus-git-") as folder,
        _copy(source, folder) as copied,
    ):
        yield copied


def _check_address(address: str) -> None:
    """Raises `RepositoryUnavailable`. What is none, dulwich would hand over to ssh."""
    try:
        parts = urlsplit(address)
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise RepositoryUnavailable("address", address) from error
    if parts.scheme not in _REMOTE:
        raise RepositoryUnavailable("scheme")
    if not is_whole:
        raise RepositoryUnavailable("address", address)


def _copy(source: str, folder: str) -> Repo:
    try:
        return porcelain.clone(source, folder, bare=True, checkout=False, errstream=NoneStream())
    except HTTPUnauthorized as error:
        raise RepositoryUnavailable("refused") from error
    except (GitProtocolError, NotGitRepository, HTTPError, OSError, KeyError) as error:
        raise RepositoryUnavailable("offline", str(error)) from error


def branch_of(repository: Repo, wanted: str | None) -> tuple[str, ObjectID]:
    """The name of a branch and its newest commit; by default, the branch checked out.

    A tag or a commit works as well. Raises `RepositoryUnavailable`.
    """
    if wanted is None:
        chain, _ = repository.refs.follow(Ref(b"HEAD"))
        wanted = chain[-1].decode(errors="replace").removeprefix("refs/heads/")
    for prefix in ("refs/heads/", "refs/remotes/origin/", "refs/tags/", ""):
        with suppress(KeyError, ValueError):
            found = repository[f"{prefix}{wanted}".encode()]
            while isinstance(found, Tag):
                found = repository[found.object[1]]
            if isinstance(found, Commit):
                return wanted, found.id
    raise RepositoryUnavailable("branch", wanted)
