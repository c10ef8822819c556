"""What people ask and which page they want: queries by class, over real pages.

`golden.tsv` holds a class, a query and the paths of which one must be found, a line each. The pages
are the starter pages, the shared corpus and a few in other scripts.
"""

import gzip
import itertools
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import starmap
from pathlib import Path
from unittest.mock import patch

from tests.search.shelf import Library, document
from wiki.hub.markdown_file import read_markdown_page
from wiki.markup import render, tree_builder
from wiki.markup.slots import link_texts
from wiki.search.documents import Document, LinkText

GOLDEN = Path(__file__).with_name("golden.tsv")
DEEPEST = 5  # ranks that are looked at
STARTER = Path(__file__).parents[2] / "wiki" / "hub" / "starter"

SCRIPTS = {
    "scripts/selam": ("ሰላም ለሁሉም", "ሰላም! እንኳን ወደ ማህበረሰባችን በደህና መጡ።"),
    "scripts/database-am": ("ዳታቤዝ ምንድን ነው", "ዳታቤዝ መረጃን በሥርዓት የምናስቀምጥበት ቦታ ነው።"),
    "scripts/database-ru": ("База данных", "Таблицы хранят строки, а индексы ускоряют поиск."),
    "scripts/database-ar": ("قاعدة البيانات", "تحفظ الجداول الصفوف وتسرّع الفهارس البحث."),
    "scripts/database-ja": ("データベース入門", "テーブルは行を保存し、索引は検索を速くします。"),
    "scripts/cafe": ("Le café des développeurs", "On y parle de résumé, de naïveté et de thé."),
    "scripts/docker-am": ("ዶከር ለጀማሪዎች", "ኮንቴይነር መተግበሪያውን ከሚያስፈልጉት ነገሮች ጋር ያሽጋል።"),
    "scripts/git-am": ("የጊት ቅርንጫፍ አሠራር", "ቅርንጫፎች ሥራን ይለያሉ፤ ሲያልቅ ይዋሃዳሉ።"),
    "scripts/docker-ru": ("Контейнеры и образы", "Ошибка подключения: контейнер не видит сеть."),
    "scripts/docker-ar": ("الحاويات والصور", "تشغّل الحاوية التطبيق مع كل ما يحتاجه."),
    "scripts/async-ja": ("非同期処理の基礎", "待ち時間の間に別の処理を進めます。"),
    "scripts/cache-ja": ("キャッシュの設計", "結果を保存して読み取りを速くします。"),
    "scripts/index-zh": ("数据库索引", "索引加快查询，事务保证一致性。"),
    "scripts/docker-ko": ("도커 컨테이너 시작하기", "컨테이너는 애플리케이션을 격리합니다."),
    "scripts/groesse-de": (
        "Größe der Datenbank prüfen",
        "Übersicht über Tabellen und ihren Platzbedarf.",
    ),
    "scripts/database-el": ("Βάση δεδομένων", "Οι πίνακες κρατούν γραμμές."),
    "scripts/database-vi": ("Cơ sở dữ liệu", "Bảng lưu các hàng và chỉ mục."),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A query of a class, and the pages of which one answers it."""

    kind: str
    query: str
    paths: tuple[str, ...]


def read_golden() -> list[Wanted]:
    lines = GOLDEN.read_text(encoding="utf-8").rstrip("\n").split("\n")
    rows = (line.split("\t") for line in lines)
    return [Wanted(kind, query, tuple(paths.split("|"))) for kind, query, paths in rows]


def sample(wanted: Sequence[Wanted]) -> list[Wanted]:
    """Every sixth query of each class."""
    return [one for of_kind in by_kind(wanted).values() for one in of_kind[::6]]


def golden_library(root: Path, corpus: Path, wanted: Sequence[Wanted]) -> Library:
    """An index of the pages that answer `wanted`, and of a thirtieth of the others to confuse them.

    Of all queries it holds all pages; that takes a minute.
    """
    is_all = len(wanted) == len(read_golden())
    answers = {path for one in wanted for path in one.paths}
    others = itertools.count()
    library = Library(root)
    library.add_all(
        *golden_documents(corpus, lambda path: is_all or path in answers or next(others) % 30 == 0)
    )
    return library


def golden_documents(
    corpus: Path, takes: Callable[[str], bool] = lambda _path: True
) -> Iterator[Document]:
    """The documents of the pages whose path `takes` takes."""
    for number, (path, title, text, kind, tags) in enumerate(_pages(corpus), 1):
        if not takes(path):
            continue
        with patch.object(tree_builder, "COLOUR_TIME", 0.0):  # colours are of no use to search
            rendered = render(text, path=path)
        yield document(
            number,
            title,
            rendered.body,
            path=path,
            kind=kind,
            tags=tuple(tags),
            headings=rendered.headings,
            code=rendered.code,
            link_texts=tuple(starmap(LinkText, link_texts(rendered.slotted))),
        )


def _pages(corpus: Path) -> Iterator[tuple[str, str, str, str, list[str]]]:
    for file in sorted(STARTER.rglob("*.md")):
        source = file.read_text(encoding="utf-8")
        content = (
            page := read_markdown_page(file.relative_to(STARTER).as_posix(), source)
        ).content()
        yield page.path, content.title, content.text, content.kind, list(content.tags)
    for path, (title, text) in SCRIPTS.items():
        yield path, title, text, "page", []
    with gzip.open(corpus, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            yield row["path"], row["title"], row["text"], "page", []


def paths_found(library: Library, query: str) -> list[str]:
    """The paths of the first `DEEPEST` pages, best first."""
    hits = library.search.search(query, count=DEEPEST).hits
    return [library.documents[hit.page_id].path for hit in hits]


def recall(
    found: Mapping[str, Sequence[str]], wanted: Sequence[Wanted], depth: int
) -> tuple[float, list[Wanted]]:
    """The share of queries with one of their pages among the first `depth`, and those without.

    `found`: of each query, the paths that it finds.
    """
    missed = [one for one in wanted if set(found[one.query][:depth]).isdisjoint(one.paths)]
    return 1 - len(missed) / len(wanted), missed


def by_kind(wanted: list[Wanted]) -> dict[str, list[Wanted]]:
    kinds: dict[str, list[Wanted]] = defaultdict(list)
    for one in wanted:
        kinds[one.kind].append(one)
    return kinds
