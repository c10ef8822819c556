"""Random trees, rules, groups and people: every list shows what somebody may see, and all of it.

`make fuzz` tries many more.
"""

import random
import re

import pytest
from flask import Flask

from tests import factories
from tests.files.upload_forms import picture, send
from tests.person import Person
from tests.sampling import seeds
from tests.search_index import catch_up
from wiki.access.models import Rank
from wiki.access.permissions import Viewer, can_read
from wiki.accounts.models import Group, Membership
from wiki.database import db, write_transaction
from wiki.pages.models import Page
from wiki.pages.protection.rule_changes import RuleTerms, remove_rule, set_rule

JSON = {"Accept": "application/json"}
ROLES = ("reader", "learner", "mentor")
PAGES = 24


class RandomWiki:
    """Pages with words of their own in a tree with rules, and people in groups."""

    def __init__(self, app: Flask, chance: random.Random) -> None:
        self.app, self.chance = app, chance
        self.author: Person = factories.client_of(app, factories.make_user(app, "author", "admin"))
        self.paths: dict[str, str] = {}  # by word
        for number in range(PAGES):
            self._write(f"qx{number:02}w")
        self._index()
        self.people: dict[str, tuple[Person, int | None, str | None]] = {
            "stranger": (app.test_client(), None, None)  # type: ignore[dict-item]
        }
        for number in range(3):
            role = chance.choice(ROLES)
            user = factories.make_user(app, f"person{number}", role)
            self.people[user.username] = (factories.client_of(app, user), user.id, role)
        with app.app_context():
            self._make_groups()
            self._set_rules()
        # A page that is written or moved after the rules takes the one of its place.
        self._write("qx98w")
        self._move(chance.choice(list(self.paths)))
        if chance.random() < 0.8:
            self._index()

    def _index(self) -> None:
        catch_up(self.app)
        self.indexed = set(self.paths)

    def _place(self) -> str:
        return "/".join(self.chance.choices("abc", k=self.chance.randint(0, 3)))

    def _write(self, word: str) -> None:
        path = f"{self._place()}/{word}p".strip("/")
        others = self.chance.sample(list(self.paths.values()), min(3, len(self.paths)))
        text = f"Tremolo {word}b. " + " ".join(f"[[{other}]] [[hub]]" for other in others) + "\n"
        factories.make_page(
            self.app,
            path,
            f"{word}t",
            text,
            kind=self.chance.choice(["concept", "guide", "page"]),
            tags=["shared", f"{word}g"],
            by=factories.make_user(self.app, "author"),
        )
        self.paths[word] = path
        if self.chance.random() < 0.3:
            assert send(self.author, (f"{word}f.png", picture()), page=path).status_code == 303

    def _move(self, word: str) -> None:
        path = f"{self._place()}/{word}m".strip("/")
        asked = self.author.post_form(f"/rename/{self.paths[word]}", path=path)
        if asked.status_code == 200:  # who reads it changes
            self.author.form_in(asked, f"/rename/{self.paths[word]}").submit()
        self.paths[word] = path

    def _make_groups(self) -> None:
        ids = [user_id for _, user_id, _ in self.people.values() if user_id]
        with write_transaction() as session:
            for number in range(3):
                group = Group(name=f"group {number}", key=f"group-{number}")
                session.add(group)
                session.flush()
                for user_id in self.chance.sample(ids, self.chance.randint(0, len(ids))):
                    session.add(Membership(group_id=group.id, user_id=user_id))

    def _set_rules(self) -> None:
        places = {self._place() for _ in range(6)} | {self.chance.choice(list(self.paths.values()))}
        groups = list(db.session.scalars(db.select(Group.id)))
        for place in sorted(places):
            ranks = sorted(self.chance.choices(list(Rank), k=2))
            named = [frozenset(self.chance.sample(groups, self.chance.randint(0, 2))) for _ in "re"]
            covers = self.chance.choice(["tree", "tree", "page"]) if place else "tree"
            set_rule(place, RuleTerms(covers, ranks[0], max(1, ranks[1]), *named), by=None)
        if (place := self.chance.choice(sorted(places))) and self.chance.random() < 0.5:
            remove_rule(place, by=None)

    def visible(self, name: str) -> set[str]:
        """The words of the pages that somebody may see, by the rule of each page itself."""
        _, user_id, role = self.people[name]
        with self.app.app_context():
            mine = db.select(Membership.group_id).where(Membership.user_id == user_id)
            viewer = Viewer(user_id, role, groups=frozenset(db.session.scalars(mine)))
            seen = {
                page.path for page in db.session.scalars(db.select(Page)) if can_read(viewer, page)
            }
        return {word for word, path in self.paths.items() if path in seen}


