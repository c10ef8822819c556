"""Request and response models of files."""

from typing import Literal

from pydantic import Field

from wiki.api.schema import BodyModel, Line, ListQuery, Moment, ResponseModel


class FileQuery(ListQuery):
    page: str = Field(default="", description="Only files of the page at this path")
    q: str = Field(default="", max_length=200, description="Words in the name")
    type: Literal["", "picture", "document", "text", "archive"] = ""


class FileItem(ResponseModel):
    id: int
    name: str
    page: str | None = Field(
        description="The path of the page that it belongs to; `null` in the library"
    )
    media_type: str
    size: int = Field(description="Bytes")
    width: int | None = Field(description="Of a picture, in pixels")
    height: int | None
    sha256: str
    versions: int
    updated_at: Moment
    url: str = Field(description="The URL of its current version")
    markdown: str = Field(description="The Markdown that shows or links it on a page")


class FileList(ResponseModel):
    items: list[FileItem]
    next: str | None


class FileChange(BodyModel):
    name: Line = Field(
        min_length=1, description="The new name; the extension stays that of the file’s type"
    )
