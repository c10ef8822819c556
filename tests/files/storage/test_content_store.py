"""Both stores keep the same promises; unused contents are pruned, missing ones reported."""

import hashlib
import os
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.files.bucket import FakeBucket
from tests.files.upload_forms import ask, fetch, picture, send
from wiki.cli import nexus
from wiki.config import read_settings
from wiki.database import utcnow
from wiki.files.errors import ContentMissing, StoreUnavailable
from wiki.files.storage.bucket_store import BucketStore
from wiki.files.storage.content_store import CONTENT_STORE, ContentStore
from wiki.files.storage.folder_store import FolderStore
from wiki.instance.folder import temporary_folder
from wiki.setting_types.values import InvalidSetting

CONTENT = b"0123456789" * 300_000
HASH = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def bucket():
    with FakeBucket() as bucket:
        yield bucket


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ContentStore:
    if request.param == "folder":
        return FolderStore(tmp_path / "files")
    bucket = request.getfixturevalue("bucket")
    return BucketStore.at("s3://wiki/files", **bucket.options)


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    file = tmp_path / "sent"
    file.write_bytes(CONTENT)
    return file


def test_what_is_put_is_there(store, sent):
    began = utcnow() - timedelta(seconds=5)
    store.put(sent, HASH)
    store.put(sent, HASH)
    with store.open(HASH) as stream:
        assert stream.read(10) == CONTENT[:10]
        stream.seek(2_000_005)
        assert stream.read(3) == b"567"
        stream.seek(0)
        assert stream.read() == CONTENT
    ((found, time),) = store.stored()
    assert found == HASH
    assert time > began
    store.delete(HASH)
    store.delete(HASH)
    assert list(store.stored()) == []
    with pytest.raises(ContentMissing):
        store.open(HASH)


def test_a_full_or_missing_place_is_reported(sent, tmp_path):
    (tmp_path / "files").write_text("a file where the folder should be")
    with pytest.raises(StoreUnavailable):
        FolderStore(tmp_path / "files").put(sent, HASH)


def test_a_full_disk_is_reported_and_stores_nothing(client_of, monkeypatch):
    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("wiki.files.storage.intake.shutil.copyfileobj", full)
    answer = ask(client_of("selam"), ("a.txt", b"A text."))
    assert answer.status_code == 503
    assert "full" in answer.json["error"]


def test_a_service_that_does_not_answer_is_reported(sent):
    with FakeBucket() as gone:
        options = gone.options
    store = BucketStore.at("s3://wiki", **options, retry_config={"max_retries": 0})
    with pytest.raises(StoreUnavailable):
        store.put(sent, HASH)


def test_the_wiki_works_with_a_bucket(settings, make_app, bucket, monkeypatch):
    from tests import factories

    app = make_app()
    CONTENT_STORE.put(app, BucketStore.at("s3://wiki/files", **bucket.options))
    selam = factories.client_of(app, factories.make_user(app, "selam"))
    file = ask(selam, ("a.txt", b"0123456789")).json["files"][0]
    assert fetch(selam, file["url"], headers={"Range": "bytes=3-5"}).data == b"345"
    assert not (settings().instance / "files").exists()
    assert {key.split("/")[1] for key in bucket.objects} == {"files"}


@pytest.mark.parametrize("url", ["ftp://x", "s3:", "/files", "s3://bucket?x=1"])
def test_a_wrong_address_of_a_bucket_is_refused_at_the_start(tmp_path, url):
    with pytest.raises(InvalidSetting, match="NEXUS_FILES_STORE"):
        read_settings({"NEXUS_INSTANCE": str(tmp_path), "NEXUS_FILES_STORE": url})