def words_in(text: str) -> set[str]:
    return set(re.findall(r"qx\d\dw", text))


@pytest.mark.slow
@pytest.mark.parametrize("seed", seeds(1))
def test_lists_show_what_somebody_may_see_and_all_of_it(app: Flask, seed: int) -> None:
    wiki = RandomWiki(app, random.Random(seed))
    for name, (person, _, _) in wiki.people.items():
        visible = wiki.visible(name)
        where = f"for {name}, seed {seed}"
        _check_lists(person, visible, where)
        # Rules are in force at once, but a page is found once it is indexed.
        _check_search(person, visible & wiki.indexed, where)
        _check_pages(wiki, person, visible, where)


def _all_of(person: Person, address: str) -> str:
    """A list with all its pages."""
    texts, number = [], 1
    while True:
        mark = "&" if "?" in address else "?"
        answer = person.get(f"{address}{mark}page={number}")
        texts.append(answer.text)
        number += 1
        if answer.status_code != 200 or f"page={number}" not in answer.text:
            return "".join(texts)


def _check_lists(person: Person, visible: set[str], where: str) -> None:
    for address in ("/pages", "/tags/", "/changes", "/users/author", "/changes.atom"):
        assert words_in(_all_of(person, address)) == visible, f"{address} {where}"
    for address in ("/", "/files/", "/kinds/", "/pages/titles?q=qx", "/search/suggest?q=qx"):
        assert words_in(person.get(address).text) <= visible, f"{address} {where}"
    kinds = "".join(_all_of(person, f"/kinds/{kind}") for kind in ("concept", "guide", "page"))
    assert words_in(kinds) == visible, f"kinds {where}"
    tagged = person.get("/tags/shared")
    assert (tagged.status_code == 200) == bool(visible)
    assert words_in(tagged.text) == visible, f"tag {where}"
    suggested = person.get("/search/suggest?q=qx").get_json()[1]
    assert len(words_in(str(suggested))) == min(10, len(visible)), f"suggestions {where}"


def _check_search(person: Person, visible: set[str], where: str) -> None:
    for query in ("tremolo", "tag:shared", "tremolo kind:concept OR tremolo kind:guide OR tremolo"):
        for order in ("", "&sort=date"):
            found = person.get(f"/search?q={query}{order}&per_page=10", headers=JSON).get_json()
            assert found["total"] == len(visible), f"{query}{order} {where}"
            assert len(found["hits"]) == min(10, len(visible)), f"{query}{order} {where}"
            named = words_in(str([(hit["path"], hit["title"]) for hit in found["hits"]]))
            assert named <= visible, f"{query}{order} {where}"
    # What a text says of others, its author said; nobody but a facet says a tag.
    tags = {tag[:-1] for tag in re.findall(r"qx\d\dwg", person.get("/search?q=tremolo").text)}
    assert tags <= visible, f"facets {where}"


def _check_pages(wiki: RandomWiki, person: Person, visible: set[str], where: str) -> None:
    """A page's links, what links there, and what is below it; a hidden page as a missing one."""
    for word in wiki.chance.sample(sorted(wiki.paths), 6):
        path = wiki.paths[word]
        for tool in ("wiki", "links", "history", "raw"):
            answer = person.get(f"/{tool}/{path}")
            assert answer.status_code == (200 if word in visible else 404), f"{tool} {path} {where}"
            led = set(re.findall(r'href="/wiki/[^"]*(qx\d\dw)', answer.text))
            assert led <= visible | {word}, f"{tool} {path} {where}"
        if word not in visible:
            missing = person.get(f"/wiki/{path[:-4]}none")
            assert missing.status_code == 404
    for folder in ("a", "b", "c", "a/b"):
        listed = words_in(_all_of(person, f"/wiki/{folder}"))
        assert listed <= visible, f"{folder} {where}"
        inside = {w for w in visible if wiki.paths[w].rpartition("/")[0] == folder}
        assert inside <= listed, f"{folder} {where}"
