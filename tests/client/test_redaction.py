"""What must not leave a machine is taken out; what tells the error stays."""

import pytest

from tests.client.secrets_of_others import planted
from tests.processor_time import bounded
from wiki.client.redaction import Redactor, this_machine

MINE = Redactor(["johanna", "machine-of-jo"], ["swordfish"])


def test_nothing_of_what_was_planted_is_left():
    for seed in range(40):
        left = [
            (secret, MINE.redact_message(message))
            for secret, message in planted(seed)
            if secret.casefold() in MINE.redact_message(message).casefold()
        ]
        assert not left, seed


@pytest.mark.parametrize(
    "text",
    [
        "django.db.utils.OperationalError: no such table: auth_user",
        "TypeError: unsupported operand type(s) for +: 'int' and 'str'",
        "ModuleNotFoundError: No module named 'sklearn.model_selection'",
        "org.springframework.beans.factory.NoSuchBeanDefinitionException: No qualifying bean",
        "SyntaxError: Unexpected token < in JSON at position 0",
        'FATAL:  password authentication failed for user "app"',
        "error[E0382]: borrow of moved value: `x`",
        "TypeError: Cannot read properties of undefined (reading 'map')",
        "sqlalchemy.exc.InvalidRequestError: Object is already attached to session",
        "error TS2345: Argument of type 'string' is not assignable to parameter of type 'number'.",
        "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xe9 in position 1024",
        "ImportError: cannot import name 'url' from 'django.conf.urls'",
        "std::thread::panicking and tokio::runtime::context::current_handle",
        "see https://docs.python.org/3/library/exceptions.html and TCP/IP",
        "use create_async_engine_from_configuration_file or AbstractBeanFactoryPostProcessor",
        "version 3.12.1 of 2024-01-31 12:30:05",
        "java.io.IOException in java.net and socket.io of app.py:42, std::io at main.rs:3:5",
        "unknown host key type, mkdir -p build, user is not signed in",
    ],
)
def test_what_tells_the_error_stays(text):
    assert MINE.redact_message(text) == text


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (
            "/home/jo/p/.venv/lib/python3.12/site-packages/django/db/utils.py",
            "…/site-packages/django/db/utils.py",
        ),
        (
            r"C:\Users\Jo D\p\venv\Lib\site-packages\django\db\utils.py",
            "…/site-packages/django/db/utils.py",
        ),
        ("/usr/lib/python3.12/json/decoder.py", "…/lib/python3.12/json/decoder.py"),
        ("/home/jo/app/node_modules/express/lib/view.js", "…/node_modules/express/lib/view.js"),
        ("/home/jo/app/views.py", "…/views.py"),
        ("/home/jo/love-letters.txt", "…"),
        ("https://jo:pw@github.com/jo/x", "https://…"),
        (
            "https://github.com/django/django/issues?q=mine",
            "https://github.com/django/django/issues?…",
        ),
        ("https://intranet.example.com/pay", "https://…"),
    ],
)
def test_paths_and_addresses_keep_what_all_machines_share(path, shown):
    assert MINE.redact(f'at "{path}"') == f'at "{shown}"'


def test_names_of_the_machine_and_secrets_of_its_environment_are_known(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path / "selam"))
    (tmp_path / "selam").mkdir()
    (tmp_path / "selam" / ".gitconfig").write_text("[user]\n\tname = Abebe Bikila\n")
    monkeypatch.setattr("socket.gethostname", lambda: "tortoise.home.arpa")
    monkeypatch.setenv("DATABASE_PASSWORD", "a quiet morning")
    redact = this_machine().redact
    told = redact("selam on tortoise: a quiet morning, said bikila of tortoises")
    assert told == "… on …: …, said … of tortoises"


def test_variables_with_a_secret_are_known_by_how_their_names_end():
    names = ("DBPASSWORD", "dbPassword", "PGPASS", "GITHUBTOKEN", "app.apikey", "AWS_SECRET_KEYS")
    assert this_machine({"X": "morning", "PASSIVE": "morning"}).redact("a morning") == "a morning"
    for number, name in enumerate(names):
        assert "morning" not in this_machine({name: f"morning {number}"}).redact(
            f"morning {number}"
        )


def test_the_current_folder_is_no_secret_of_which_the_rest_would_stay():
    here = this_machine({"PWD": "/srv", "OLDPWD": "/srv/secret-project"})
    assert here.redact("cannot open /srv/secret-project/plan.pdf") == "cannot open …"


def test_common_names_of_people_are_words():
    assert Redactor(["root", "user", "x"]).redact("the root user is x") == "the root user is x"


@pytest.mark.parametrize(
    "sign", ["a", "A1", "/", "\\", "=", ":", "@", "a.", "1 ", "key=", "-", "a/"]
)
def test_no_text_is_slow_to_redact(sign):
    with bounded(2):
        MINE.redact_message(sign * (10_000 // len(sign)))
