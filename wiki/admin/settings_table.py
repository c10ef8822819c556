"""The settings of the environment, as an administrator may see them."""

from dataclasses import fields

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from wiki.config import Settings
from wiki.outbound.host_patterns import HostPatterns

_SECRETS = ("secret_key", "former_secret_keys", "oidc_client_secret")


def settings_table(settings: Settings) -> list[tuple[str, str]]:
    """The names of the variables and their values, without secrets."""
    return [
        (f"NEXUS_{field.name.upper()}", _format_value(getattr(settings, field.name)))
        for field in fields(settings)
        if field.name not in _SECRETS
    ]


def _format_value(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, HostPatterns):
        return " ".join(value.sources())
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    text = "" if value is None else str(value)
    if "://" not in text:
        return text
    try:
        return make_url(text).render_as_string(hide_password=True)
    except ArgumentError:
        return text
