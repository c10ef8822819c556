"""Changing the wiki's name, tagline, welcome and logos."""

import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import delete
from sqlalchemy.orm import Session

from wiki.accounts.audit_log import log_event, register_actions
from wiki.database import db, utcnow, write_transaction
from wiki.i18n import lazy as _l
from wiki.identity.accent import parse_colour
from wiki.identity.current import forget_identity
from wiki.identity.models import NAME_LIMIT, TAGLINE_LIMIT, WELCOME_LIMIT, Hub, HubLogo
from wiki.letters import with_line_feeds

_BIDI_CONTROLS = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
_LIMITS = {"name": NAME_LIMIT, "tagline": TAGLINE_LIMIT, "welcome": WELCOME_LIMIT}

register_actions({"settings": _l("Wiki settings changed")})


class IdentityRefused(ValueError):
    """An invalid identity; `problems` maps fields to `too-long`, `hidden` or `no-colour`."""

    def __init__(self, **problems: str) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


class IdentityConflict(Exception):
    """Somebody else changed it since the form was opened; nothing is stored."""


@dataclass(frozen=True, slots=True)
class LogoImage:
    """A logo, inspected and resized."""

    body: bytes
    hash: str
    media_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class IdentityUpdate:
    """The new identity; `logos` maps themes to new logos, or to `None` to remove one."""

    name: str
    tagline: str
    welcome: str
    logos: Mapping[str, LogoImage | None]
    accent: str = ""  # as it was typed; empty for that of the stylesheet


def update_identity(wanted: IdentityUpdate, *, since: int, by: int | None) -> None:
    """Store `wanted` if the identity is still that of version `since`.

    Raises `IdentityRefused`, `IdentityConflict`, `StorageUnavailable`.
    """
    fields = _clean_fields(wanted)
    with write_transaction() as session:
        hub = session.get(Hub, 1, with_for_update=True)
        if (hub.version if hub else 0) != since:
            raise IdentityConflict
        if hub is None:
            hub = Hub(id=1, version=0)
            session.add(hub)
        changed = [name for name, value in fields.items() if (getattr(hub, name) or "") != value]
        for name, value in fields.items():
            setattr(hub, name, value)
        hub.version, hub.changed_at, hub.changed_by_id = since + 1, utcnow(), by
        changed += [_store_logo(session, *get_logo) for get_logo in wanted.logos.items()]
        log_event(session, "settings", by=by, subject=", ".join(changed))
    forget_identity()


def get_logo(theme: str) -> HubLogo | None:
    """The logo for pages of `theme` (`light` or `dark`), if there is one."""
    return db.session.get(HubLogo, theme)


def _store_logo(session: Session, theme: str, picture: LogoImage | None) -> str:
    session.execute(delete(HubLogo).where(HubLogo.theme == theme))
    if picture is not None:
        session.add(HubLogo(theme=theme, **asdict(picture)))
    return f"logo ({theme})"


def _clean_fields(wanted: IdentityUpdate) -> dict[str, str]:
    fields = {
        "name": " ".join(wanted.name.split()),
        "tagline": " ".join(wanted.tagline.split()),
        "welcome": with_line_feeds(wanted.welcome).strip(),
    }
    problems = {}
    accent = wanted.accent.strip() and parse_colour(wanted.accent)
    if accent is None:
        problems["accent"] = "no-colour"
    for name, value in fields.items():
        if len(value) > _LIMITS[name]:
            problems[name] = "too-long"
        elif any(_is_hidden(character) for character in value):
            problems[name] = "hidden"
    if problems:
        raise IdentityRefused(**problems)
    return fields | {"accent": accent or ""}


def _is_hidden(character: str) -> bool:
    # Joiners belong to words in many scripts; controls and direction overrides don't.
    if character in "\n\t":
        return False
    return character in _BIDI_CONTROLS or unicodedata.category(character) in ("Cc", "Cs", "Cn")
