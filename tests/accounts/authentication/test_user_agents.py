"""The names of browsers, for the list of sessions."""

from wiki.accounts.authentication.user_agents import browser_name

MOZILLA = "Mozilla/5.0"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
NAMES = [
    (
        f"{MOZILLA} (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "Firefox on Linux",
    ),
    (
        f"{MOZILLA} (Linux; Android 15) {WEBKIT} Chrome/139.0 Mobile Safari/537.36",
        "Chrome on Android",
    ),
    (
        f"{MOZILLA} (Windows NT 10.0) {WEBKIT} Chrome/139.0 Safari/537.36 Edg/139.0",
        "Edge on Windows",
    ),
    (
        f"{MOZILLA} (iPhone; CPU iPhone OS 18_5 like Mac OS X) CriOS/139.0 Safari/604.1",
        "Chrome on iPhone",
    ),
    (
        f"{MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) Version/18.5 Safari/605.1",
        "Safari on macOS",
    ),
    ("curl/8.14.1", "curl/8.14.1"),
    ("x" * 100, "x" * 40),
    ("", "An unknown browser"),
]


def test_a_browser_is_named_with_its_system(app):
    with app.test_request_context():
        assert [browser_name(user_agent) for user_agent, _ in NAMES] == [name for _, name in NAMES]
