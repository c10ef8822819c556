"""The sender of mail, set in the environment or by administrators."""

from wiki.app_state import current_settings
from wiki.hub_settings.definitions import InvalidValue, SettingSection, define_text
from wiki.i18n import lazy as _l
from wiki.smtp_settings import InvalidMailSetting, sender_of

SENDER_NAME_LIMIT = 60  # characters


def can_mail() -> bool:
    """Whether a mail server and a sender's address are set."""
    return current_settings().smtp_url is not None and bool(SENDER_ADDRESS.current())


def sender_domain() -> str:
    """The domain of the sender's address, used in Message-IDs; empty without an address."""
    return SENDER_ADDRESS.current().rpartition("@")[2]


def _parse_address(written: str) -> str:
    if not (address := written.strip()):
        return ""
    try:
        sender = sender_of(address)
    except InvalidMailSetting as error:
        raise InvalidValue(_l("That is no e-mail address. Write wiki@example.org.")) from error
    if sender.display_name:
        raise InvalidValue(_l("Write the address alone here, and the name below."))
    return sender.addr_spec


def _parse_name(written: str) -> str:
    name = " ".join(written.split())
    if len(name) > SENDER_NAME_LIMIT:
        raise InvalidValue(_l("Shorten it to %(limit)s characters.", limit=SENDER_NAME_LIMIT))
    if not name.isprintable():
        raise InvalidValue(_l("Remove the invisible characters (control characters and marks)."))
    return name


SENDER_ADDRESS = define_text(
    "mail_address",
    _l("Address that mail is sent from"),
    section=SettingSection.MAIL,
    hint=_l("One from which the host’s mail server sends. Without an address, no mail is sent."),
    parse=_parse_address,
    default="",
    given_by_host=lambda settings: (settings.mail_from and settings.mail_from.addr_spec) or None,
    variable="NEXUS_MAIL_FROM",
)
SENDER_NAME = define_text(
    "mail_name",
    _l("Name that mail is sent under"),
    section=SettingSection.MAIL,
    hint=_l("Empty for the wiki’s name."),
    parse=_parse_name,
    default="",
    given_by_host=lambda settings: (settings.mail_from and settings.mail_from.display_name) or None,
    variable="NEXUS_MAIL_FROM",
)
