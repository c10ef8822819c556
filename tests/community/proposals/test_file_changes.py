"""A proposal that changes files: what its page says, and what becomes of them."""

import re
from html import unescape
from io import BytesIO

import pytest

from tests.community.proposals.conftest import button, press
from tests.files.upload_forms import picture
from wiki.access.permissions import Viewer, anonymous_viewer
from wiki.community.proposals.file_changes.carry_out import ProposedFile, put_files
from wiki.community.proposals.proposing.parts import ProposedPage
from wiki.community.proposals.proposing.propose import propose
from wiki.database import db
from wiki.files.erasure.erase import erase_file
from wiki.files.models import File
from wiki.files.queries import find_files_by_name
from wiki.files.uploads.proposed_versions import inspect_proposed
from wiki.files.write import delete_file, rename_file, replace_content, upload_file
from wiki.pages.writing.revision_store import load_content

OLD, NEW = picture("PNG", (30, 40)), picture("PNG", (70, 80))


@pytest.fixture
def page_id(make_page):
    return make_page(path="redis", text="Fast.\n").page_id


@pytest.fixture
def file_id(app, page_id, make_page):
    with app.app_context():
        made = upload_file(BytesIO(OLD), "plan.png", page_id=page_id, by=None)
    make_page(path="other", text=f"![](/files/{made}/plan.png)\n")
    return made


@pytest.fixture
def proposing(app, make_user, page_id, file_id):
    """`proposing(name="b.png")` proposes a change of the file; the address of the proposal."""

    def run(content=None, **change):
        by = make_user("hana", role="learner")
        viewer = Viewer(by.id, by.role)
        with app.app_context():
            by = db.session.merge(by)
            stored = inspect_proposed(content, "plan.png", by=by.id) if content else None
            changes = [ProposedFile(file_id, 1, stored=stored, **change)]
            before = load_content(db.session(), page_id, 1)
            page = ProposedPage(before, page_id, 1, is_for_files=True)

            def within(session, proposal_id):
                put_files(session, proposal_id, changes, by=by.id, viewer=viewer)

            number = propose([page], by=by, viewer=viewer, title="Draw", within=within)
            return f"/proposals/{number}"

    return run


def bytes_at(person, address):
    with person.get(address) as answer:
        return answer.data


def said_of_files(person, address):
    """What the proposal's page says of files, without its tags."""
    found = re.search(r'class="proposal-files".*?</section>', person.get(address).text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", found[0]).split()) if found else ""


def file_of(app, file_id):
    with app.app_context():
        file = db.session.get_one(File, file_id)
        return file.name, file.deleted_at is not None


def test_a_replaced_file_is_shown_before_it_is_accepted(any_app, mentor, proposing, file_id):
    address = proposing(NEW)
    page = mentor.get(address)
    assert "Replaces" in page.text
    assert "its name and its earlier versions stay" in page.text
    shown = unescape(re.search(r'<img class="file-picture" src="([^"]+)"', page.text)[1])
    assert bytes_at(mentor, shown.replace("width=320", "")) == NEW
    assert bytes_at(mentor, f"/files/{file_id}/plan.png") == OLD
    press(mentor, address, "accept")
    assert bytes_at(mentor, f"/files/{file_id}/plan.png") == NEW
    assert "changed as proposed" in mentor.get(f"/files/{file_id}").text


def test_a_deletion_says_which_pages_use_the_file(app, mentor, proposing, file_id):
    address = proposing(is_deletion=True)
    said = said_of_files(mentor, address)
    assert "Deletes plan.png" in said
    assert "1 page uses it:" in said
    press(mentor, address, "accept")
    assert file_of(app, file_id) == ("plan.png", True)
    assert "Deletes" in mentor.get(address).text


def test_a_renamed_file_keeps_its_type_and_its_content(app, mentor, proposing, file_id):
    address = proposing(name="layout")
    said = said_of_files(mentor, address)
    assert "Renames plan.png to layout.png : links to it keep working" in said
    press(mentor, address, "accept")
    assert file_of(app, file_id) == ("layout.png", False)
    assert bytes_at(mentor, f"/files/{file_id}/layout.png") == OLD


@pytest.mark.parametrize("choice", ["take", "leave"])
def test_a_file_changed_since_waits_for_a_choice(app, mentor, proposing, file_id, choice):
    address, other = proposing(NEW), picture("PNG", (50, 60))
    with app.app_context():
        replace_content(file_id, BytesIO(other), "plan.png", by=None)
    refused = press(mentor, address, "accept")
    assert refused.status_code == 409
    assert "A file was changed, deleted or erased after this was proposed" in refused.text
    assert "The file has been changed since this was proposed." in refused.text
    assert bytes_at(mentor, f"/files/{file_id}/plan.png") == other
    assert f'value="{choice}"' in refused.text
    form = mentor.form_in(mentor.get(address), address, "file")
    assert form.submit(files=choice).status_code == 303
    is_taken = choice == "take"
    assert bytes_at(mentor, f"/files/{file_id}/plan.png") == (NEW if is_taken else other)
    assert ("left as it was" in mentor.get(address).text) is not is_taken


def test_a_file_deleted_since_is_told_and_stays_deleted(app, mentor, proposing, file_id):
    address = proposing(NEW)
    with app.app_context():
        delete_file(file_id, by=None)
    assert "The file has been deleted since this was proposed." in mentor.get(address).text
    assert press(mentor, address, "accept").status_code == 409
    assert file_of(app, file_id) == ("plan.png", True)


def test_what_was_erased_is_never_accepted(app, mentor, proposing, file_id, make_user):
    address = proposing(NEW)
    with app.app_context():
        erase_file(file_id, 2, why="Secret", by=make_user("root", role="admin").id)
    assert "what it would become was erased" in mentor.get(address).text
    assert press(mentor, address, "accept").status_code == 409
    assert bytes_at(mentor, f"/files/{file_id}/plan.png") == OLD


def test_an_erased_content_gives_way_to_none_that_waits(app, proposing, file_id, make_user):
    proposing(NEW)
    with app.app_context():
        erase_file(file_id, 1, why="Secret", by=make_user("root", role="admin").id)
    assert file_of(app, file_id) == ("plan.png", True)


def test_accepting_in_part_can_leave_files_out(app, mentor, proposing, file_id):
    address = proposing(is_deletion=True)
    form = mentor.open_form(f"{address}/choose", has="version")
    assert form.submit(files=None).status_code == 422
    assert file_of(app, file_id) == ("plan.png", False)
    assert form.submit(files="take").status_code == 303
    assert file_of(app, file_id) == ("plan.png", True)


def test_a_name_that_is_only_proposed_finds_nothing(app, proposing, page_id):
    proposing(name="layout.png")
    with app.app_context():
        found = find_files_by_name(anonymous_viewer(), ["layout.png", "plan.png"], page_id)
    assert set(found) == {"plan.png"}


def test_who_may_not_change_the_file_decides_nothing(client_of, proposing):
    reader = client_of("rea", role="reader")
    address = proposing(NEW)
    assert "Replaces" in reader.get(address).text
    assert f"{address}/accept" not in reader.get(address).text


def test_a_name_changed_since_is_a_change(app, mentor, proposing, file_id):
    address = proposing(is_deletion=True)
    with app.app_context():
        rename_file(file_id, "better.png", by=None)
    assert press(mentor, address, "accept").status_code == 409
    assert button(mentor, address, "accept")
    assert file_of(app, file_id) == ("better.png", False)
