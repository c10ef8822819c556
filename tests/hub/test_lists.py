"""Lists of pages: by kind, by tag, by title."""

import pytest


def test_a_kind_shows_its_pages_by_title(client, make_page):
    make_page(path="b", title="Beta", kind="concept", fields={"summary": "Second letter."})
    make_page(path="a", title="alpha", kind="concept")
    make_page(path="c", title="Gamma", kind="practice")
    shown = client.get("/kinds/concept").text
    assert shown.index("alpha") < shown.index("Beta")
    assert "Second letter." in shown
    assert "Gamma" not in shown


def test_challenges_can_be_narrowed_to_the_open_ones(client, make_page):
    make_page(path="a", title="Still broken", kind="challenge")
    make_page(path="b", title="Works now", kind="challenge", fields={"status": "solved"})
    both, still = client.get("/kinds/challenge"), client.get("/kinds/challenge?status=open")
    assert "Works now" in both.text
    assert "Still broken" in still.text
    assert "Works now" not in still.text


def test_lists_to_choose_from_hold_something(client_of, make_page):
    make_page(path="a", title="alpha", kind="concept")
    make_page(path="b", kind="challenge", fields={"status": "solved"})
    selam = client_of("selam")
    for kind, has_statuses in (("concept", False), ("challenge", True)):
        shown = selam.get(f"/kinds/{kind}").text
        assert ("Filter by status" in shown) == has_statuses
        assert f'href="/new?kind={kind}"' in shown
        nav = shown.partition('<nav class="actions"')[2].partition("</nav>")[0]
        assert "/new" not in nav


def test_what_is_not_there_is_a_404(client, make_page):
    make_page(path="redis", title="Redis", tags=["db"])
    cases = [
        "/kinds/nonsense",
        "/kinds/challenge?status=lost",
        "/kinds/concept?status=open",
        "/tags/nonsense",
        "/tags/%00",
        "/pages?letter=Z",
        "/pages?letter=%00",
        "/pages?page=0",
        "/pages?page=2",
        "/pages?page=-1",
        "/pages?page=x",
        "/pages?page=99999999999999999999",
        "/kinds/page?page=2",
        "/tags/db?page=2",
        "/tags/db?page=%F0%9D%9F%99",
    ]
    for url in cases:
        assert client.get(url).status_code == 404, url


def test_every_kind_is_listed_with_its_count(client, make_page):
    make_page(path="a", kind="concept")
    make_page(path="b", kind="concept")
    shown = client.get("/kinds/").text
    assert 'Concepts</a> <span class="count">2</span>' in shown
    assert 'Guides</a> <span class="count">0</span>' in shown


def test_tags_are_counted_without_regard_to_case(client, make_page):
    make_page(path="a", tags=["Django"])
    make_page(path="b", tags=["django", "c++"])
    shown = client.get("/tags/").text
    assert '<span class="count">2</span>' in shown
    assert "c++" in shown


@pytest.mark.parametrize(
    ("spellings", "shown"),
    [
        (["PostgreSQL", "postgresql", "postgresql"], "postgresql"),
        (["postgresql", "PostgreSQL", "PostgreSQL"], "PostgreSQL"),
        (["postgresql", "PostgreSQL"], "postgresql"),
        (["PostgreSQL", "postgresql"], "PostgreSQL"),
        (["ZZ", "zZ", "Zz", "zZ", "ZZ"], "ZZ"),
    ],
)
def test_a_tag_is_called_as_most_pages_spell_it_or_the_first_one(
    any_app, client, make_page, spellings, shown
):
    make_page(path="other", tags=["aaa", "zzzz"])
    for number, spelling in enumerate(spellings):
        make_page(path=f"p{number}", tags=[spelling])
    key = shown.lower()
    title = f'<bdi>{shown}</bdi></a> <span class="count">{len(spellings)}</span>'
    listed = client.get("/tags/").text
    assert f'href="/tags/{key}" rel="tag">{title}' in listed
    assert listed.count('rel="tag"') == 3
    heading = f'<h1><bdi>{shown}</bdi> <span class="count">{len(spellings)}</span></h1>'
    assert heading in client.get(f"/tags/{key}").text


