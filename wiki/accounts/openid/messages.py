"""Messages and HTTP statuses for refused sign-ins with the provider."""

from flask_babel import gettext as _

STATUS = {
    "stale": 400,
    "denied": 403,
    "disabled": 403,
    "taken": 409,
    "failed": 502,
    "invalid": 502,
    "unreachable": 503,
}


def refusal(reason: str, name: str) -> str:
    """The message for an `OpenidRefused`; `name` is the provider’s name."""
    messages = {
        "stale": _(
            "This took too long, or was started in another browser. "
            "Start again from the sign-in page."
        ),
        "denied": _("%(name)s did not sign you in.", name=name),
        "disabled": _("This account is disabled. Ask an administrator."),
        "taken": _("This identity is already linked to another account."),
        "failed": _("%(name)s reported an error.", name=name),
        "invalid": _(
            "%(name)s sent an answer that can’t be trusted. Tell an administrator.", name=name
        ),
        "unreachable": _("%(name)s can’t be reached at the moment. Try again later.", name=name),
    }
    return str(messages[reason])
