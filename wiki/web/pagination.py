"""Splits lists into numbered pages."""

from dataclasses import dataclass, replace

from flask import request, url_for

from wiki.web.request_values import parse_number

PER_PAGE = 50


class NoSuchListPage(LookupError):
    """The parameter `page` isn’t a number, or is past the end of the list."""


@dataclass(frozen=True, slots=True)
class Pagination:
    """One page of a list of `total` items."""

    page: int
    per_page: int
    total: int

    @property
    def pages(self) -> int:
        """The number of pages; at least 1."""
        return max(1, -(-self.total // self.per_page))

    @property
    def offset(self) -> int:
        """The index of the first item of this page."""
        return (self.page - 1) * self.per_page

    def url(self, page: int) -> str:
        """The URL of this list at `page`, with the other parameters of the request."""
        values = {**request.args.to_dict(flat=False), **(request.view_args or {})}
        values.pop("page", None)
        if page > 1:
            values["page"] = [str(page)]
        return url_for(request.endpoint or "", **values)


def paginate(total: int, per_page: int = PER_PAGE, *, is_shrinking: bool = False) -> Pagination:
    """The page of a list for the parameter `page` of the request. Raises `NoSuchListPage`.

    With `is_shrinking`, for a list that gets shorter while it is read, a page past the end is the
    last page.
    """
    page = parse_number(request.args.get("page", "1"))
    pagination = Pagination(page or 0, per_page, total)
    if is_shrinking and pagination.page > pagination.pages:
        return replace(pagination, page=pagination.pages)
    if not 1 <= pagination.page <= pagination.pages:
        raise NoSuchListPage
    return pagination
