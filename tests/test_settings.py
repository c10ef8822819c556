"""Settings come from the environment; invalid ones are refused with advice."""

import stat

import pytest

from wiki.config import read_settings, unknown_settings
from wiki.setting_types.values import InvalidSetting


@pytest.fixture
def read(tmp_path):
    """Settings on an instance of this test's own: `read(REGISTRATION="open")`."""

    def read(**values):
        named = {f"NEXUS_{name}": value for name, value in values.items()}
        return read_settings({"NEXUS_INSTANCE": str(tmp_path / "instance"), **named})

    return read


def test_a_wiki_needs_no_settings(read, tmp_path):
    settings = read()
    assert settings.database_url == f"sqlite:///{tmp_path}/instance/nexus.sqlite3"
    assert settings.registration is None
    assert settings.public_reading
    assert settings.starter_pages
    assert settings.rate_limits
    assert settings.workers >= 1


def test_the_instance_folder_is_made(read):
    assert read().instance.is_dir()


def test_a_secret_key_is_made_once_and_kept(read):
    assert len(read().secret_key) >= 32
    assert read().secret_key == read().secret_key


def test_nobody_else_may_read_the_secret_key(read):
    settings = read()
    assert stat.S_IMODE((settings.instance / "secret_key").stat().st_mode) == 0o600


def test_two_wikis_have_different_keys(tmp_path):
    one, other = (
        read_settings({"NEXUS_INSTANCE": str(tmp_path / name)}) for name in ("one", "other")
    )
    assert one.secret_key != other.secret_key


def test_the_secret_key_is_not_shown(read):
    settings = read()
    assert settings.secret_key not in repr(settings)


def test_an_empty_value_is_as_good_as_none(read):
    settings = read(REGISTRATION="", PUBLIC_READING="", WORKERS="", DATABASE_URL="")
    assert (settings.registration, settings.public_reading) == (None, True)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_spoken_to_through_psycopg(read, scheme):
    url = read(DATABASE_URL=f"{scheme}://nexus@db/nexus").database_url
    assert url == "postgresql+psycopg://nexus@db/nexus"


def test_a_base_url_has_no_slash_at_its_end(read):
    assert read(BASE_URL="https://wiki.example.org/").base_url == "https://wiki.example.org"


def test_cookies_are_secure_behind_https(read):
    config = read(BASE_URL="https://wiki.example.org").flask_config()
    assert config["SESSION_COOKIE_SECURE"] is True
    assert config["REMEMBER_COOKIE_SECURE"] is True
    assert read().flask_config()["SESSION_COOKIE_SECURE"] is False


@pytest.mark.parametrize(
    ("name", "value", "cure"),
    [
        ("DATABASE_URL", "mysql://db/nexus", "postgresql://"),
        ("DATABASE_URL", "nexus.sqlite3", "sqlite:////"),
        ("SECRET_KEY", "short", "32 characters"),
        ("BASE_URL", "wiki.example.org", "https://wiki.example.org"),
        ("BASE_URL", "https://wiki.example.org/?a=b", "https://wiki.example.org"),
        ("REGISTRATION", "sometimes", "open, invite, domain, closed"),
        ("PUBLIC_READING", "perhaps", "on nor off"),
        ("STARTER_PAGES", "1", "on nor off"),
        ("RATE_LIMITS", "yes", "on nor off"),
        ("WORKERS", "0", "from 1 up"),
        ("WORKERS", "two", "from 1 up"),
        ("PROXIES", "-1", "from 0 up"),
    ],
)
def test_a_wrong_value_is_refused_with_its_name_and_the_cure(read, name, value, cure):
    with pytest.raises(InvalidSetting) as refused:
        read(**{name: value})
    assert f"NEXUS_{name}" in str(refused.value)
    assert cure in str(refused.value)


def test_a_misspelled_name_is_refused_with_the_known_ones(read):
    with pytest.raises(InvalidSetting, match=r"NEXUS_REGISTRATOIN.*NEXUS_REGISTRATION"):
        read(REGISTRATOIN="closed")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("WORKER", "WORKERS"),
        ("DATABSE_URL", "DATABASE_URL"),
        ("BASEURL", "BASE_URL"),
        ("BASE_URI", "BASE_URL"),
        ("PUBLIC_READ", "PUBLIC_READING"),
        ("SERCET_KEY", "SECRET_KEY"),
        ("RATE_LIMIT", "RATE_LIMITS"),
        ("proxies", "PROXIES"),
    ],
)
def test_a_slip_is_refused_with_what_was_meant(read, name, meant):
    with pytest.raises(InvalidSetting, match=rf"NEXUS_{name}.*NEXUS_{meant}"):
        read(**{name: "1"})


