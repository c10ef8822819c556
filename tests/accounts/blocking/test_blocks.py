"""Who may be blocked, and what blocked people and addresses may still do."""

from datetime import timedelta
from ipaddress import ip_address

import pytest
from sqlalchemy import update

from tests import factories
from tests.pages.visible_text import field_error, main
from wiki.access.models import Rank
from wiki.accounts.audit_log import events
from wiki.accounts.blocking.blocks import (
    BlockRefused,
    add_block,
    block_of_address,
    block_of_user,
    lift_block,
    parse_network,
)
from wiki.accounts.blocking.models import Block
from wiki.accounts.errors import LastAdministrator
from wiki.accounts.models import Role
from wiki.accounts.users import change_user
from wiki.database import utcnow, write_transaction
from wiki.pages.protection.rule_changes import RuleTerms, set_rule

DAY = timedelta(days=1)
HOME = "198.51.100.7"


@pytest.fixture
def wiki(make_app, make_page):
    """Behind a proxy, so that people come from somewhere."""
    make_page("redis", text="Fast.\n")
    return make_app(proxies=1)


@pytest.fixture
def block(wiki):
    def block(target, term=DAY, reason="Spam in five pages."):
        with wiki.app_context():
            return add_block(target, reason, term, by=None, own_address=None).id

    return block


def member(wiki, name, role="learner"):
    return factories.client_of(wiki, factories.make_user(wiki, name, role=role))


def at(address):
    return {"headers": {"X-Forwarded-For": address}}


# Whom


def test_who_cant_be_blocked(any_app, make_user, context):
    admin = make_user("abeba", role="admin")
    make_user("other-admin", role="admin")
    reasons = {}
    cases = [
        ("abeba", "self"),
        ("ABEBA", "self"),
        ("other-admin", "admin"),
        ("nobody", "unknown"),
        ("192.0.2.0/33", "unknown"),
        ("127.0.0.1", "loopback"),
        ("127.0.0.0/9", "loopback"),
        ("::1", "loopback"),
        ("::ffff:127.0.0.1", "loopback"),
        ("0.0.0.0/0", "loopback"),
        (HOME, "own-address"),
        ("198.51.0.0/16", "own-address"),
        ("::ffff:198.51.100.0/120", "own-address"),
    ]
    for target, _ in cases:
        try:
            add_block(target, "Spam.", DAY, by=admin.id, own_address=ip_address(HOME))
        except BlockRefused as refused:
            reasons[target] = refused.reason
    assert reasons == dict(cases)


def test_an_administrator_who_is_blocked_is_none(any_app, make_user):
    make_user("abeba", role="admin")
    make_user("dawit")
    with any_app.app_context():
        number = add_block("dawit", "Spam.", DAY, by=None, own_address=None).id
        change_user("dawit", Role.ADMIN)
        for change in ({"role": Role.LEARNER}, {"is_enabled": False}):
            with pytest.raises(LastAdministrator):
                change_user("abeba", **change)
        lift_block(number, by=None)
        assert change_user("abeba", Role.LEARNER).role == Role.LEARNER


@pytest.mark.parametrize(
    ("written", "network"),
    [
        (" 192.0.2.7 ", "192.0.2.7/32"),
        ("192.0.2.7/24", "192.0.2.0/24"),
        ("2001:db8::1/32", "2001:db8::/32"),
        ("::ffff:192.0.2.7", "192.0.2.7/32"),
        ("selam", "None"),
        ("fe80::1%" + 60 * "a", "None"),
    ],
)
def test_ranges_are_written_in_one_way(written, network):
    assert str(parse_network(written)) == network


def test_a_block_ends_by_itself_or_is_lifted(any_app, context, make_user):
    selam = make_user("selam")
    first = add_block("selam", "Spam.", DAY, by=None, own_address=None)
    longest = add_block("selam", "Again.", None, by=None, own_address=None)
    assert block_of_user(selam.id).id == longest.id
    lift_block(longest.id, by=None)
    assert block_of_user(selam.id).id == first.id
    _end(first.id)
    assert block_of_user(selam.id) is None


