"""The front page."""

import re


def test_an_empty_wiki_says_so_and_offers_the_next_step(client, client_of):
    assert "There are no pages yet" in client.get("/").text
    assert 'href="/new?kind=challenge"' in client_of("selam").get("/").text


def test_kinds_with_counts_and_a_few_titles(client, make_page):
    for number in range(5):
        make_page(path=f"c{number}", title=f"Concept {number}", kind="concept")
    shown = client.get("/").text
    assert 'Concepts</a> <span class="count">5</span>' in shown
    grid = shown.partition('<ul class="kinds">')[2].partition("front-two")[0]
    assert grid.count("Concept ") == 3
    assert "Guides" not in grid


def test_an_entry_runs_as_its_title_does(client, make_page):
    make_page(path="a", title="ما هو ريديس؟", kind="challenge")
    for address in ("/", "/changes"):
        shown = client.get(address).text
        assert re.search(r'<li[^>]* dir="rtl">(?:(?!</li>).)*ريديس', shown, re.DOTALL), address


def test_open_challenges_stand_there_until_none_is_open(client, app, make_page):
    from wiki.pages.writing.content import Content
    from wiki.pages.writing.write import Edit, save_edit

    make_page(path="b", title="Was hard", kind="challenge", fields={"status": "solved"})
    saved = make_page(path="a", title="Is hard", kind="challenge")
    shown = client.get("/").text.partition("Open challenges")[2].partition("Latest changes")[0]
    assert "Is hard" in shown
    assert "Was hard" not in shown
    assert "changed <time" in shown
    with app.app_context():
        solved = Content("Is hard", "Done.\n", "challenge", (), {"status": "solved"})
        save_edit(saved.page_id, Edit(solved, 1), by=None)
    shown = client.get("/").text
    assert "Open challenges" not in shown
    assert "Was hard" in shown.partition("Recently solved")[2]


def test_the_frame_tells_the_language_and_its_two_searches_apart(client, make_page, monkeypatch):
    make_page(path="a", title="Alpha")
    monkeypatch.setattr("wiki.i18n.locale", lambda: "pt_BR")
    shown = client.get("/").text
    assert '<html lang="pt-BR"' in shown
    assert 'xml:lang="pt-BR"' in client.get("/changes.atom").text
    searches = re.findall(r'<form[^>]* role="search"[^>]*>', shown)
    assert (
        len(searches)
        == len({"".join(re.findall("aria-label=[^>]*", each)) for each in searches})
        == 2
    )


def test_latest_changes_name_who_made_them(client, make_page, make_user):
    make_page(path="a", title="By her", by=make_user("selam"))
    make_page(path="b", title="By nobody")
    shown = client.get("/").text.partition("Latest changes")[2]
    assert shown.index("By nobody") < shown.index("By her")
    assert "selam" in shown
    assert "Nexus" in shown


def test_who_is_new_is_led_to_the_beginning(client, make_page):
    assert "New here?" not in client.get("/").text
    make_page(path="guides/start-here", title="Start here", kind="guide")
    for number in range(4):
        make_page(path=f"guides/g{number}", kind="guide")
    assert 'href="/wiki/guides/start-here"' in client.get("/").text


def test_the_front_page_takes_five_queries_however_much_there_is(
    client, client_of, make_page, queries
):
    for number in range(20):
        make_page(path=f"p{number}", kind="challenge", tags=["a", "b"])
    selam = client_of("selam")
    for person in (client, selam):
        person.get("/")
        # kinds, changes, challenges, thanks; and who is signed in, or the version of the rules
        with queries(at_most=5):
            assert person.get("/").status_code == 200