OF_KUBERNETES = [
    ("SERVICE_HOST", "10.0.0.1"),
    ("SERVICE_PORT", "8000"),
    ("SERVICE_PORT_HTTP", "8000"),
    ("PORT", "tcp://10.0.0.1:8000"),
    ("PORT_8000_TCP", "tcp://10.0.0.1:8000"),
    ("PORT_8000_TCP_ADDR", "10.0.0.1"),
    ("PORT_8000_TCP_PORT", "8000"),
    ("PORT_8000_TCP_PROTO", "tcp"),
    ("WORKERS_SERVICE_HOST", "10.0.0.1"),  # of a service called nexus-workers
    ("WORKERS_PORT", "tcp://10.0.0.1:8000"),
]


def test_what_kubernetes_sets_is_none_of_our_business(read):
    assert read(**dict(OF_KUBERNETES)).workers >= 1
    assert unknown_settings({f"NEXUS_{name}": value for name, value in OF_KUBERNETES}) == []


@pytest.mark.parametrize("name", ["HOME", "VERSION", "HOST", "LOG_LEVEL", "IMAGE_TAG", "DEPLOYED"])
def test_a_name_that_resembles_none_of_ours_is_reported_and_left_alone(read, name):
    assert read(**{name: "x"}).workers >= 1
    assert unknown_settings({f"NEXUS_{name}": "x", "HOME": "/root"}) == [f"NEXUS_{name}"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("HTTPS://Wiki.Example.org/", "https://wiki.example.org"),
        ("https://wiki.example.org:443", "https://wiki.example.org"),
        ("http://wiki.example.org:80/", "http://wiki.example.org"),
        ("https://wiki.example.org:8443", "https://wiki.example.org:8443"),
        ("https://example.org/learn/", "https://example.org/learn"),
        ("https://example.org/a/b", "https://example.org/a/b"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        (" https://wiki.example.org ", "https://wiki.example.org"),
    ],
)
def test_a_base_url_is_kept_as_browsers_write_it(read, written, meant):
    settings = read(BASE_URL=written)
    assert settings.base_url == meant
    assert settings.is_https == meant.startswith("https")


@pytest.mark.parametrize(
    "address",
    [
        "ftp://wiki.example.org",
        "https://",
        "https://user:pass@wiki.example.org",
        "https://wiki.example.org:99999",
        "https://wiki.example.org//x",
        "https://wiki.example.org/a b",
        "https://wiki.example.org/#a",
        "//wiki.example.org",
    ],
)
def test_what_is_no_address_is_refused(read, address):
    with pytest.raises(InvalidSetting, match="NEXUS_BASE_URL"):
        read(BASE_URL=address)


def test_a_wiki_below_a_path_has_cookies_of_its_own(read):
    config = read(BASE_URL="https://example.org/learn").flask_config()
    assert config["SESSION_COOKIE_PATH"] == config["REMEMBER_COOKIE_PATH"] == "/learn"
    assert config["SESSION_COOKIE_NAME"].startswith("__Secure-")
    config = read(BASE_URL="https://example.org").flask_config()
    assert config["REMEMBER_COOKIE_NAME"].startswith("__Host-")
    assert config["SESSION_COOKIE_PATH"] == "/"


def test_an_instance_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InvalidSetting, match="NEXUS_INSTANCE"):
        read_settings({"NEXUS_INSTANCE": str(tmp_path / "file" / "instance")})


def test_a_damaged_key_is_refused(read):
    settings = read()
    (settings.instance / "secret_key").write_text("cut")
    with pytest.raises(InvalidSetting, match="too short"):
        read()


