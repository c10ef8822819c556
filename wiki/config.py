"""Settings: read from the environment, and validated at the start."""

import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from rapidfuzz import process
from rapidfuzz.distance import OSA

from wiki.instance import restore_journal
from wiki.instance.folder import make_private
from wiki.outbound.host_patterns import NO_HOSTS, HostPatterns, InvalidHostPattern
from wiki.setting_types.email_domains import NO_DOMAINS, EmailDomains, InvalidDomain
from wiki.setting_types.mail import mail_settings
from wiki.setting_types.openid_provider import InvalidProvider, OpenidProvider
from wiki.setting_types.values import (
    InvalidSetting,
    database_url,
    files_store,
    former_keys,
    normal_base_url,
    number,
    number_or_none,
    one_of,
    one_of_or_none,
    origins,
    redis_url,
    switch,
    switch_or_none,
)
from wiki.smtp_settings import SmtpServer

PAGE_TEXT_LIMIT = 2_000_000  # bytes of a page's text; a book chapter is 60 kB
# Bytes; the form of a conflict has a text twice, and percent-encoding may triple it.
FORM_LIMIT = 2 * 3 * PAGE_TEXT_LIMIT + 100_000

REGISTRATION_MODES = ("open", "invite", "domain", "closed")

MEGABYTE = 1_000_000  # bytes: the unit of limits and quotas

LIMITS_FILE = "limits.sqlite3"  # in the instance folder

PACKAGE = Path(__file__).resolve().parent

