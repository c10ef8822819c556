"""Projects looking for people."""

from collections.abc import Callable

from flask import Flask

from tests.pages.visible_text import main
from tests.person import Person
from wiki.access.models import Rank
from wiki.pages.protection.rule_changes import RuleTerms, set_rule
from wiki.pages.writing.write import SaveResult


def test_it_lists_those_that_one_may_read(
    any_app: Flask, client: Person, make_page: Callable[..., SaveResult]
) -> None:
    for path, fields in (
        ("p/both", {"wanted": ["front end", "design"], "chat": "https://chat.example.org/x"}),
        ("p/one", {"wanted": "design", "chat": "javascript:alert(1)"}),
        ("p/none", {"repositories": ["https://example.org"]}),
        ("secret/hidden", {"wanted": ["front end"]}),
    ):
        make_page(path, title=f"Project {path}", kind="project", fields=fields)
    make_page("p/guide", title="Guide", kind="guide", fields={"wanted": ["design"]})
    with any_app.app_context():
        set_rule("secret", RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN), by=None)
    page = client.get("/board/projects")
    assert main(page).startswith("Projects looking for people 2")
    assert 'href="https://chat.example.org/x"' in page.text
    assert 'href="javascript' not in page.text
    assert "hidden" not in main(page)
    assert main(client.get("/board/projects?for=front end")).startswith(
        "Projects looking for people 1"
    )
    both = main(client.get("/board/projects?for=design"))
    assert "Project p/both" in both
    assert "Project p/one" in both
    assert "None of these" in main(client.get("/board/projects?for=data"))


def test_a_project_leaves_when_it_has_found_them(
    client: Person, client_of: Callable[[str], Person]
) -> None:
    selam = client_of("selam")
    fields = {"field-wanted": ["testing"], "field-people": "Selam\nDawit"}
    selam.post_form("/new?kind=project", title="Hub", text="Words.\n", **fields)
    assert "Hub" in main(client.get("/board/projects"))
    assert "Team Selam Dawit" in main(client.get("/wiki/projects/hub"))
    selam.post_form("/edit/projects/hub", **{"field-wanted": ""})
    assert "No project is looking for people" in main(client.get("/board/projects"))
