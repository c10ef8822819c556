"""Security checks: weak points of the configuration, and how to fix them."""

import stat
from datetime import timedelta

from flask import current_app, request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, or_, select

from wiki.access.models import Rank
from wiki.access.rulebook import rulebook
from wiki.accounts.models import Role, User
from wiki.accounts.passkeys.models import Passkey
from wiki.accounts.registration_settings import registration_mode
from wiki.accounts.second_factor.models import SecondFactor
from wiki.accounts.tokens.models import AccessToken
from wiki.admin.checks import Check, passed, warning
from wiki.app_state import current_settings
from wiki.database import db, utcnow

MIN_DIFFERENT = 8  # different characters in a secret key
TOKEN_AGE = timedelta(days=90)  # since the last use; older tokens are probably forgotten


def security_checks() -> list[Check]:
    """The results of all checks, for a request by an administrator."""
    checks = (
        _address,
        _cookies,
        _key,
        _folder,
        _proxies,
        _registration,
        _reading,
        _second_factors,
        _tokens,
        _limits,
        _debugging,
    )
    return [check() for check in checks]


def _address() -> Check:
    name, url = _("Address"), current_settings().base_url
    if not url:
        found = _("taken from each request")
        advice = _("Set NEXUS_BASE_URL=https://…: links in mails could lead elsewhere otherwise.")
        return warning(name, found, advice)
    if not current_settings().is_https:
        advice = _("Put a proxy with HTTPS in front, and set NEXUS_BASE_URL to its address.")
        return warning(name, url, advice)
    return passed(name, url)


def _cookies() -> Check:
    name, config = _("Cookies"), current_app.config
    flags = {
        "Secure": config["SESSION_COOKIE_SECURE"] and config["REMEMBER_COOKIE_SECURE"],
        "HttpOnly": config["SESSION_COOKIE_HTTPONLY"] and config["REMEMBER_COOKIE_HTTPONLY"],
        "SameSite": config["SESSION_COOKIE_SAMESITE"] and config["REMEMBER_COOKIE_SAMESITE"],
    }
    missing = ", ".join(flag for flag, is_set in flags.items() if not is_set)
    if not missing:
        return passed(name, ", ".join(flags))
    advice = _("They are sent over plain HTTP. Set NEXUS_BASE_URL=https://…")
    return warning(name, _("without %(flags)s", flags=missing), advice)


def _key() -> Check:
    name, key = _("Secret key"), current_settings().secret_key
    if len(set(key)) >= MIN_DIFFERENT:
        return passed(name, _("%(length)s characters", length=len(key)))
    advice = _("Unset NEXUS_SECRET_KEY to have one made, or make one with secrets.token_hex(32).")
    return warning(name, _("easy to guess"), advice)


def _folder() -> Check:
    name, folder = _("Instance folder"), current_settings().instance
    places = [folder, folder / "secret_key", folder / "nexus.sqlite3"]
    others = stat.S_IRWXG | stat.S_IRWXO
    open_ = [place for place in places if place.exists() and place.stat().st_mode & others]
    if folder not in open_ or not open_:
        return passed(name, _("only its owner reads it"))
    advice = _("Run: chmod 700 %(folder)s", folder=folder)
    return warning(name, _("others on this machine can read it"), advice)


def _proxies() -> Check:
    name, trusted = _("Trusted proxies"), current_settings().proxies
    # ProxyFix leaves the header itself as the peer sent it.
    is_forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    if is_forwarded and not trusted:
        advice = _("Set NEXUS_PROXIES=1: limits count all people behind the proxy as one.")
        return warning(name, _("none, but one passed this request on"), advice)
    if trusted and not is_forwarded:
        advice = _("Unset NEXUS_PROXIES unless a proxy sets X-Forwarded-For: anyone can forge it.")
        return warning(name, _("%(number)s, but none passed this on", number=trusted), advice)
    return passed(name, str(trusted))


def _registration() -> Check:
    name, mode = _("Registration"), registration_mode()
    root = rulebook().nearest("")
    if mode == "open" and root.edit_rank <= Rank.LEARNER:
        advice = _(
            "Fine within a school, risky on the internet. Choose invitations at /admin/options, or "
            "let mentors alone edit by the rule of the whole wiki."
        )
        return warning(name, _("open, and new people can edit immediately"), advice)
    return passed(name, mode)


def _reading() -> Check:
    name, is_public = _("Reading"), current_settings().public_reading
    rules = rulebook().rules.values()
    opened = [rule.path or "/" for rule in rules if rule.read_rank == Rank.ANYBODY]
    if not is_public and opened:
        found = _("members only by NEXUS_PUBLIC_READING, everybody by rules")
        advice = _(
            "The setting wins. If it is ever removed, these are public: %(paths)s. Change their "
            "rules.",
            paths=", ".join(opened[:5]),
        )
        return warning(name, found, advice)
    return passed(name, _("as the rules say") if is_public else _("members only"))


def _second_factors() -> Check:
    name = _("Administrators’ second factor")
    has_one = or_(
        select(SecondFactor.user_id).where(SecondFactor.user_id == User.id).exists(),
        select(Passkey.id).where(Passkey.user_id == User.id).exists(),
    )
    without = select(User.username).where(User.role == Role.ADMIN, User.is_enabled, ~has_one)
    names = db.session.scalars(without.order_by(User.username_key)).all()
    if not names:
        return passed(name, _("all have one"))
    advice = _("A guessed or stolen password is enough: ask them to set one up in their settings.")
    return warning(name, _("missing: %(names)s", names=", ".join(names)), advice)


def _tokens() -> Check:
    name, now = _("Access tokens"), utcnow()
    last_use = func.coalesce(AccessToken.used_at, AccessToken.created_at)
    query = select(func.count()).where(
        AccessToken.revoked_at.is_(None), AccessToken.expires_at > now, last_use < now - TOKEN_AGE
    )
    count = db.session.scalar(query) or 0
    if not count:
        return passed(name, _("none is unused"))
    found = ngettext("%(num)s not used for 90 days", "%(num)s not used for 90 days", count)
    return warning(name, found, _("Ask their owners to revoke them, in their settings."))


def _limits() -> Check:
    name = _("Limits on attempts")
    if current_settings().rate_limits:
        return passed(name, _("on"))
    advice = _("Unset NEXUS_RATE_LIMITS: passwords can be guessed as fast as the server answers.")
    return warning(name, _("off"), advice)


def _debugging() -> Check:
    name = _("Debugging")
    if not current_app.debug:
        return passed(name, _("off"))
    return warning(
        name,
        _("on"),
        _("Start Nexus with nexus serve: in debug mode, errors reveal its internals."),
    )
