"""The environment settings, as shown to administrators."""

from dataclasses import fields

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from wiki.config import Settings
from wiki.outbound.host_patterns import HostPatterns

_SECRETS = ("secret_key", "former_secret_keys", "oidc_client_secret")
_WITH_PASSWORD = ("database_url", "rate_limit_storage")  # settings whose URL may contain a password


def settings_table(settings: Settings) -> list[tuple[str, str]]:
    """The names and values of the environment variables, without secrets."""
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
    """`address` with its password masked, and without parameters that drivers read as one."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):  # Redis URLs allow other notations
        return f"{address.partition('://')[0]}://…" if address else ""
    secrets = [name for name in url.query if "pass" in name.lower()]
    return url.difference_update_query(secrets).render_as_string(hide_password=True)
