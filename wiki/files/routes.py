"""Registers the views of files, and creates their store."""

from flask import Flask

from wiki.accounts.merging.references import register_references
from wiki.accounts.privacy.personal_data import register_personal_data
from wiki.app_state import settings_of
from wiki.config import Settings
from wiki.files.blueprint import files
from wiki.files.browsing import views  # noqa: F401
from wiki.files.delivery import views as delivery  # noqa: F401
from wiki.files.erasure import views as erasure  # noqa: F401
from wiki.files.inspection.thumbnails import MAX_SENT_SIDE
from wiki.files.personal_data import REFERENCES, FilesOfPerson
from wiki.files.storage.content_store import CONTENT_STORE, ContentStore
from wiki.files.storage.folder_store import FolderStore
from wiki.files.uploads import views as uploads  # noqa: F401
from wiki.files.urls import file_markdown, file_srcset, file_url, fixed_file_url


def init_app(app: Flask) -> None:
    register_personal_data(app, FilesOfPerson())
    register_references(app, REFERENCES)
    CONTENT_STORE.put(app, _make_store(settings_of(app)))
    app.jinja_env.globals.update(
        file_url=file_url,
        fixed_file_url=fixed_file_url,
        file_srcset=file_srcset,
        file_markdown=file_markdown,
        largest_sent=MAX_SENT_SIDE,
    )
    app.register_blueprint(files)


def _make_store(settings: Settings) -> ContentStore:
    """The store that the settings configure."""
    if settings.files_store:
        from wiki.files.storage.bucket_store import BucketStore  # noqa: PLC0415  # needs an extra

        return BucketStore.at(settings.files_store)
    return FolderStore(settings.instance / "files")
