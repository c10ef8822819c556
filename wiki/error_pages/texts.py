"""The status and the messages of all error pages, by exception."""

from dataclasses import dataclass, field
from typing import Any

from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import RequestEntityTooLarge

from wiki.access.decorators import Forbidden
from wiki.access.groups.membership import GroupNotFound
from wiki.accounts.errors import (
    SignInNeeded,
    UserNotFound,
)
from wiki.community.discussion.errors import CommentNotFound, ThreadNotFound
from wiki.community.proposals.errors import ProposalNotFound
from wiki.community.webhooks.manage import WebhookNotFound
from wiki.files.errors import ContentMissing, FileNotThere, StoreUnavailable
from wiki.i18n import lazy as _l
from wiki.pages.errors import RevisionErased, RevisionNotFound
from wiki.pages.sections import SectionNotFound
from wiki.pages.writing.drafts import DraftNotFound
from wiki.web.csrf import OtherWriter
from wiki.web.pagination import NoSuchListPage
from wiki.web.strict_utf8 import NotUTF8


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """The content of an error page: status, what happened, what to do."""

    status: int
    title: Any
    message: Any
    advice: Any = ""
    headers: dict[str, str] = field(default_factory=dict)


_SIGN_IN_AGAIN = _l("Sign in again in another tab of this browser, then return here and try again.")

ERROR_PAGES: dict[type[Exception], ErrorPage] = {
    RevisionNotFound: ErrorPage(
        404,
        _l("No such revision"),
        _l("This page has no revision with that number."),
        _l("Its history lists all of them."),
    ),
    RevisionErased: ErrorPage(
        410,
        _l("Erased"),
        _l("The text of this revision has been erased permanently."),
        _l("The page’s history says who erased it and why."),
    ),
    SectionNotFound: ErrorPage(
        409,
        _l("The section is gone"),
        _l("The page no longer has the section you were editing, so your text wasn’t saved."),
        _l("Copy your text, open the whole page and paste it where it belongs."),
    ),
    DraftNotFound: ErrorPage(
        404,
        _l("No such draft"),
        _l("You have no draft with that number. It may have been saved or discarded."),
    ),
    ProposalNotFound: ErrorPage(
        404,
        _l("No such proposal"),
        _l("There is no proposal with that number that you may see."),
        _l("Have a look at the list of proposals."),
    ),
    UserNotFound: ErrorPage(
        404,
        _l("No such user"),
        _l("There is nobody with that name here."),
        _l("Names must be spelled as they appear in page histories and recent changes."),
    ),
    ThreadNotFound: ErrorPage(
        404,
        _l("No such discussion"),
        _l("There is no discussion at this address."),
        _l("What it is about may have been deleted."),
    ),
    CommentNotFound: ErrorPage(
        404,
        _l("No such comment"),
        _l("There is no comment at this address."),
        _l("What it is about may have been deleted."),
    ),
    GroupNotFound: ErrorPage(
        404,
        _l("No such group"),
        _l("There is no group at this address, or you aren’t in it."),
    ),
    WebhookNotFound: ErrorPage(
        404,
        _l("No such webhook"),
        _l("There is no such webhook, or it has no such message any more."),
    ),
    FileNotThere: ErrorPage(
        404,
        _l("No such file"),
        _l("There is no file at this address."),
        _l("It may have been deleted. Have a look in the file library."),
    ),
    ContentMissing: ErrorPage(
        503,
        _l("This file is unavailable"),
        _l("Its content is missing from storage."),
        _l("Please tell an administrator: it may have to be restored from a backup."),
    ),
    StoreUnavailable: ErrorPage(
        503,
        _l("Files are unavailable"),
        _l("The file storage is full or doesn’t respond."),
        _l("Try again in a few seconds."),
    ),
    NoSuchListPage: ErrorPage(
        404,
        _l("No such page in this list"),
        _l("This list has no page with that number."),
        _l("Start at its first page."),
    ),
    Forbidden: ErrorPage(
        403,
        _l("Not allowed"),
        _l("Your account may read here, but not do this."),
        _l("An administrator can give your account more rights."),
    ),
    SignInNeeded: ErrorPage(
        401,
        _l("You are signed out"),
        _l("Your session had ended, so this wasn’t saved."),
        _SIGN_IN_AGAIN,
    ),
    OtherWriter: ErrorPage(
        401,
        _l("Somebody else is signed in"),
        _l("Another account began this, so nothing was saved."),
        _l("Send it again to save it with this account. Or first sign in to the other."),
    ),
    CSRFError: ErrorPage(
        400,
        _l("This form is no longer valid"),
        _l("It belongs to another session, or cookies are disabled, so nothing was saved."),
        _l("If you are signed in, try again. If not, sign in in another tab first."),
    ),
    NotUTF8: ErrorPage(
        400,
        _l("Invalid text"),
        _l("What you sent isn’t valid UTF-8 text, so nothing was saved."),
        _l("Go back: your browser still has what you typed."),
    ),
    RequestEntityTooLarge: ErrorPage(
        413,
        _l("Too large"),
        _l("What you sent is larger than this wiki accepts."),
        _l("Go back: your browser still has it. Then split it into several pages."),
    ),
}

PAGE_DELETED = ErrorPage(
    404,
    _l("The page was deleted"),
    _l("Somebody deleted it while you were writing, so your text wasn’t saved."),
    _l("You can save it as a new page, or bring the old page back first."),
)

PAGE_GONE = ErrorPage(
    404,
    _l("The page is gone"),
    _l("There is no page at this address any more, so your text wasn’t saved."),
    _l("Copy it from here, or save it as a new page somewhere else."),
)

HTTP_ERROR_PAGES: dict[int, ErrorPage] = {
    400: ErrorPage(400, _l("Bad request"), _l("The request was incomplete or malformed.")),
    401: ErrorPage(401, _l("Sign in first"), _l("You need to be signed in to see this.")),
    403: ErrorPage(403, _l("Not allowed"), _l("You don’t have permission to see or do this.")),
    404: ErrorPage(
        404,
        _l("Not found"),
        _l("There is no page at this address."),
        _l("Search for it, or start at the front page."),
    ),
    405: ErrorPage(
        405, _l("Method not allowed"), _l("This address doesn’t accept this kind of request.")
    ),
    500: ErrorPage(
        500,
        _l("Something went wrong"),
        _l("This is our mistake, and it has been logged."),
        _l("Please try again. If you were writing, your text is below."),
    ),
    503: ErrorPage(503, _l("Temporarily unavailable"), _l("Try again in a few seconds.")),
}
