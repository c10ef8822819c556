"""Who may register, as decided by the host or by administrators."""

from collections.abc import Mapping

from wiki.app_state import current_settings
from wiki.hub_settings.definitions import (
    InvalidValue,
    ProposedValue,
    SettingSection,
    add_check,
    define_choice,
    define_text,
)
from wiki.i18n import Words
from wiki.i18n import lazy as _l
from wiki.mail.sender_settings import SENDER_ADDRESS, can_mail
from wiki.setting_types.email_domains import NO_DOMAINS, EmailDomains, InvalidDomain


def _parse_domains(written: str) -> EmailDomains:
    try:
        return EmailDomains.of(written)
    except InvalidDomain as error:
        words = _l(
            "“%(name)s” is not a domain. Write example.org, or *.example.org for those below it, "
            "and separate several domains by commas.",
            name=str(error)[:100],
        )
        raise InvalidValue(words) from error


REGISTRATION = define_choice(
    "registration",
    _l("Who may register"),
    {
        "open": _l("Anyone"),
        "invite": _l("People with an invitation"),
        "domain": _l("People with an address in certain domains, or with an invitation"),
        "closed": _l("Nobody"),
    },
    section=SettingSection.REGISTRATION,
    fallback="closed",
)
REGISTRATION_DOMAINS = define_text(
    "registration_domains",
    _l("Domains of e-mail addresses"),
    section=SettingSection.REGISTRATION,
    hint=_l(
        "Such as example.org, or *.uni.et for all below it; separated by commas. Addresses are "
        "proven by a mailed link."
    ),
    parse=_parse_domains,
    default=NO_DOMAINS,
    given_by_host=lambda settings: settings.registration_domains or None,
    variable="NEXUS_REGISTRATION_DOMAINS",
)


def registration_mode() -> str:
    """`open`, `invite`, `domain` or `closed`.

    `domain` becomes `invite` if nobody can prove an address, because there is neither a mail
    server nor a provider to sign in with.
    """
    mode = REGISTRATION.current()
    return "invite" if mode == "domain" and not _can_prove_addresses() else mode


def _can_prove_addresses() -> bool:
    return can_mail() or bool(current_settings().oidc_issuer)


def _lacks_for_mail(proposed: ProposedValue) -> Words | None:
    """What has to be configured before addresses can be proven."""
    settings = current_settings()
    if settings.oidc_issuer or (settings.smtp_url and proposed[SENDER_ADDRESS]):
        return None
    if settings.smtp_url:
        return _l(
            "Addresses are proven by a mailed link, and mail has no sender. Enter its address, or "
            "choose invitations."
        )
    return _l(
        "Addresses are proven by a mailed link, and no mail server is set. Set NEXUS_SMTP_URL, or "
        "choose invitations."
    )


@add_check
def _check_domains(proposed: ProposedValue) -> Mapping[str, Words]:
    if proposed[REGISTRATION] != "domain":
        return {}
    problems: dict[str, Words] = {}
    if not proposed[REGISTRATION_DOMAINS]:
        problems[REGISTRATION_DOMAINS.name] = _l("Enter the domains whose addresses may register.")
    if words := _lacks_for_mail(proposed):
        problems[REGISTRATION.name] = words
    return problems