MISSPELLING_SIMILARITY = 0.75  # minimum similarity of a misspelt setting
# Variables that Kubernetes sets for a service `nexus` or `nexus-web`: NEXUS_PORT=tcp://…,
# NEXUS_SERVICE_HOST, NEXUS_WEB_PORT_8000_TCP_ADDR.
_KUBERNETES_SERVICE = re.compile(
    r"NEXUS_(?:\w+_)?"
    r"(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)"
)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings; each field is read from the variable `NEXUS_` + its name in capitals."""

    instance: Path
    database_url: str
    secret_key: str = field(repr=False)
    former_secret_keys: tuple[str, ...] = field(default=(), repr=False)
    base_url: str = ""
    registration: str | None = None  # administrators decide
    registration_domains: EmailDomains = NO_DOMAINS
    hold_links: bool | None = None  # administrators decide
    oidc_issuer: str = ""  # empty: no sign-in by OpenID Connect
    oidc_client_id: str = ""
    oidc_client_secret: str = field(default="", repr=False)
    oidc_name: str = "OpenID Connect"
    public_reading: bool = True
    history: str = "everybody"
    git: bool = True  # whether the wiki can be cloned
    missed_searches: bool | None = None  # administrators decide
    meaning: bool = True  # if the extra is installed
    review_new_people: int | None = None  # number of edits; administrators decide
    starter_pages: bool = True
    rate_limits: bool = True
    rate_limit_storage: str = ""  # shared by all processes; empty: with the database
    workers: int = 0
    proxies: int = 0
    files_store: str = ""
    upload_limit: int = 20  # MB of one file
    upload_quota: int = 1000  # MB of everything that one person has uploaded
    # Loading a picture from another host reveals the reader's IP address to it.
    picture_hosts: HostPatterns = NO_HOSTS
    webhook_hosts: HostPatterns = NO_HOSTS  # these may be in the server's own network
    api_origins: tuple[str, ...] = ()  # origins of web pages that may use the API
    text_quota: int = 50  # MB of texts that one person may store per day
    smtp_url: SmtpServer | None = None  # `None`: no mails are sent
    mail_from: Address | None = None

    @property
    def is_https(self) -> bool:
        """Whether the wiki’s URL is known to be HTTPS."""
        return self.base_url.startswith("https://")

    @property
    def base_path(self) -> str:
        """The path of `base_url` without a trailing slash; usually empty."""
        return urlsplit(self.base_url).path

    @property
    def openid_provider(self) -> OpenidProvider | None:
        """The provider for signing in, if any. Raises `InvalidProvider`."""
        if not self.oidc_issuer:
            return None
        client = (self.oidc_client_id, self.oidc_client_secret)
        return OpenidProvider(self.oidc_issuer, *client, self.oidc_name)

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is SQLite."""
        return self.database_url.startswith("sqlite")

    @property
    def database_file(self) -> Path:
        """The path of the SQLite database."""
        path = self.database_url.partition("://")[2].removeprefix("/").partition("?")[0]
        return (self.instance / path).resolve()

    def flask_config(self) -> dict[str, object]:
        """The configuration of Flask and its extensions."""
        # Browsers accept a cookie with such a name only from this host, over HTTPS; the
        # stricter prefix requires that the wiki has the whole host.
        prefix = ("__Secure-" if self.base_path else "__Host-") if self.is_https else ""
        return {
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SQLALCHEMY_ENGINE_OPTIONS": self._engine_options(),
            "MAX_CONTENT_LENGTH": FORM_LIMIT,
            "MAX_FORM_MEMORY_SIZE": FORM_LIMIT,
            "SESSION_COOKIE_NAME": f"{prefix}nexus_session",
            "DEVICE_COOKIE_NAME": f"{prefix}nexus_device",
            "SESSION_COOKIE_PATH": self.base_path or "/",
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_SECURE": self.is_https,
            "REMEMBER_COOKIE_NAME": f"{prefix}nexus_remember",
            "REMEMBER_COOKIE_PATH": self.base_path or "/",
            "REMEMBER_COOKIE_SAMESITE": "Lax",
            "REMEMBER_COOKIE_HTTPONLY": True,
            "REMEMBER_COOKIE_SECURE": self.is_https,
            # An edit may take longer than the hour after which tokens expire by default;
            # a token still ends with its session.
            "WTF_CSRF_TIME_LIMIT": None,
            "RATELIMIT_ENABLED": self.rate_limits,
            "RATELIMIT_STORAGE_URI": self._limits_url(),
            "RATELIMIT_STORAGE_OPTIONS": self._limits_options(),
            "COMPRESS_BR_LEVEL": 4,
            "COMPRESS_ALGORITHM": ["br", "gzip"],
            "BABEL_DEFAULT_LOCALE": "en",
            "TEMPLATES_AUTO_RELOAD": False,
        }

    def _limits_url(self) -> str:
        """Where rate limits are counted for all processes; see `wiki.rate_limits.storage`."""
        beside = f"sqlite:///{self.instance / LIMITS_FILE}"
        return self.rate_limit_storage or (beside if self.is_sqlite else self.database_url)

    def _limits_options(self) -> dict[str, object]:
        if not self.rate_limit_storage:
            return {}
        # Requests must not wait long for an unavailable Redis.
        patience = {"socket_connect_timeout": 1, "socket_timeout": 2}  # seconds
        return {"wrap_exceptions": True, **patience}

    def _engine_options(self) -> dict[str, object]:
        if self.is_sqlite:
            # The last used connection has the fullest cache; the others stay small.
            return {
                "connect_args": {"timeout": 5},
                "pool_use_lifo": True,
                "hide_parameters": True,
            }
        # Give up on a vanished server before every thread waits for it.
        patience = {"connect_timeout": 5, "tcp_user_timeout": 10_000}  # seconds, milliseconds
        given = parse_qs(urlsplit(self.database_url).query)
        return {
            # User input must not appear in the log.
            "hide_parameters": True,
            "pool_pre_ping": True,
            "pool_size": 5,
            "max_overflow": 10,
            "connect_args": {name: n for name, n in patience.items() if name not in given},
        }


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from `environment`, by default that of the process.

    Creates the instance folder, readable only for its owner, with a secret key unless
    `NEXUS_SECRET_KEY` is set; completes an interrupted restore. Raises `InvalidSetting`,
    `RestoreInterrupted`.
    """
    env = os.environ if environment is None else environment
    _refuse_misspellings(env)
    instance = _ready_instance(env.get("NEXUS_INSTANCE", ""))
    base_url = normal_base_url(env.get("NEXUS_BASE_URL", ""))
    smtp_server, sender = mail_settings(env, base_url)
    registration = one_of_or_none(env, "NEXUS_REGISTRATION", REGISTRATION_MODES)
    oidc = [env.get(f"NEXUS_OIDC_{name}", "") for name in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET")]
    _check_provider(*oidc)
    return Settings(
        instance=instance,
        database_url=database_url(env.get("NEXUS_DATABASE_URL", ""))
        or f"sqlite:///{instance / 'nexus.sqlite3'}",
        secret_key=_secret_key(env.get("NEXUS_SECRET_KEY", ""), instance),
        former_secret_keys=former_keys(env, "NEXUS_FORMER_SECRET_KEYS"),
        base_url=base_url,
        registration=registration,
        registration_domains=_domains(env, registration, can_mail=smtp_server is not None),
        hold_links=switch_or_none(env, "NEXUS_HOLD_LINKS"),
        oidc_issuer=oidc[0],
        oidc_client_id=oidc[1],
        oidc_client_secret=oidc[2],
        oidc_name=env.get("NEXUS_OIDC_NAME") or "OpenID Connect",
        public_reading=switch(env, "NEXUS_PUBLIC_READING"),
        history=one_of(env, "NEXUS_HISTORY", ("everybody", "members")),
        git=switch(env, "NEXUS_GIT"),
        missed_searches=switch_or_none(env, "NEXUS_MISSED_SEARCHES"),
        meaning=switch(env, "NEXUS_MEANING"),
        review_new_people=number_or_none(env, "NEXUS_REVIEW_NEW_PEOPLE", lowest=0),
        starter_pages=switch(env, "NEXUS_STARTER_PAGES"),
        rate_limits=switch(env, "NEXUS_RATE_LIMITS"),
        rate_limit_storage=redis_url(env, "NEXUS_RATE_LIMIT_STORAGE"),
        workers=number(env, "NEXUS_WORKERS", lowest=1, default=os.cpu_count() or 1),
        proxies=number(env, "NEXUS_PROXIES", lowest=0, default=0),
        files_store=files_store(env.get("NEXUS_FILES_STORE", "")),
        upload_limit=number(env, "NEXUS_UPLOAD_LIMIT", lowest=1, default=20),
        picture_hosts=_hosts(env, "NEXUS_PICTURE_HOSTS"),
        webhook_hosts=_hosts(env, "NEXUS_WEBHOOK_HOSTS"),
        upload_quota=number(env, "NEXUS_UPLOAD_QUOTA", lowest=1, default=1000),
        api_origins=origins(env, "NEXUS_API_ORIGINS"),
        text_quota=number(env, "NEXUS_TEXT_QUOTA", lowest=1, default=50),
        smtp_url=smtp_server,
        mail_from=sender,
    )


SETTING_NAMES = frozenset(f"NEXUS_{name.upper()}" for name in Settings.__slots__)


def unknown_settings(env: Mapping[str, str]) -> list[str]:
    """Variables that start with `NEXUS_` but aren’t settings, without those set by Kubernetes."""
    return sorted(
        name
        for name in env
        if name.startswith("NEXUS_")
        and not name.startswith("NEXUS_TEST_")
        and name not in SETTING_NAMES
        and not _KUBERNETES_SERVICE.fullmatch(name)
    )


def _refuse_misspellings(env: Mapping[str, str]) -> None:
    for name in unknown_settings(env):
        if meant := _closest_setting(name):
            raise InvalidSetting(
                f"{name} is not a setting of Nexus. Did you mean {meant}? Rename or remove it."
            )


def _closest_setting(name: str) -> str | None:
    """The setting of which `name` is probably a misspelling; `None` if there is none."""
    found = process.extractOne(
        name.upper().removeprefix("NEXUS_"),
        {known: known.removeprefix("NEXUS_") for known in sorted(SETTING_NAMES)},
        scorer=OSA.normalized_similarity,
        score_cutoff=MISSPELLING_SIMILARITY,
    )
    return str(found[2]) if found else None


def default_instance() -> Path:
    """`instance/` in the checkout or, for an installed package, in the current folder."""
    return (PACKAGE.parent if (PACKAGE.parent / "wsgi.py").is_file() else Path.cwd()) / "instance"


def _ready_instance(path: str) -> Path:
    """The instance folder: created, private, and without an unfinished restore."""
    instance = Path(path or default_instance()).resolve()
    try:
        make_private(instance)
        restore_journal.finish_interrupted_restore(instance)
    except OSError as error:
        raise InvalidSetting(
            f"NEXUS_INSTANCE: the folder {instance} can’t be created ({error.strerror}). "
            "Choose a folder that this user may write to."
        ) from error
    return instance


def resource_folder(name: str) -> Path:
    """The folder `name` (`templates`, `static`, `migrations`): in the checkout or in the wheel."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name