def test_uploads_at_the_same_time_are_all_there(any_app, client_of):
    people = [client_of(name) for name in ("selam", "dawit", "hana")]
    answers = []

    def upload(number, person):
        answers.append(ask(person, ("same.txt", b"the same"), (f"{number}.txt", b"own")))

    threads = [threading.Thread(target=upload, args=pair) for pair in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [200] * 3
    files = [file for answer in answers for file in answer.json["files"]]
    assert len({file["id"] for file in files}) == 6
    for file in files:
        assert fetch(people[0], file["url"]).status_code == 200


# Upkeep


@pytest.fixture
def run(app, monkeypatch, settings):
    """`run("prune")`: the output and status of `nexus files prune` on this wiki."""
    monkeypatch.setenv("NEXUS_INSTANCE", str(settings().instance))
    monkeypatch.setenv("NEXUS_DATABASE_URL", settings().database_url)

    def run(*arguments):
        from flask.cli import ScriptInfo

        return CliRunner().invoke(
            nexus, ["files", *arguments], obj=ScriptInfo(create_app=lambda: app)
        )

    return run


def _contents(app):
    return sorted(CONTENT_STORE.of(app).root.glob("??/*"))


def _age(path):
    day_before = (utcnow() - timedelta(days=2)).timestamp()
    os.utime(path, (day_before, day_before))


def test_what_nothing_refers_to_goes_when_it_is_old(run, app, stored, client):
    file = stored("a.png", picture())
    store = CONTENT_STORE.of(app)
    for content in (b"left behind", b"on its way"):
        draft = Path(app.instance_path) / "draft"
        draft.write_bytes(content)
        store.put(draft, hashlib.sha256(content).hexdigest())
    for path in _contents(app):
        if path.read_bytes() != b"on its way":
            _age(path)
    before = len(_contents(app))
    assert "1 contents deleted" in run("prune").output
    assert len(_contents(app)) == before - 1
    assert b"left behind" not in [path.read_bytes() for path in _contents(app)]
    assert fetch(client, file["url"]).status_code == 200


def test_deleted_files_are_forgotten_when_that_is_asked_for(run, app, stored, client_of):
    stored("a.txt", b"one")
    stored("b.txt", b"two")
    stored("c.txt", b"one")
    selam = client_of("selam")
    selam.post_form("/files/delete/1")
    selam.post_form("/files/delete/2")
    assert "0 deleted files erased" in run("prune", "--deleted-for", "1").output
    for path in _contents(app):
        _age(path)
    output = run("prune", "--deleted-for", "0").output
    assert "2 deleted files erased" in output
    assert "1 contents deleted" in output
    assert [path.read_bytes() for path in _contents(app)] == [b"one"]
    assert selam.get("/files/deleted").text.count("Bring") <= 1
    assert fetch(selam, "/files/3/c.txt").data == b"one"


def test_what_is_missing_or_damaged_is_reported_with_its_file(run, app, stored):
    stored("a.txt", b"one")
    stored("b.txt", b"two")
    assert run("check").exit_code == 0
    first, second = _contents(app)
    first.unlink()
    second.write_bytes(b"other")
    answer = run("check")
    assert answer.exit_code == 1
    assert "missing" in answer.output
    assert "damaged" in answer.output
    assert "a.txt (/files/1)" in answer.output


def test_what_a_cut_upload_left_behind_is_swept(run, app):
    instance = Path(app.instance_path)
    with temporary_folder(instance, "upload") as under_way:
        (under_way / "sent").write_text("half")
        (instance / ".nexus-upload-cut").mkdir()
        (instance / ".nexus-upload-cut" / "sent").write_text("half")
        (CONTENT_STORE.of(app).root).mkdir(exist_ok=True)
        (CONTENT_STORE.of(app).root / ".nexus-cut").write_text("half")
        run("prune")
        assert [path.name for path in instance.glob(".nexus-*")] == [under_way.name]
        assert not list(instance.glob("files/.nexus-*"))


def test_files_are_in_the_backup(run, app, stored, tmp_path, client):
    stored("a.txt", b"one")
    (CONTENT_STORE.of(app).root / ".nexus-draft").write_text("half")
    target = tmp_path / "wiki.zip"
    assert CliRunner().invoke(nexus, ["backup", str(target)]).exit_code == 0
    import zipfile

    names = zipfile.ZipFile(target).namelist()
    assert any(name.startswith("files/") for name in names)
    assert not any(".nexus-" in name for name in names)


def test_two_versions_of_one_person_at_once_are_two(client_of, stored):
    stored("a.txt", b"one")
    selam = client_of("selam")
    for content in (b"two", b"three"):
        send(selam, ("a.txt", content), url="/files/upload?replaces=1")
    assert client_of("dawit").get("/files/1").text.count("new content") == 2
