"""The mail server and the sender of mails, which belong together."""

from collections.abc import Mapping
from email.headerregistry import Address

from wiki.setting_types.values import InvalidSetting
from wiki.smtp_settings import InvalidMailSetting, SmtpServer, sender_of


def mail_settings(
    env: Mapping[str, str], base_url: str
) -> tuple[SmtpServer | None, Address | None]:
    """Both, or a server whose sender administrators choose, or neither. Raises `InvalidSetting`."""
    url, written = env.get("NEXUS_SMTP_URL", ""), env.get("NEXUS_MAIL_FROM", "")
    try:
        server = SmtpServer.of(url) if url else None
    except InvalidMailSetting as error:
        raise InvalidSetting(f"NEXUS_SMTP_URL: {error}") from error
    try:
        sender = sender_of(written) if written else None
    except InvalidMailSetting as error:
        raise InvalidSetting(f"NEXUS_MAIL_FROM: {error}") from error
    if server and not base_url:
        raise InvalidSetting(
            "NEXUS_BASE_URL: links in mails need the wiki’s address, such as "
            "https://wiki.example.org. Set it, or leave NEXUS_SMTP_URL out."
        )
    return server, sender if server else None