def _secret_key(key: str, instance: Path) -> str:
    if key:
        if len(key) < 32:
            raise InvalidSetting(
                "NEXUS_SECRET_KEY: it must have at least 32 characters. Generate one with: "
                'python -c "import secrets; print(secrets.token_hex(32))"'
            )
        return key
    path = instance / "secret_key"
    if path.exists():
        return _read_key(path)
    draft = instance / f".secret_key-{os.getpid()}"
    try:
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(32))
        # Several processes may start at once: the first link wins, and all read that file.
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    except OSError as error:
        raise InvalidSetting(
            f"NEXUS_INSTANCE: {path} can’t be written ({error.strerror}). "
            "Choose a folder that this user may write to, or set NEXUS_SECRET_KEY."
        ) from error
    return _read_key(path)


def _read_key(path: Path) -> str:
    key = path.read_text().strip()
    if len(key) < 32:
        raise InvalidSetting(
            f"{path} is too short for a key. Delete it to have a new one generated."
        )
    return key


def _hosts(env: Mapping[str, str], name: str) -> HostPatterns:
    try:
        return HostPatterns.of(env.get(name, ""))
    except InvalidHostPattern as error:
        raise InvalidSetting(
            f"{name}: {str(error)!r} is not a host. Write example.org or *.example.org, separate "
            "several hosts by spaces, or write * for all."
        ) from error


