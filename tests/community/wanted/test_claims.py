"""Members say what they are writing; mentors take off what nobody has to write."""

from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest

from tests import factories
from wiki.access.models import Rank
from wiki.accounts.models import User
from wiki.community.wanted.claims import CLAIM_AGE, MAX_CLAIMS
from wiki.community.wanted.models import WantedClaim
from wiki.database import db, utcnow, write_transaction
from wiki.pages.protection.rule_changes import RuleTerms, set_rule

BOARD = "/board/wanted"


@pytest.fixture
def wish(app):
    """A page with links that lead nowhere."""
    names = ["Redis streams", "ሬዲስ ክምችት", "قاعدة البيانات", *(f"Wish {n}" for n in range(6))]
    factories.make_page(app, "from", text="\n\n".join(f"[[{name}]]" for name in names))


def _send(person, what, key):
    token = person.open_form(BOARD).values["csrf_token"]
    return person.post(f"{BOARD}/{what}", data={"key": key, "csrf_token": token})


def _claim(person, key):
    return _send(person, "claim", key)


@pytest.mark.usefixtures("wish")
def test_selam_says_that_she_is_writing_it_and_leaves_it_to_others(any_app, client):
    selam = factories.client_of(any_app, factories.make_user(any_app, "selam", role="reader"))
    dawit = factories.client_of(any_app, factories.make_user(any_app, "dawit"))
    assert _claim(selam, "redis-streams").status_code == 303
    assert _claim(selam, "redis-streams").status_code == 303  # the same POST twice
    assert "is writing this" in client.get(BOARD).text
    answer = _claim(dawit, "redis-streams")
    assert answer.status_code == 409
    assert "Somebody else was quicker" in answer.text
    assert _send(dawit, "release", "redis-streams").status_code == 303  # changes nothing
    assert "is writing this" in dawit.get(BOARD).text
    _send(selam, "release", "redis-streams")
    assert "is writing this" not in client.get(BOARD).text
    assert _claim(dawit, "redis-streams").status_code == 303


@pytest.mark.usefixtures("wish")
def test_words_of_any_script_are_claimed(client_of):
    selam = client_of("selam")
    for key in ("ሬዲስ-ክምችት", "قاعدة-البيانات"):
        assert _claim(selam, key).status_code == 303
    assert selam.get(BOARD).text.count("is writing this") == 2


@pytest.mark.usefixtures("wish")
def test_a_claim_expires(app, client_of):
    selam, dawit = client_of("selam"), client_of("dawit")
    _claim(selam, "redis-streams")
    with app.app_context(), write_transaction() as session:
        session.scalars(db.select(WantedClaim)).one().expires_at = utcnow() - timedelta(hours=1)
    assert "is writing this" not in dawit.get(BOARD).text
    assert _claim(dawit, "redis-streams").status_code == 303
    with app.app_context():
        claim = db.session.scalars(db.select(WantedClaim)).one()
        assert claim.expires_at - claim.claimed_at == CLAIM_AGE


@pytest.mark.usefixtures("wish")
def test_nobody_claims_more_than_a_few_until_one_is_written(client_of):
    selam = client_of("selam")
    for number in range(MAX_CLAIMS):
        assert _claim(selam, f"wish-{number}").status_code == 303
    answer = _claim(selam, f"wish-{MAX_CLAIMS}")
    assert answer.status_code == 409
    assert "leave one to others" in answer.text
    selam.post_form("/new", title="Wish 0", text="Here it is.\n")
    assert ">Wish 0<" not in selam.get(BOARD).text
    assert _claim(selam, f"wish-{MAX_CLAIMS}").status_code == 303


@pytest.mark.usefixtures("wish")
def test_writing_it_closes_it_by_title_by_path_and_by_former_name(app, client):
    assert ">Redis streams<" in client.get(BOARD).text
    factories.make_page(app, "databases/elsewhere", title="Redis Streams")
    factories.make_page(app, "wish-1", title="Something else")
    said = client.get(BOARD).text
    assert ">Redis streams<" not in said
    assert ">Wish 1<" not in said
    assert ">Wish 2<" in said


@pytest.mark.usefixtures("wish")
def test_claims_survive_a_new_name_and_free_themselves_when_an_account_closes(app, client_of):
    selam, dawit = client_of("selam"), client_of("dawit")
    _claim(selam, "redis-streams")
    selam.post_form("/account/name", username="saba", current_password=factories.PASSWORD)
    assert ">saba</" in dawit.get(BOARD).text.replace("</bdi>", "</")
    with app.app_context(), write_transaction() as session:
        person = session.scalars(db.select(User).filter_by(username="saba")).one()
        person.closed_at, person.username = utcnow(), "former-member-9"
    said = dawit.get(BOARD).text
    assert "a former member" in said
    assert _claim(dawit, "redis-streams").status_code == 303
    assert "a former member" not in dawit.get(BOARD).text


@pytest.mark.usefixtures("wish")
def test_only_what_is_on_the_board_is_claimed_or_dismissed(client, client_of):
    mentor = client_of("hana", role="mentor")
    for what in ("claim", "dismiss", "restore"):
        for key in ("from", "nothing-of-the-kind", "", "\x00", "x" * 9000):
            assert _send(mentor, what, key).status_code == 404
    assert client.post(f"{BOARD}/claim", data={"key": "wish-1"}).status_code in (302, 401)


@pytest.mark.usefixtures("wish")
def test_mentors_take_things_off_and_put_them_back(client_of):
    mentor, selam = client_of("hana", role="mentor"), client_of("selam")
    assert _send(mentor, "dismiss", "wish-1").status_code == 303
    assert ">Wish 1<" not in selam.get(BOARD).text
    assert ">Wish 1<" not in selam.get(f"{BOARD}?show=dismissed").text
    assert ">Wish 1<" in mentor.get(f"{BOARD}?show=dismissed").text
    assert _send(selam, "restore", "wish-1").status_code == 403
    _send(mentor, "restore", "wish-1")
    assert ">Wish 1<" in selam.get(BOARD).text


@pytest.mark.usefixtures("wish")
def test_ones_claims_are_in_ones_data(client_of):
    selam = client_of("selam")
    _claim(selam, "redis-streams")
    with selam.open_form("/account/data").submit() as archive:
        packed = ZipFile(BytesIO(archive.data))
    assert b"redis-streams" in packed.read("claims.json")


@pytest.mark.usefixtures("wish")
def test_a_hidden_page_is_as_missing_as_before_it_was_written(app, client_of):
    selam, dawit = client_of("selam"), client_of("dawit")
    _claim(selam, "redis-streams")
    with app.app_context():
        hidden = RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN)
        set_rule("redis-streams", hidden, by=None)
    factories.make_page(app, "redis-streams")
    for person, key in ((dawit, "wish-1"), (selam, "wish-2")):
        assert _claim(person, key).status_code == 303
        assert selam.get(BOARD).text.count("is writing this") == (2 if person is dawit else 3)


@pytest.mark.usefixtures("wish")
def test_a_challenge_that_was_hidden_takes_no_place_among_ones_claims(app, client_of):
    selam = client_of("selam")
    for number in range(MAX_CLAIMS - 1):
        _claim(selam, f"wish-{number}")
    secret = factories.make_page(app, "challenges/secret", kind="challenge")
    assert _claim(selam, f"/{secret.page_id}").status_code == 303
    with app.app_context():
        hidden = RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN)
        set_rule("challenges/secret", hidden, by=None)
    assert _claim(selam, "redis-streams").status_code == 303
