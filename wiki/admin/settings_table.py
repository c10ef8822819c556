"""The settings of the environment, as an administrator may see them."""

from dataclasses import fields

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from wiki.config import Settings
from wiki.outbound.host_patterns import HostPatterns

_SECRETS = ("secret_key", "former_secret_keys", "oidc_client_secret")
_WITH_PASSWORD = ("database_url", "rate_limit_storage")  # if in any part of an address, in theirs


def settings_table(settings: Settings) -> list[tuple[str, str]]:
    """The names of the variables and their values, without secrets."""
    values = {field.name: getattr(settings, field.name) for field in fields(settings)}
    return [
        (
            f"NEXUS_{name.upper()}",
            _without_password(value) if name in _WITH_PASSWORD else _format_value(value),
        )
        for name, value in values.items()
        if name not in _SECRETS
    ]


def _format_value(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, HostPatterns):
        return " ".join(value.sources())
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return "" if value is None else str(value)


def _without_password(address: str) -> str:
    """`address` with its password masked, and without the parameters that drivers take for one."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):  # a Redis may be written in more ways
        return f"{address.partition('://')[0]}://…" if address else ""
    secrets = [name for name in url.query if "pass" in name.lower()]
    return url.difference_update_query(secrets).render_as_string(hide_password=True)