def _check_provider(issuer: str, client_id: str, client_secret: str) -> None:
    given = {"ISSUER": issuer, "CLIENT_ID": client_id, "CLIENT_SECRET": client_secret}
    missing = [f"NEXUS_OIDC_{name}" for name, value in given.items() if not value]
    if missing and len(missing) < len(given):
        raise InvalidSetting(
            f"{missing[0]}: signing in by a provider needs NEXUS_OIDC_ISSUER, NEXUS_OIDC_CLIENT_ID "
            "and NEXUS_OIDC_CLIENT_SECRET. Set all three, or none."
        )
    try:
        if issuer:
            OpenidProvider(issuer, client_id, client_secret)
    except InvalidProvider as error:
        raise InvalidSetting(
            f"NEXUS_OIDC_ISSUER: {issuer!r} is not an issuer. Write its address as the provider "
            "does, such as https://login.example.org/realms/school."
        ) from error


def _domains(env: Mapping[str, str], registration: str | None, *, can_mail: bool) -> EmailDomains:
    try:
        domains = EmailDomains.of(env.get("NEXUS_REGISTRATION_DOMAINS", ""))
    except InvalidDomain as error:
        raise InvalidSetting(
            f"NEXUS_REGISTRATION_DOMAINS: {str(error)!r} is not a domain. Write example.org, or "
            "*.example.org for those below it, and separate several domains by commas."
        ) from error
    if registration == "domain" and not domains:
        raise InvalidSetting(
            "NEXUS_REGISTRATION_DOMAINS: NEXUS_REGISTRATION=domain needs the domains whose "
            "addresses may register, such as example.org."
        )
    if registration == "domain" and not can_mail:
        raise InvalidSetting(
            "NEXUS_SMTP_URL: NEXUS_REGISTRATION=domain needs a mail server, since addresses are "
            "confirmed by a mailed link. Set it, or use NEXUS_REGISTRATION=invite."
        )
    return domains
