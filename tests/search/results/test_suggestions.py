import numpy as np
import pytest

from wiki.search.results.suggestions import suggest_pages


def titles(library, text, **options):
    snapshot = library.search.index.snapshot()
    visible, opened = options.get("visible", snapshot.live), options.get("opened")
    pages = suggest_pages(snapshot, text, visible, opened=opened)
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


def test_of_equally_good_pages_the_one_that_is_opened_more_is_first(library):
    for number in range(12):
        library.add(f"Docker topic {number:02}")
    opened = np.zeros(12, np.float32)
    opened[[11, 5]] = 1.0, 0.5
    assert titles(library, "docke")[:2] != ["Docker topic 11", "Docker topic 05"]
    assert titles(library, "docke", opened=opened)[:2] == ["Docker topic 11", "Docker topic 05"]
    library.add("How to use docker")
    assert titles(library, "docke", opened=np.append(0 * opened, 1.0))[0] != "How to use docker"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("ci", ["Cider", "Continuous integration"]),
        ("gci", ["Get-ChildItem"]),
        ("iot", ["Internet of Things"]),
        ("k8s", ["Kubernetes"]),
    ],
)
def test_abbreviations_and_other_names(library, typed, expected):
    library.add("Continuous integration")
    library.add("Get-ChildItem")
    library.add("Internet of Things")
    library.add("Cider")
    library.add("Kubernetes", names=("K8s",))
    assert titles(library, typed) == expected
