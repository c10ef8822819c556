"""Where people may be redirected after signing in."""

import pytest

from wiki.accounts.redirects import MAX_URL_LENGTH, safe_path


@pytest.mark.parametrize("path", ["/", "/wiki/redis", "/search?q=a&sort=new#top", "/wiki/ȧ%20b"])
def test_paths_of_this_wiki_are_taken(path):
    assert safe_path(path) == path


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "wiki/redis",
        "https://example.org/",
        "//example.org/",
        "/\\example.org",
        "/\t/example.org",
        "/\n/example.org",
        "javascript:alert(1)",
        "/" + "a" * MAX_URL_LENGTH,
    ],
)
def test_no_other_host_and_no_script_is_a_target(target):
    assert safe_path(target) is None


def test_on_a_shared_host_only_what_is_below_its_own_path_is_taken(app):
    with app.test_request_context("/wiki/a", environ_overrides={"SCRIPT_NAME": "/nexus"}):
        for path in ("/nexus", "/nexus/wiki/a", "/nexus?q=a"):
            assert safe_path(path) == path
        assert safe_path("/nexus2") is None
        assert safe_path("/") is None
