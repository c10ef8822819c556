"""The form for a new access token."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from flask_login import current_user
from wtforms import DateField, SelectField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Optional

from wiki.accounts.authentication.forms import CurrentPasswordForm
from wiki.accounts.authentication.reauthentication import has_just_signed_in
from wiki.accounts.errors import AccountRefused
from wiki.accounts.messages import message
from wiki.accounts.models import CREDENTIAL_NAME_LIMIT
from wiki.accounts.tokens.models import TokenScope
from wiki.accounts.tokens.tokens import DAYS, DEFAULT_DAYS, TokenTerms
from wiki.database import utcnow
from wiki.i18n import lazy as _
from wiki.timezones import reader_zone

ON_A_DAY = "date"
_SCOPES = {
    TokenScope.READ: _("Read: everything that I may read"),
    TokenScope.WRITE: _("Write: read and change everything that I may change"),
    TokenScope.ADMIN: _("Admin: the same, and administer the wiki"),
}


class TokenForm(CurrentPasswordForm):
    name = StringField(
        _("Name"),
        [InputRequired(message("name", "empty"))],
        description=_("What it is for, such as “nightly backup”."),
        render_kw={"maxlength": CREDENTIAL_NAME_LIMIT, "autocomplete": "off"},
    )
    scope = SelectField(_("Scope"), default=TokenScope.READ.value)
    expiry = SelectField(
        _("Expires"),
        choices=[
            *(SelectChoice(str(days), _("in %(days)s days", days=days)) for days in DAYS),
            SelectChoice(ON_A_DAY, _("after the day below")),
        ],
        default=str(DEFAULT_DAYS),
    )
    date = DateField(_("Last day"), [Optional()], description=_("A year from now at the latest."))

    def __init__(self, *, is_administrator: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if has_just_signed_in(current_user.id):
            del self.current_password
        offered = [scope for scope in TokenScope if is_administrator or scope != TokenScope.ADMIN]
        self.scope.choices = [SelectChoice(scope.value, _SCOPES[scope]) for scope in offered]

    def terms(self) -> TokenTerms:
        """The terms of the new token. Raises `AccountRefused`."""
        return TokenTerms(self.text("name"), TokenScope(self.scope.data), self._expires_at())

    def _expires_at(self) -> datetime:
        if self.expiry.data != ON_A_DAY:
            return utcnow() + timedelta(days=int(self.expiry.data))
        if self.date.data is None:
            raise AccountRefused(date="empty")
        try:
            # The end of that day in the reader's time zone.
            after = datetime.combine(self.date.data + timedelta(days=1), time.min)
            return after.replace(tzinfo=reader_zone().rules).astimezone(UTC)
        except OverflowError as error:
            raise AccountRefused(date="too-far") from error
