"""People: a person’s profile and, for administrators, the list of all accounts."""

from wiki.access.permissions import can_administer, current_viewer
from wiki.accounts.people.people_list import PeopleFilter, list_people
from wiki.api.blueprint import api
from wiki.api.cursors import next_headers, part_by_offset
from wiki.api.openapi.operation import operation
from wiki.api.people.documents import person_document
from wiki.api.people.schemas import (
    PeopleQuery,
    PersonDocument,
    PersonItem,
    PersonList,
)
from wiki.api.schema import ViewResult

PEOPLE = "People"


@api.get("/people")
@operation(PersonList, tag=PEOPLE, needs="admin", may=can_administer)
def list_all_people(query: PeopleQuery) -> ViewResult:
    """All accounts in order of registration. For administrators."""
    wanted = PeopleFilter(query.q, query.role, state=query.state)
    found, cursor = part_by_offset(
        query, lambda skip, count: list_people(wanted, offset=skip, limit=count)
    )
    items = [PersonItem.model_validate(each) for each in found]
    return PersonList(items=items, next=cursor), 200, next_headers(cursor)


@api.get("/people/<username>")
@operation(PersonDocument, tag=PEOPLE)
def read_person(username: str) -> ViewResult:
    """A person by their current or former username."""
    return person_document(current_viewer(), username)