def test_registration_by_domain_needs_domains_and_mail(read):
    mail = {
        "SMTP_URL": "smtp://localhost?starttls=off",
        "MAIL_FROM": "wiki@example.org",
        "BASE_URL": "https://wiki.example.org",
    }
    with pytest.raises(InvalidSetting, match=r"NEXUS_REGISTRATION_DOMAINS: .* needs the domains"):
        read(REGISTRATION="domain", **mail)
    with pytest.raises(InvalidSetting, match=r"NEXUS_SMTP_URL: .* needs a mail server"):
        read(REGISTRATION="domain", REGISTRATION_DOMAINS="example.org")
    with pytest.raises(InvalidSetting, match=r"NEXUS_REGISTRATION_DOMAINS: '\*' is not a domain"):
        read(REGISTRATION="domain", REGISTRATION_DOMAINS="*", **mail)
    settings = read(REGISTRATION="domain", REGISTRATION_DOMAINS="example.org,*.uni.et", **mail)
    assert settings.registration_domains.names() == ["example.org", "*.uni.et"]


def test_a_provider_needs_its_three_settings(read):
    whole = {
        "OIDC_ISSUER": "https://login.example.org/realms/school",
        "OIDC_CLIENT_ID": "nexus",
        "OIDC_CLIENT_SECRET": "secret",
    }
    assert read().openid_provider is None
    assert read(**whole).openid_provider.name == "OpenID Connect"
    assert read(**whole, OIDC_NAME="School").openid_provider.name == "School"
    assert "secret" not in repr(read(**whole))
    for name in whole:
        with pytest.raises(InvalidSetting, match=f"NEXUS_{name}: .* needs"):
            read(**(whole | {name: ""}))
    for issuer in ("http://login.example.org", "login.example.org", "https://a@b.example", "x"):
        with pytest.raises(InvalidSetting, match=r"NEXUS_OIDC_ISSUER: .* is not an issuer"):
            read(**(whole | {"OIDC_ISSUER": issuer}))
    for issuer in ("http://localhost:8080", "http://127.0.0.1", "http://[::1]:8080/realms/a"):
        assert read(**(whole | {"OIDC_ISSUER": issuer})).openid_provider.issuer == issuer


def test_a_provider_elsewhere_leads_to_no_address_here(read):
    provider = read(
        OIDC_ISSUER="https://a.example", OIDC_CLIENT_ID="x", OIDC_CLIENT_SECRET="y"
    ).openid_provider
    assert provider.allows("https://keys.example/keys")
    for url in ("http://localhost/keys", "http://a.example/keys", "file:///etc/passwd", ""):
        assert not provider.allows(url)


@pytest.mark.parametrize("url", ["memcached://host", "redis://", "host:6379"])
def test_limits_are_counted_in_redis_or_where_they_are_anyway(read, url):
    with pytest.raises(InvalidSetting, match=r"NEXUS_RATE_LIMIT_STORAGE.*redis://host"):
        read(RATE_LIMIT_STORAGE=url)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"API_ORIGINS": "https://[x"}, "API_ORIGINS"),
        ({"API_ORIGINS": "https://app.example.org:99999"}, "API_ORIGINS"),
        ({"RATE_LIMIT_STORAGE": "redis://[x"}, "RATE_LIMIT_STORAGE"),
        ({"RATE_LIMIT_STORAGE": "redis://cache:99999"}, "RATE_LIMIT_STORAGE"),
        ({"FILES_STORE": "s3://[x"}, "FILES_STORE"),
        ({"FILES_STORE": "s3://key:hidden@bucket"}, "FILES_STORE"),
        ({"DATABASE_URL": "postgresql://me:hidden@[x/nexus"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://me:hid/den@db/nexus"}, "DATABASE_URL"),
        ({"BASE_URL": "https://[x"}, "BASE_URL"),
        (
            {"OIDC_ISSUER": "https://[x", "OIDC_CLIENT_ID": "us", "OIDC_CLIENT_SECRET": "hidden"},
            "OIDC_ISSUER",
        ),
        (
            {
                # The column has no room for it.
                "OIDC_ISSUER": f"https://login.example.org/{'x' * 230}",
                "OIDC_CLIENT_ID": "us",
                "OIDC_CLIENT_SECRET": "hidden",
            },
            "OIDC_ISSUER",
        ),
    ],
)
def test_what_is_no_address_is_refused_with_its_name(read, values, name):
    with pytest.raises(InvalidSetting, match=rf"NEXUS_{name}: "):
        read(**values)


def test_the_words_about_a_database_repeat_no_password(read):
    with pytest.raises(InvalidSetting) as refused:
        read(DATABASE_URL="postgresql://me:hidden@db:port/nexus")
    assert "hidden" not in str(refused.value)