def test_a_spelling_that_one_may_not_see_counts_for_nothing(app, client, make_page):
    from wiki.pages.writing.write import delete_page

    make_page(path="a", tags=["Django"])
    make_page(path="b", tags=["django"])
    for number in range(3):
        saved = make_page(path=f"gone-{number}", tags=["DJANGO"])
        with app.app_context():
            delete_page(saved.page_id, base_revision=1, by=None)
    assert '<bdi>Django</bdi></a> <span class="count">2</span>' in client.get("/tags/").text


def test_a_tag_in_another_spelling_leads_to_the_one_address(client, make_page):
    make_page(path="a", title="Alpha", tags=["Message Queues"])
    answer = client.get("/tags/Message%20Queues")
    assert (answer.status_code, answer.location) == (301, "/tags/message-queues")
    assert "Alpha" in client.get("/tags/message-queues").text


def test_a_tag_in_any_script_can_be_followed(client, make_page):
    make_page(path="a", title="Alpha", tags=["ዳታቤዝ"])
    assert "Alpha" in client.get("/tags/ዳታቤዝ").text


def test_all_pages_come_in_the_order_of_their_titles_and_in_parts(client, make_page):
    for number in range(51):
        make_page(path=f"p{number}", title=f"Page {number:02}")
    first, second = client.get("/pages"), client.get("/pages?page=2")
    assert "Page 49" in first.text
    assert "Page 50" not in first.text
    assert "Page 50" in second.text
    assert 'href="/pages?page=2"' in first.text


def test_letters_narrow_the_list_of_all_pages(client, make_page):
    for path, title in [
        ("a", "apple"),
        ("b", "Avocado"),
        ("c", "Banana"),
        ("d", "3D"),
        ("e", "ሰላም"),
    ]:
        make_page(path=path, title=title)
    shown = client.get("/pages?letter=A").text
    assert "apple" in shown
    assert "Avocado" in shown
    assert "Banana" not in shown
    assert "3D" in client.get("/pages?letter=%23").text
    assert "ሰላም" in client.get("/pages?letter=ሰ").text


@pytest.mark.parametrize("title", ["ŉ", "ß", "ı", "İ", "ǅ", "ﬁx", "Ω", "ς", "α"])
def test_every_letter_that_is_offered_leads_somewhere(client, make_page, title):
    make_page(path="a", title=f"{title} one")
    make_page(path="b", title="Zebra")
    shown = client.get("/pages").text
    letters = [part.split('"')[0] for part in shown.split('href="/pages?letter=')[1:]]
    assert len(letters) == 2
    for letter in letters:
        assert client.get(f"/pages?letter={letter}").status_code == 200


def test_a_deleted_page_is_in_no_list_and_no_count(client, app, make_page):
    from wiki.pages.writing.write import delete_page

    saved = make_page(path="gone", title="Gone page", kind="concept", tags=["secret"])
    with app.app_context():
        delete_page(saved.page_id, base_revision=1, by=None)
    for url in ("/", "/pages", "/tags/", "/kinds/", "/kinds/concept"):
        shown = client.get(url).text
        assert "Gone page" not in shown
        assert "secret" not in shown
    assert client.get("/tags/secret").status_code == 404


def test_titles_are_shown_as_text(client, make_page):
    make_page(path="x", title="<b>x</b>", kind="concept", tags=["<i>"], fields={"summary": "<u>"})
    for url in ("/", "/pages", "/kinds/concept", "/tags/"):
        shown = client.get(url).text
        assert "<b>x" not in shown
        assert "<i>" not in shown
        assert "<u>" not in shown


def test_lists_take_few_queries_however_long_they_are(client, make_page, queries):
    """Beside the one that asks for the version of rules, kinds and settings."""
    for number in range(10):
        make_page(path=f"p{number}", kind="concept", tags=["db"])
    cases = [("/kinds/", 1), ("/kinds/concept", 2), ("/tags/", 1), ("/tags/db", 2), ("/pages", 2)]
    for url, most in cases:
        client.get(url)
        with queries(at_most=1 + most):
            assert client.get(url).status_code == 200, url


def test_lists_are_the_same_on_both_databases(any_app, client, make_page):
    make_page(path="a", title="Alpha", kind="challenge", tags=["db"])
    make_page(path="b", title="_ beta", kind="challenge", fields={"status": "solved"})
    for url in ("/", "/kinds/challenge", "/kinds/challenge?status=open", "/tags/db", "/pages"):
        assert "Alpha" in client.get(url).text
    assert "beta" in client.get("/pages?letter=%23").text
