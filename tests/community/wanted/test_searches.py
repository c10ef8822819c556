"""What people search for in vain is on the board, for those who may know of it."""

import pytest

from tests import factories
from tests.search_index import catch_up
from wiki.access.models import Rank
from wiki.community.wanted import searches
from wiki.pages.protection.rule_changes import RuleTerms, set_rule
from wiki.search.index.index_folder import search_folder
from wiki.search.miss_log import count_logged_misses
from wiki.search.service import Search

BOARD = "/board/wanted"


@pytest.fixture
def look(app):
    """`look(person, "words")`: a search that is counted at once."""
    factories.make_page(app, "django", title="Django", text="A framework for the web.\n")
    catch_up(app)
    count_logged_misses(search_folder(app))

    def look(person, text, press=False):
        answer = person.get("/search", query_string={"q": text})
        assert answer.status_code == 200
        if press:
            form = {"q": text}
            same = {"Sec-Fetch-Site": "same-origin"}
            assert person.post("/search/missed", data=form, headers=same).status_code == 303
        count_logged_misses(search_folder(app))
        return answer.text

    return look


@pytest.fixture
def people(client_of):
    return [client_of(name) for name in ("selam", "dawit", "hana")]


@pytest.mark.parametrize("text", ["kubernetes", "ኩበርኔትስ መሰማራት", "شبكة الحاويات"])
def test_what_three_people_miss_is_on_the_board(client, people, look, text):
    for person in people[:2]:
        look(person, text)
        look(person, text)
    assert text not in client.get(BOARD).text
    look(people[2], text)
    said = client.get(BOARD).text
    assert text in said
    assert "3 people looked for it" in said


def test_what_is_found_is_no_miss_until_a_reader_says_so(client, people, look):
    for person in people:
        assert "Not what I was looking for" in look(person, "django")
    assert ">django<" not in client.get(BOARD).text
    for person in (people[0], people[1], client):
        look(person, "django framework", press=True)
    assert ">django framework<" in client.get(BOARD).text


def test_a_corrected_search_is_a_miss(client, people, look):
    for person in people:
        assert "Showing results for" in look(person, "frmawork")
    assert ">frmawork<" in client.get(BOARD).text


def test_it_leaves_when_it_is_written_or_found(app, client, people, look):
    for person in people:
        for text in ("kubernetes", "terraform"):
            look(person, text)
    people[0].post_form("/new", title="Kubernetes", text="Containers.\n")
    assert ">kubernetes<" not in client.get(BOARD).text
    assert ">terraform<" in client.get(BOARD).text
    people[0].post_form("/new", title="Infrastructure", text="With terraform.\n")
    catch_up(app)
    assert ">terraform<" not in client.get(BOARD).text


def test_it_is_claimed_and_dismissed_as_a_link_is(client, client_of, people, look):
    for person in people:
        look(person, "Helm charts")
    token = people[0].open_form(BOARD).values["csrf_token"]
    sent = {"key": "helm-charts", "csrf_token": token}
    assert people[0].post(f"{BOARD}/claim", data=sent).status_code == 303
    assert "is writing this" in client.get(BOARD).text
    mentor = client_of("mentor", role="mentor")
    sent["csrf_token"] = mentor.open_form(BOARD).values["csrf_token"]
    assert mentor.post(f"{BOARD}/dismiss", data=sent).status_code == 303
    assert "Helm charts" not in client.get(BOARD).text
    assert "Helm charts" in mentor.get(f"{BOARD}?show=dismissed").text


def test_words_of_people_who_read_more_are_not_shown_to_others(app, client, client_of, look):
    with app.app_context():
        set_rule("closed", RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN), by=None)
    admins = [client_of(name, role="admin") for name in ("abebe", "marta", "kebede")]
    for admin in admins:
        look(admin, "project zeus")
    assert "project zeus" not in client.get(BOARD).text
    assert "project zeus" not in client_of("selam").get(BOARD).text
    assert "project zeus" in admins[0].get(BOARD).text


def test_the_share_is_shown_once_it_tells_something(client, people, look, monkeypatch):
    look(people[0], "kubernetes")
    look(people[0], "django")
    assert "found nothing good. Where" not in client.get(BOARD).text
    monkeypatch.setattr(searches, "MIN_SEARCHES", 2)
    assert "Of all searches, 50% found nothing good" in client.get(BOARD).text


@pytest.mark.settings(missed_searches=False)
def test_where_it_is_off_nothing_is_counted_or_shown(app, client, people, look):
    for person in people:
        assert "Not what I was looking for" not in look(person, "kubernetes")
    assert "nothing good" not in client.get(BOARD).text
    assert not (search_folder(app) / "asked.missed.log").exists()
    same = {"Sec-Fetch-Site": "same-origin"}
    assert client.post("/search/missed", data={"q": "django"}, headers=same).status_code == 404


def test_after_the_button_the_same_results_are_shown_or_none(client, look):
    for text, address in (("django", "/search?q=django"), ("ቃል " * 60, "/search")):
        sent = {"data": {"q": text}, "headers": {"Sec-Fetch-Site": "same-origin"}}
        assert client.post("/search/missed", **sent).location == address


def test_no_other_site_can_press_for_a_reader(client, people, look):
    look(people[0], "django")
    sent = {"data": {"q": "buy pills"}, "headers": {"Sec-Fetch-Site": "cross-site"}}
    assert client.post("/search/missed", **sent).status_code in (400, 401)


def test_an_answer_tries_few_again_and_keeps_what_they_gave(app, client, people, look, monkeypatch):
    for person in people:
        for text in ("kubernetes", "terraform", "ansible"):
            look(person, text)
    monkeypatch.setattr(searches, "MAX_TRIED", 2)
    tried = []
    search = Search.search

    def count(self, text, **wanted):
        tried.append(text)
        return search(self, text, **wanted)

    monkeypatch.setattr(Search, "search", count)
    assert client.get(BOARD).text.count("3 people looked for it") == 2
    assert client.get(BOARD).text.count("3 people looked for it") == 3
    assert client.get(BOARD).text.count("3 people looked for it") == 3
    assert sorted(tried) == ["ansible", "kubernetes", "terraform"]
