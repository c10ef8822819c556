"""The form of a webhook."""

from typing import Any

from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from wiki.community.webhooks.manage import TAG_LIMIT, WEBHOOK_LIMIT, Terms, WebhookRefused
from wiki.community.webhooks.messages.public_events import choices, usual_choices
from wiki.community.webhooks.models import ADDRESS_LIMIT, NAME_LIMIT, Format, Webhook, WebhookScope
from wiki.i18n import lazy as _l
from wiki.kinds.current import all_kinds
from wiki.web.csrf import ProtectedForm
from wiki.web.request_values import parse_number

_REFUSALS = {
    "": {"too-many": _l("There are %(most)s webhooks already.", most=WEBHOOK_LIMIT)},
    "name": {
        "empty": _l("Give the webhook a name."),
        "long": _l("At most %(most)s characters.", most=NAME_LIMIT),
        "hidden": _l("Remove the invisible characters (control characters and marks)."),
    },
    "address": {
        "empty": _l("Enter the address that the receiver gave you."),
        "needed-again": _l("Enter an address of this kind."),
        "long": _l("At most %(most)s characters.", most=ADDRESS_LIMIT),
        "bad": _l(
            "This isn’t a valid address. It has to start with https:// and the name of a host."
        ),
        "user": _l("Remove what stands before the @: names and passwords aren’t sent."),
        "scheme": _l("Only https:// is allowed, except for hosts in NEXUS_WEBHOOK_HOSTS."),
        "port": _l("Only port 443 and those from 1024 up are allowed."),
        "not-discord": _l(
            "A Discord address looks like https://discord.com/api/webhooks/… Copy it "
            "from the channel’s settings, under Integrations, Webhooks."
        ),
        "discord": _l("This is a Discord address: choose Discord."),
        "unknown-host": _l("This host can’t be found. Check the name."),
        "not-public": _l(
            "This host is in the server’s own network, where nothing is sent. Whoever runs the "
            "server can allow it in NEXUS_WEBHOOK_HOSTS."
        ),
    },
    "events": {"empty": _l("Choose at least one.")},
    "tree": {"bad": _l("Enter the path of a page, such as challenges/docker.")},
    "tag": {"bad": _l("Enter a tag.")},
    "kind": {"bad": _l("Choose a kind.")},
}
_SECRET = {"autocomplete": "off", "spellcheck": "false", "inputmode": "url", "dir": "ltr"}


class WebhookForm(ProtectedForm):
    """Where to post, and what. Of the fields for scopes, only that of the chosen one counts."""

    name = StringField(
        _l("Name"),
        description=_l("Shown to administrators only."),
        render_kw={"maxlength": NAME_LIMIT, "autocomplete": "off"},
    )
    format = RadioField(
        _l("What is it posted to?"),
        choices=[
            SelectChoice(Format.DISCORD.value, _l("A Discord channel")),
            SelectChoice(Format.JSON.value, _l("A program: plain JSON, signed")),
        ],
        default=Format.DISCORD.value,
    )
    address = StringField(_l("Address"), render_kw={**_SECRET, "maxlength": ADDRESS_LIMIT})
    scope = RadioField(
        _l("About which pages?"),
        choices=[
            SelectChoice(WebhookScope.EVERYTHING.value, _l("Everything that is public")),
            SelectChoice(WebhookScope.TREE.value, _l("A page and those below it")),
            SelectChoice(WebhookScope.TAG.value, _l("Pages with a tag")),
            SelectChoice(WebhookScope.KIND.value, _l("Pages of a kind")),
        ],
        default=WebhookScope.EVERYTHING.value,
    )
    tree = StringField(_l("Path"), render_kw={"maxlength": 250, "autocomplete": "off"})
    tag = StringField(_l("Tag"), render_kw={"maxlength": TAG_LIMIT, "autocomplete": "off"})
    kind = SelectField(_l("Kind"), validate_choice=False)
    events = SelectMultipleField(_l("About what?"))
    version = HiddenField(default="0")

    def __init__(self, webhook: Webhook | None = None, **options: Any) -> None:
        stored = _stored(webhook) if webhook else {"events": usual_choices()}
        super().__init__(data=stored, **options)
        self.events.choices = [SelectChoice(name, label) for name, label in choices().items()]
        self.kind.choices = [SelectChoice(kind.name, kind.label) for kind in all_kinds().values()]

    def terms(self) -> Terms:
        """The values of the validated form."""
        scope = WebhookScope(self.scope.data)
        values = {
            WebhookScope.TREE: self.tree.data,
            WebhookScope.TAG: self.tag.data,
            WebhookScope.KIND: self.kind.data,
        }
        return Terms(
            self.name.data or "",
            Format(self.format.data),
            (self.address.data or "").strip(),
            scope,
            values.get(scope) or "",
            self.events.data or (),
        )

    def seen(self) -> int:
        """The version at which the form was opened; -1, which matches none, for a non-number."""
        number = parse_number(self.version.data)
        return -1 if number is None else number

    def show(self, refused: WebhookRefused) -> None:
        """Add the messages of a refusal to the fields that they are about, or to the form."""
        for name, reason in refused.problems.items():
            message = str(_REFUSALS[name][reason])
            if name:
                self.reject(name, message)
            else:
                self.form_errors = [message]


def _stored(webhook: Webhook) -> dict[str, Any]:
    """The form's initial values, without the address, a secret that is never shown again."""
    return {
        "name": webhook.name,
        "format": webhook.format,
        "scope": webhook.scope,
        str(webhook.scope): webhook.scope_value,
        "events": webhook.events,
        "version": webhook.version,
    }
