"""The forms of administration."""

from datetime import timedelta

from flask_babel import gettext as _
from wtforms import (
    BooleanField,
    EmailField,
    FileField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length

from wiki.accounts.blocking.blocks import BlockRefused
from wiki.accounts.blocking.models import REASON_LIMIT
from wiki.accounts.credentials.emails import clean_email
from wiki.accounts.errors import AccountRefused
from wiki.i18n import lazy as _l
from wiki.identity.models import NAME_LIMIT, TAGLINE_LIMIT, WELCOME_LIMIT
from wiki.identity.update import IdentityRefused
from wiki.web.csrf import ProtectedForm
from wiki.web.request_values import parse_number


class TestMailForm(ProtectedForm):
    """The recipient of a test mail."""

    recipient = EmailField(_l("Recipient"), render_kw={"autocomplete": "email", "required": True})

    def address(self) -> str | None:
        """The recipient’s address; `None`, with an error in the form, if it is invalid."""
        try:
            cleaned = clean_email(self.recipient.data or "")
        except AccountRefused:
            cleaned = None
        if cleaned is None:
            self.recipient.errors = [_("Enter an address such as name@example.org.")]
        return cleaned


class IdentityForm(ProtectedForm):
    """The wiki’s name, logo and other parts of its identity."""

    name = StringField(
        _l("Name"), description=_l("Shown in the header, in titles, in the feed and in searches.")
    )
    tagline = StringField(
        _l("Tagline"), description=_l("One sentence that says what this wiki is for.")
    )
    welcome = TextAreaField(
        _l("Welcome"), description=_l("Markdown, shown at the top of the front page. May be empty.")
    )
    logo = FileField(_l("Logo"), description=_l("PNG, JPEG, WebP or SVG. A wide one is fine."))
    logo_dark = FileField(
        _l("Logo for dark theme"),
        description=_l("Without it, the other logo is used for both themes."),
    )
    accent = StringField(
        _l("Accent colour"),
        description=_l(
            "For buttons and highlights, such as #0f6b5c; leave it empty for green. "
            "A colour that would be hard to read is made darker or lighter."
        ),
        render_kw={"maxlength": 7, "autocomplete": "off", "spellcheck": "false", "dir": "ltr"},
    )
    remove_logo = BooleanField(_l("Remove the logo"))
    remove_logo_dark = BooleanField(_l("Remove the logo for dark theme"))
    version = HiddenField()

    def seen(self) -> int:
        """The version that was shown; -1, which no version has, if it isn’t a number."""
        number = parse_number(self.version.data)
        return -1 if number is None else number

    def show(self, refused: IdentityRefused) -> None:
        limits = {"name": NAME_LIMIT, "tagline": TAGLINE_LIMIT, "welcome": WELCOME_LIMIT}
        for name, reason in refused.problems.items():
            words = {
                "too-long": _("Shorten it to %(limit)s characters.", limit=limits.get(name, 7)),
                "hidden": _("Remove the invisible characters (control characters and marks)."),
                "no-colour": _("Write # and six digits or letters from a to f, such as #0f6b5c."),
            }
            self.reject(name, words[reason])


_TERMS = {
    "hour": (_l("An hour"), timedelta(hours=1)),
    "day": (_l("A day"), timedelta(days=1)),
    "week": (_l("A week"), timedelta(weeks=1)),
    "month": (_l("30 days"), timedelta(days=30)),
    "year": (_l("A year"), timedelta(days=365)),
    "ever": (_l("Until it is lifted"), None),
}
_BLOCK_REFUSALS = {
    "unknown": _l("Enter an existing username or an IP address."),
    "self": _l("This is your own account."),
    "admin": _l("Administrators can’t be blocked. Give this person another role first."),
    "own-address": _l("This would block your own address."),
    "loopback": _l(
        "This is the server’s own address. If everybody seems to come from there, set "
        "NEXUS_PROXIES to the number of proxies in front of it."
    ),
}


class BlockForm(ProtectedForm):
    """Whom to block, why, and for how long."""

    target = StringField(
        _l("Name or address"),
        [InputRequired(_l("Enter a name or an address."))],
        description=_l(
            "A username, an IP address, or a range such as 192.0.2.0/24 or 2001:db8::/32."
        ),
    )
    term = SelectField(
        _l("For how long?"),
        choices=[SelectChoice(value, label) for value, (label, _term) in _TERMS.items()],
        default="day",
    )
    reason = StringField(
        _l("Reason"),
        [
            InputRequired(_l("Say why. Those who are blocked will read it.")),
            Length(max=REASON_LIMIT, message=_l("At most %(most)s characters.", most=REASON_LIMIT)),
        ],
        description=_l("Shown to those who are blocked."),
    )

    def duration(self) -> timedelta | None:
        """How long to block; `None` for no end."""
        return _TERMS[self.term.data][1]

    def show(self, refused: BlockRefused) -> None:
        self.reject("target", str(_BLOCK_REFUSALS[refused.reason]))
