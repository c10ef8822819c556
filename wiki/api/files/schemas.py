"""Files as programs read and change them."""

from typing import Literal

from pydantic import Field

from wiki.api.schema import BodyModel, Line, ListQuery, Moment, ResponseModel


class FileQuery(ListQuery):
    page: str = Field(default="", description="Files of this page alone, by its path")
    q: str = Field(default="", max_length=200, description="Words of the name")
    type: Literal["", "picture", "document", "text", "archive"] = ""


class FileItem(ResponseModel):
    id: int
    name: str
    page: str | None = Field(description="The path of its page; `null` in the library")
    media_type: str
    size: int = Field(description="Bytes")
    width: int | None = Field(description="Pixels, of a picture")
    height: int | None
    sha256: str
    versions: int
    updated_at: Moment
    url: str = Field(description="Where its present content is")
    markdown: str = Field(description="What shows or links it on a page")


class FileList(ResponseModel):
    items: list[FileItem]
    next: str | None


class FileChange(BodyModel):
    name: Line = Field(min_length=1, description="Its ending stays that of its type")