def test_ranges_of_both_kinds_of_addresses(any_app, context):
    add_block("192.0.2.0/24", "Spam.", DAY, by=None, own_address=None)
    add_block("2001:db8::/32", "Spam.", DAY, by=None, own_address=None)
    assert block_of_address(ip_address("192.0.2.200"))
    assert block_of_address(ip_address("2001:db8:9::1"))
    assert block_of_address(ip_address("192.0.3.200")) is None
    assert block_of_address(ip_address("2001:db9::1")) is None
    assert block_of_address(None) is None


def _end(number):
    with write_transaction() as session:
        ended = update(Block).where(Block.id == number).values(ends_at=utcnow() - DAY)
        session.execute(ended)


# Blocked people


def test_blocked_people_are_told_why_and_get_their_text_back(wiki, block):
    selam = member(wiki, "selam")
    form = selam.open_form("/edit/redis")
    block("selam")
    refused = form.submit(text="Three hours of work.\n")
    assert refused.status_code == 403
    assert "Three hours of work." in refused.text
    assert "Spam in five pages." in refused.text
    assert "Until: <time datetime=" in refused.text
    assert "Fast." in selam.get("/wiki/redis").text


def test_they_neither_create_nor_upload_nor_delete(wiki, block):
    selam = member(wiki, "selam", role="mentor")
    token = selam.open_form("/new").values["csrf_token"]
    block("selam")
    for address in ("/new", "/delete/redis", "/rename/redis", "/files/upload", "/preview"):
        answer = selam.post(address, data={"csrf_token": token, "text": "x", "title": "x"})
        assert answer.status_code == 403, address
        assert "Spam in five pages." in answer.text, address


def test_they_read_what_strangers_read(wiki, block):
    selam = member(wiki, "selam", role="mentor")
    with wiki.app_context():
        set_rule("redis", RuleTerms(read_rank=Rank.SIGNED_IN), by=None)
    assert selam.get("/wiki/redis").status_code == 200
    stranger = wiki.test_client().get("/wiki/redis").status_code
    block("selam")
    assert selam.get("/wiki/redis").status_code == stranger == 404
    assert "Edit" not in main(selam.get("/"))


def test_of_a_closed_wiki_they_read_nothing(make_app, wiki, block):
    selam = member(wiki, "selam")
    block("selam")
    closed = make_app(public_reading=False)
    answer = factories.client_of(closed, factories.make_user(closed, "selam")).get("/wiki/redis")
    assert answer.status_code == 403
    assert "Spam in five pages." in answer.text
    assert selam.get("/wiki/redis").status_code == 200


def test_afterwards_everything_is_as_before(wiki, block):
    selam = member(wiki, "selam")
    number = block("selam")
    assert selam.get("/edit/redis").status_code == 403
    with wiki.app_context():
        _end(number)
    assert selam.post_form("/edit/redis", text="Faster.\n").status_code == 303


def test_reading_a_page_takes_no_statement_more(wiki, block, queries):
    selam = member(wiki, "selam")
    selam.get("/wiki/redis")
    with queries() as before:
        selam.get("/wiki/redis")
    block("198.51.100.0/24")
    block("selam")
    selam.get("/wiki/redis")
    with queries() as after:
        selam.get("/wiki/redis")
    assert len(before) == len(after)


# Blocked addresses


def test_from_blocked_addresses_nobody_writes_registers_or_signs_in(wiki, block):
    selam = member(wiki, "selam")
    stranger = wiki.test_client()
    registering = stranger.open_form("/account/register")
    login = stranger.open_form("/account/login")
    form = selam.open_form("/edit/redis")
    block("198.51.100.0/24")
    for sent, values in (
        (registering, {"username": "dawit", "password": "correct horse battery"}),
        (login, {"username": "selam", "password": factories.PASSWORD}),
        (form, {"text": "Three hours of work.\n"}),
    ):
        data = {**sent.values.to_dict(), **values}
        answer = sent.person.post(sent.action, data=data, **at(HOME))
        assert answer.status_code == 403, sent.action
        assert "Spam in five pages." in answer.text
    assert "Three hours of work." in answer.text
    elsewhere = selam.post(form.action, data={**form.values, "text": "Good.\n"}, **at("192.0.2.1"))
    assert elsewhere.status_code == 303


