"""Receives a push: parses it, turns it into a proposal, and reports to Git."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from wiki.access.decorators import Forbidden
from wiki.access.permissions import Viewer
from wiki.accounts.models import User
from wiki.community.proposals.errors import NothingProposed, TooManyParts, TooManyProposals
from wiki.community.proposals.proposing.parts import ProposedPage
from wiki.community.proposals.proposing.propose import propose
from wiki.files.errors import FileRefused, StoreUnavailable
from wiki.files.messages import message_of
from wiki.files.write import FileIdTaken
from wiki.git.mirror.mirror_state import MirrorState
from wiki.git.mirror.pack_reader import PackReader
from wiki.git.mirror.pack_writer import ID_SIZE
from wiki.git.receiving.attached_files import AttachedFiles
from wiki.git.receiving.errors import PushRefused
from wiki.git.receiving.pushed_changes import base_of, changed_files, subject_of
from wiki.git.receiving.pushed_files import PushedFiles
from wiki.git.receiving.pushed_pages import PageReader
from wiki.git.receiving.pushed_renames import detect_renames
from wiki.git.receiving.unpacking import PushedObjects
from wiki.git.serving.pkt_lines import (
    DATA,
    FLUSH,
    PROGRESS,
    MalformedRequest,
    pkt_line,
    read_pkt_lines,
    side_band,
)
from wiki.hub.markdown_file import is_page_file
from wiki.i18n import lazy as _l
from wiki.naming import NameRefused
from wiki.pages.errors import PageNotFound, PathForbidden, PathTaken, TextTooLong
from wiki.rate_limits import LimitReached

_BRANCHES = "refs/heads/"
_MAIN = "refs/heads/main"

_TO_MAIN = _l(
    "main is what has been accepted. Push to another branch, and it becomes a proposal: "
    "git push origin HEAD:my-change"
)
_ONE_BRANCH = _l("Push one branch at a time.")
_NO_BRANCH = _l("Only branches can be pushed, and none can be deleted.")
_FORBIDDEN = _l("You can’t propose changes here.")
_NOTHING = _l("The branch doesn’t change any page or file.")
_MANY = _l("You already have %(limit)s proposals waiting. Withdraw one first.")
_MANY_PARTS = _l("A proposal has at most %(limit)s pages.")
_MISSING = _l("A page that you changed has been deleted, or you may no longer read it. Pull first.")
_CLOSED = _l("You can’t propose a page at %(name)s.")
_TAKEN = _l("There is already a page at %(name)s. Pull, and change that one.")
_TWICE = _l("Two files of the branch would be the page %(name)s. Give one of them another name.")
_NAME = _l("A page has a title, a path or a tag that isn’t allowed.")
_LONG = _l("A page is too long. Split it into several pages.")
_OFTEN = _l("You have stored as much text as you may for now. Try again later.")
_LATER = _l("The files can’t be stored right now. Try again later.")
ATTEMPTS = 5  # to store files while others are uploaded


@dataclass(frozen=True, slots=True)
class PushRequest:
    """A ref and its new commit, followed by the pack; `others` tells whether there are more
    refs.
    """

    ref: str
    tip: bytes
    has_others: bool
    pack: bytes


def parse_push(body: bytes) -> PushRequest | None:
    """The push; `None` for a request that only asks whether pushing is allowed.

    Raises `MalformedRequest`.
    """
    commands: list[bytes] = []
    at = len(body)
    for line, behind in read_pkt_lines(body):
        if line is None:
            at = behind
            break
        # Where a shallow clone ends; the mirror has everything before that.
        if not line.startswith(b"shallow "):
            commands.append(line)
    if not commands:
        return None
    words = commands[0].partition(b"\0")[0].split(b" ", 2)
    try:
        _old, new, ref = words[0], bytes.fromhex(words[1].decode("ascii")), words[2].decode()
    except (IndexError, ValueError) as error:
        raise MalformedRequest from error
    if len(new) != ID_SIZE:
        raise MalformedRequest
    return PushRequest(ref, new, len(commands) > 1, body[at:])


def open_proposal(
    folder: Path, state: MirrorState, push: PushRequest, *, by: User, viewer: Viewer
) -> int:
    """Turn a push into a proposal; returns its id. Raises `PushRefused`."""
    if push.has_others:
        raise PushRefused(_ONE_BRANCH)
    if push.ref == _MAIN:
        raise PushRefused(_TO_MAIN)
    if not push.ref.startswith(_BRANCHES) or not any(push.tip):
        raise PushRefused(_NO_BRANCH)
    with ExitStack() as stack:
        places = (folder / "objects" / "pack" / pack.name for pack in state.packs())
        readers = [stack.enter_context(closing(PackReader(place))) for place in places]

        def find(id_: bytes) -> tuple[int, bytes] | None:
            return next((reader.read(id_) for reader in readers if id_ in reader), None)

        objects = PushedObjects(push.pack, find)
        base = base_of(objects, state, push.tip)
        files = changed_files(objects, base.commit, push.tip)
        if not files:
            raise PushRefused(_NOTHING)
        others = [file for file in files if not is_page_file(file.name)]
        changed = detect_renames(objects, [file for file in files if is_page_file(file.name)])
        gone = (state.page_at(file.name, base.seq) for file in changed if file.blob is None)
        deleted = {item.owner for item in gone if item}
        attached = AttachedFiles(
            objects, state, base, others, by=by, viewer=viewer, deleted_pages=deleted
        )
        pictures = PushedFiles(objects, attached.new, attached.placed, by=by, viewer=viewer)
        reader = PageReader(objects, state, base, pictures)
        pages = reader.proposed(changed)
        pictures.check()
        attached.inspect()
        there = {page.page_id for _, page in pages}
        pages += [("", reader.unchanged(id_)) for id_ in attached.pages() if id_ not in there]
        if not pages:
            raise PushRefused(_NOTHING)
        pushed = _Pushed(pages, subject_of(objects, push.tip), pictures, attached)
        for _attempt in range(ATTEMPTS):
            with suppress(FileIdTaken):  # a file was uploaded meanwhile
                return _propose(pushed, by=by, viewer=viewer)
        raise PushRefused(_LATER)


@dataclass(frozen=True, slots=True)
class _Pushed:
    """The contents of a branch: pages by file name, and other files."""

    pages: list[tuple[str, ProposedPage]]
    title: str
    pictures: PushedFiles
    attached: AttachedFiles

    def store_files(self, session: Session, proposal_id: int) -> None:
        self.pictures.store(session)
        self.attached.put(session, proposal_id)


def _propose(pushed: _Pushed, *, by: User, viewer: Viewer) -> int:
    try:
        pages, within = pushed.pictures.with_addresses(pushed.pages), pushed.store_files
        return propose(pages, by=by, viewer=viewer, title=pushed.title, within=within)
    except FileRefused as error:
        raise PushRefused(message_of(error)) from error
    except StoreUnavailable as error:
        raise PushRefused(_LATER) from error
    except Forbidden as error:
        raise PushRefused(_FORBIDDEN) from error
    except NothingProposed as error:
        raise PushRefused(_NOTHING) from error
    except TooManyProposals as error:
        raise PushRefused(str(_MANY) % {"limit": error.limit}) from error
    except TooManyParts as error:
        raise PushRefused(str(_MANY_PARTS) % {"limit": error.limit}) from error
    except PageNotFound as error:
        raise PushRefused(_MISSING) from error
    except PathForbidden as error:
        raise PushRefused(_CLOSED, str(error)) from error
    except PathTaken as error:
        raise PushRefused(_TWICE if error.is_twice else _TAKEN, str(error)) from error
    except NameRefused as error:
        raise PushRefused(_NAME) from error
    except TextTooLong as error:
        raise PushRefused(_LONG) from error
    except LimitReached as error:
        raise PushRefused(_OFTEN) from error


def report(push: PushRequest, *, refused: str = "", message: str = "") -> Iterator[bytes]:
    """The response: whether the branch was accepted, and a message that Git shows."""
    ref = push.ref.encode()
    line = b"ng " + ref + b" see above" if refused else b"ok " + ref
    status = pkt_line(b"unpack ok\n") + pkt_line(line + b"\n") + FLUSH
    words = "".join(f"{each}\n" for each in ("", *(refused or message).splitlines(), ""))
    yield from side_band(PROGRESS, [words.encode()])
    yield from side_band(DATA, [status])
    yield FLUSH
