"""The forms for passkeys, filled in by a script with the authenticator’s response."""

from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import InputRequired

from wiki.accounts.forms import AccountForm
from wiki.accounts.messages import message
from wiki.accounts.models import CREDENTIAL_NAME_LIMIT
from wiki.i18n import lazy as _


class NewPasskeyForm(AccountForm):
    name = StringField(
        _("Name"),
        [InputRequired(message("name", "empty"))],
        description=_("Where the passkey is kept, such as “laptop” or “password manager”."),
        render_kw={"maxlength": CREDENTIAL_NAME_LIMIT, "autocomplete": "off"},
    )
    credential = HiddenField()


class PasskeyLoginForm(AccountForm):
    credential = HiddenField()
    remember = BooleanField()
