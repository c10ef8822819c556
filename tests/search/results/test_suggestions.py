import pytest

from wiki.search.results.suggestions import suggest_pages


def titles(library, text, **options):
    snapshot = library.search.index.snapshot()
    pages = suggest_pages(snapshot, text, options.get("visible", snapshot.live))
    return [library.documents[page].title for page in pages]


@pytest.fixture(scope="module")
def shelf(module_library):
    module_library.add("Django caching", headings=("Memcached",))
    module_library.add("Caches and queues")
    module_library.add("Database indexes", tags=("postgresql",))
    module_library.add("select_related")
    return module_library


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("cach", ["Caches and queues", "Django caching"]),
        ("django ca", ["Django caching"]),
        ("memc", ["Django caching"]),
        ("postgre", ["Database indexes"]),
        ("base", ["Database indexes"]),
        ("select_rel", ["select_related"]),
        ("caches and q", ["Caches and queues"]),
        ("what is a data", ["Database indexes"]),
        ("how to", []),
        ("djnago", ["Django caching"]),
        ("djangocaching", ["Django caching"]),
        ("django-ca", ["Django caching"]),
        ("zebra", []),
        ("", []),
        ("  ?! ", []),
    ],
)
def test_what_was_typed_so_far(shelf, typed, expected):
    assert titles(shelf, typed) == expected


def test_of_titles_that_begin_so_the_shortest_is_first(library):
    library.add("Docker Compose logs")
    library.add("Docker Compose")
    library.add("Docker Compose networks")
    assert titles(library, "docker co")[0] == "Docker Compose"


def test_hidden_pages_are_not_suggested(shelf):
    visible = shelf.search.index.snapshot().live.copy()
    visible[:] = False
    assert titles(shelf, "cach", visible=visible) == []