def test_from_there_everybody_reads_and_administrators_act(wiki, block):
    abeba = member(wiki, "abeba", role="admin")
    form = abeba.open_form("/edit/redis")
    block("198.51.100.0/24")
    assert wiki.test_client().get("/wiki/redis", **at(HOME)).status_code == 200
    answer = abeba.post(form.action, data={**form.values, "text": "Good.\n"}, **at(HOME))
    assert answer.status_code == 303


# Administration


def test_administrators_block_and_lift(wiki):
    abeba = member(wiki, "abeba", role="admin")
    member(wiki, "selam")
    assert "Nobody has been blocked" in abeba.get("/admin/blocked").text
    done = abeba.post_form("/admin/blocked", target="selam", term="week", reason="Spam.")
    assert done.status_code == 303
    listed = main(abeba.get("/admin/blocked"))
    assert "Spam." in listed
    lift = abeba.form_in(abeba.get("/admin/blocked"), "/admin/blocked/1/lift")
    assert lift.submit().status_code == 303
    assert "lifted" in main(abeba.get("/admin/blocked"))
    with wiki.app_context():
        lifted, blocked = events()[:2]
        assert (lifted.action, lifted.about.username) == ("unblocked", "selam")
        assert (blocked.action, blocked.about.username) == ("blocked", "selam")
        assert (blocked.by.username, blocked.subject) == ("abeba", "Spam.")


def test_whose_name_is_an_address_is_blocked_by_it(wiki):
    abeba = member(wiki, "abeba", role="admin")
    spammer = member(wiki, "203.0.113.7")
    link = "/admin/blocked?target=203.0.113.7"
    assert link in abeba.get("/admin/people/203.0.113.7").text
    assert abeba.open_form(link).submit(term="week", reason="Spam.").status_code == 303
    assert spammer.get("/edit/redis").status_code == 403
    with wiki.app_context():
        assert block_of_address(ip_address("203.0.113.7")) is None
    abeba.post_form("/admin/blocked", target="203.0.113.7/32", term="week", reason="Spam.")
    with wiki.app_context():
        assert block_of_address(ip_address("203.0.113.7"))


@pytest.mark.parametrize(
    ("targets", "still"),
    [
        (["selam", "selam"], "selam"),
        (["198.51.100.0/24", "198.51.100.7"], "198.51.100.0/24"),
        (["198.51.100.7", "198.51.100.0/24"], "198.51.100.7/32"),
        (["selam", "198.51.100.7"], None),
    ],
)
def test_lifting_one_of_two_blocks_says_that_the_other_goes_on(wiki, block, targets, still):
    abeba = member(wiki, "abeba", role="admin")
    member(wiki, "selam")
    for target in targets:
        last = block(target)
    form = abeba.form_in(abeba.get("/admin/blocked"), f"/admin/blocked/{last}/lift")
    assert form.submit().status_code == 303
    page = main(abeba.get("/admin/blocked"))
    assert (f"another one goes on: {still}" in page) is (still is not None)
    assert ("No longer blocked: 198.51.100.7" in page) is (still is None)


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"target": "abeba", "reason": "x"}, "target", "This is your own account."),
        ({"target": "127.0.0.1", "reason": "x"}, "target", "the server’s own address"),
        ({"target": "selam", "reason": ""}, "reason", "Say why."),
    ],
)
def test_what_cant_be_is_said_and_comes_back(wiki, fields, field, words):
    abeba = member(wiki, "abeba", role="admin")
    member(wiki, "selam")
    refused = abeba.post_form("/admin/blocked", **fields)
    assert refused.status_code == 422
    assert words in field_error(refused, field)
    assert f'value="{fields["target"]}"' in refused.text


def test_blocked_people_watch_nothing_but_have_their_own_settings(wiki, block):
    selam = member(wiki, "selam")
    block("selam")
    adding = selam.form_in(selam.get("/watching"), "/watching/add")
    assert adding.submit(scope="all").status_code == 403
    assert selam.get("/notifications").status_code == 200
    saved = selam.post_form("/notifications/settings", mail="off")
    assert saved.status_code in (200, 303)


def test_from_blocked_addresses_programs_still_read(wiki, block):
    block("198.51.100.0/24")
    client = wiki.test_client()
    answer = client.post("/graphql", json={"query": "{ __typename }"}, **at(HOME))
    assert answer.status_code == 200
