"""The archive of one's data."""

import json
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest

from tests.files.upload_forms import picture, send
from wiki.access.models import Rank
from wiki.accounts.tokens.models import TokenScope
from wiki.accounts.tokens.tokens import TokenTerms, create_token
from wiki.database import utcnow
from wiki.pages.protection.rule_changes import RuleTerms, set_rule

URL = "/account/data"


@pytest.fixture
def archive_of():
    """`archive_of(client)`: the files of the archive, JSON read."""

    def archive_of(client):
        with client.post_form(URL) as answer:
            assert answer.mimetype == "application/zip"
            sent = BytesIO(answer.data)
        with ZipFile(sent) as archive:
            contents = {name: archive.read(name) for name in archive.namelist()}
        return {
            name: json.loads(body) if name.endswith(".json") else body
            for name, body in contents.items()
        }

    return archive_of


def test_it_holds_what_somebody_wrote_and_sent(any_app, client_of, make_page, archive_of):
    selam, dawit = client_of("selam"), client_of("dawit")
    make_page("open", text="By nobody.\n")
    selam.post_form("/edit/open", text="By selam.\n")
    dawit.post_form("/edit/open", text="By dawit.\n")
    assert send(selam, ("plan.png", picture()), page="open").status_code == 303
    csrf = selam.open_form("/edit/open").values["csrf_token"]
    selam.post("/drafts", data={"csrf_token": csrf, "page": "open", "text": "Not yet."})
    archive = archive_of(selam)
    assert archive["account.json"]["username"] == "selam"
    (change,) = [r for r in archive["revisions.json"] if r["action"] == "edit"]
    assert (change["path"], change["number"]) == ("open", 2)
    assert archive[f"texts/{change['text_hash']}.md"] == b"By selam.\n"
    assert [draft["text"] for draft in archive["drafts.json"]] == ["Not yet."]
    (sent,) = [name for name in archive if name.startswith("files/")]
    assert sent.endswith("plan.png")
    assert archive[sent].startswith(b"\x89PNG")
    assert "By dawit" not in str(archive)


def test_it_holds_no_secrets(app, client_of, make_user, archive_of):
    with app.app_context():
        terms = TokenTerms("backup", TokenScope.READ, utcnow() + timedelta(days=30))
        token = create_token(make_user("selam"), terms)
    archive = archive_of(client_of("selam"))
    assert [token["name"] for token in archive["account.json"]["access_tokens"]] == ["backup"]
    assert token not in str(archive)
    assert "hash" not in str(archive["account.json"])
    assert "stamp" not in str(archive["account.json"])


def test_what_they_may_no_longer_read_is_left_out(app, client_of, archive_of):
    selam = client_of("selam")
    selam.post_form("/new", title="Secret", path="plans/secret", text="Marimba.\n")
    assert "Marimba" in str(archive_of(selam))
    with app.app_context():
        set_rule("plans", RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN), by=None)
    assert "Marimba" not in str(archive_of(selam))


def test_it_is_packed_a_few_times_a_day(make_app, make_user):
    from tests.factories import client_of

    app = make_app(rate_limits=True)
    selam = client_of(app, make_user("selam"))
    for _ in range(5):
        with selam.post_form(URL) as answer:
            assert answer.status_code == 200
    answer = selam.post_form(URL)
    assert answer.status_code == 429
    assert "Retry-After" in answer.headers
