"""The fields of the Whoosh index.

Documents are analysed before they are passed to Whoosh: its fields take finished terms.
"""

from collections.abc import Generator
from typing import Any

from whoosh import fields, formats

from wiki.search.documents import (
    OBSOLETE,
    Document,
    DocumentTerms,
    ancestor_keys,
    document_terms,
    initials,
    label_key,
    letters_key,
    link_terms,
    name_hash,
    path_address_key,
    path_filter_key,
    title_key,
    unique_words,
)

POSITIONS = formats.Positions()
NO_ANALYZER: Any = None  # the fields take finished terms


class ContentField(fields.FieldType):
    """All words of a page; the weight of a posting is the sum over its occurrences."""

    def __init__(self) -> None:
        super().__init__(POSITIONS, NO_ANALYZER, scorable=True)

    def index(
        self, value: DocumentTerms, **_: Any
    ) -> Generator[tuple[bytes, int, float | int, bytes], Any, None]:
        """Yield each term with its frequency, weight and encoded positions, for Whoosh."""
        encode = POSITIONS.encode
        for term, (weight, places) in value.postings.items():
            places.sort()
            yield term.encode(), len(places), weight, encode(places)


class TermsField(fields.FieldType):
    """Terms without weight or positions, given as a collection of strings."""

    def __init__(self, *, unique: bool = False) -> None:
        super().__init__(formats.Existence(), NO_ANALYZER, unique=unique)

    def index(
        self, value: Any, **_: Any
    ) -> Generator[tuple[bytes, int, float | int, bytes], Any, None]:
        """Yield each term with a weight of 1, for Whoosh."""
        for term in value:
            yield term.encode(), 1, 1.0, b""


class BytesField(fields.FieldType):
    """Terms without weight or positions, given as a collection of bytes."""

    def __init__(self) -> None:
        super().__init__(formats.Existence(), NO_ANALYZER)

    def index(
        self, value: Any, **_: Any
    ) -> Generator[tuple[bytes, int, float | int, bytes], Any, None]:
        """Yield each term with a weight of 1, sorted, for Whoosh."""
        for term in sorted(value):
            yield term, 1, 1.0, b""


def schema() -> fields.Schema:
    """A new schema object, as every index has it."""
    return fields.Schema(
        alias=TermsField(),  # whole other names
        anchor=BytesField(),  # words of links, each with the hash of the name that it leads to
        author=TermsField(),
        choice=TermsField(),  # values of fields that are facets
        content=ContentField(),
        exact=TermsField(),  # the whole title
        field=TermsField(),  # values of fields: `versions=django-5.2`
        heading=TermsField(),  # words of headings, as written
        initials=TermsField(),  # of the title and of other names
        kind=TermsField(),
        link=TermsField(),  # the paths and titles of pages that it links to
        name=TermsField(),  # the letters of title and other names, and the whole path
        name_hash=BytesField(),  # of the path, the title and former names
        page=TermsField(unique=True),
        path=TermsField(),  # the path and its ancestors
        status=TermsField(),
        tag=TermsField(),
        title=TermsField(),  # words of the title and of other names, as written
        word=TermsField(),  # every word, as written: prefixes and spelling
        facts=fields.STORED(),  # (page id, revision, words, seconds since 1970)
    )


def _statuses(document: Document) -> set[str]:
    own = {label_key(document.status)} if document.status else set()
    return own | {OBSOLETE} if document.is_obsolete else own


def _name_keys(document: Document) -> set[str]:
    names = (document.title, *document.names, *document.former_names)
    paths = (document.path, *(name for name in document.former_names if "/" in name))
    return {*map(letters_key, names), *map(path_address_key, paths)} - {""}


def fields_of(document: Document) -> dict[str, Any]:
    """The keyword arguments of Whoosh's `add_document` for a document."""
    content = document_terms(document)
    own = (document.path, document.title, *document.former_names)
    hashes = set(map(name_hash, own))
    # Links of a page to itself say nothing new.
    linked = (link for link in document.link_texts if name_hash(link.target) not in hashes)
    return {
        "alias": sorted({key for name in document.names if (key := title_key(name))}),
        "anchor": link_terms(linked),
        "author": [label_key(document.author)] if document.author else [],
        "choice": sorted(set(document.choices)),
        "content": content,
        "exact": [title_key(document.title)],
        "field": sorted(set(document.labels)),
        "heading": unique_words(*document.headings),
        "initials": sorted(set().union(*map(initials, (document.title, *document.names)))),
        "kind": [label_key(document.kind)],
        "link": sorted({path_filter_key(name) for name in document.links}),
        "name": sorted(_name_keys(document)),
        "name_hash": hashes,
        "page": [str(document.page_id)],
        "path": ancestor_keys(document.path),
        "status": sorted(_statuses(document)),
        "tag": sorted({key for tag in document.tags if (key := label_key(tag))}),
        "title": unique_words(document.title, *document.names),
        "word": content.words,
        "facts": (
            document.page_id,
            document.revision_number,
            content.length,
            int(document.updated_at.timestamp()),
        ),
    }
