"""Writers: what fifty people do to twenty pages, with a token in everything they save."""

import random
import re
import threading
from collections.abc import Sequence
from urllib.parse import quote

from tests.person import Form
from tests.reliability.ledger import Ledger, Outcome, Save
from tests.reliability.visitor import Answer, Lost, Visitor

ATTEMPTS = 6  # for one save, when it meets conflicts or a busy database
ROUNDS = 400  # for what must be done at last, while servers come and go
PAUSE = 0.3  # seconds, while a server starts anew
TAGS = ("cache", "queue", "log", "Python", "sql", "web")
SECTIONS = ("notes", "links", "log")
TOKEN = re.compile(r"w\d+x\d+z")

# What people do, and how often.
KINDS = {
    "line": 40,
    "section": 14,
    "word": 16,
    "rename": 7,
    "delete": 5,
    "restore": 5,
    "create": 4,
    "draft": 4,
    "look": 8,
}
MAY_CHANGE_NOTHING = ("rename", "restore")
WITH_TEXT = ("line", "section", "word", "create")


def first_text(number: int) -> str:
    """What page `number` begins with; each third is rendered by the worker process."""
    odd = f"{'> ' * 16}A quote in a quote.\n\n" if number % 3 == 0 else ""
    parts = "".join(f"## {name.title()}\n\n- Begun.\n\n" for name in SECTIONS)
    return f"The word is begun.\n\n{odd}{parts}"


class Pages:
    """Where the pages are now, as far as the writers know; old paths lead there too."""

    def __init__(self, count: int) -> None:
        self.paths = [f"page-{number}" for number in range(count)]

    def __len__(self) -> int:
        return len(self.paths)


class Writer(threading.Thread):
    """One person, busy until the ledger has enough."""

    def __init__(
        self,
        number: int,
        *,
        ports: Sequence[int],
        session: str,
        pages: Pages,
        ledger: Ledger,
        seed: int,
    ) -> None:
        super().__init__(name=f"writer-{number}", daemon=True)
        self.number = number
        self.pages, self.ledger = pages, ledger
        self.chance = random.Random(f"{seed}-{number}")
        self.visitor = Visitor(ports, session, self.chance)
        self._done = 0

    def run(self) -> None:
        try:
            while not self.ledger.is_done:
                self._act(self.chance.choices([*KINDS], [*KINDS.values()])[0])
        except Exception as error:
            self.ledger.fail(f"{self.name}: {type(error).__name__}: {error}")

    def _act(self, kind: str) -> None:
        place = self.chance.randrange(len(self.pages))
        path = quote(self.pages.paths[place])
        match kind:
            case "line" | "section" | "word":
                self._save(kind, f"/edit/{path}", self._edited)
            case "create":
                self._save(kind, "/new", self._created)
            case "rename":
                self._rename(place, path)
            case "delete":
                if self._save(kind, f"/delete/{path}") in (Outcome.SAVED, Outcome.LOST):
                    self._bring_back(path)
            case "restore":
                self._restore(path)
            case "draft":
                self._keep_draft(path)
            case "look":
                self._look(path)

    # What is typed

    def _edited(self, form: Form, save: Save) -> dict[str, str]:
        text = form.values["text"]
        line = f"- {save.token}, see [[Page {self.chance.randrange(len(self.pages))}]]"
        if save.kind == "word":
            text = re.sub(r"(?m)^The word is .*\n", "", text).lstrip("\n")
            text = f"The word is {save.token}.\n\n{text}"
        else:
            text = self._with_item(text, line)
        return {"text": text, "tags": ", ".join(self.chance.sample(TAGS, 2))}

    def _with_item(self, text: str, line: str) -> str:
        """`text` with a new item in one of its lists."""
        lines = text.split("\n")
        items = [place for place, known in enumerate(lines) if known.startswith("- ")]
        lines.insert(self.chance.choice(items) + 1 if items else len(lines) - 1, line)
        return "\n".join(lines)

    def _created(self, _form: Form, save: Save) -> dict[str, str]:
        return {"title": f"Made {save.token}", "text": f"By {save.token}, see [[Page 1]].\n"}

    # What is done

    def _rename(self, place: int, path: str) -> None:
        new = f"page-{place}-{self.chance.randrange(1000)}"
        fields = {"path": new, "links": self.chance.random() < 0.3}
        if self._save("rename", f"/rename/{path}", lambda *_: fields) is Outcome.SAVED:
            self.pages.paths[place] = new

    def _restore(self, path: str) -> None:
        try:
            seen = self.visitor.get(f"/edit/{path}")
        except Lost:
            return
        if seen.status_code != 200:
            return
        number = int(self.visitor.form_in(seen, f"/edit/{path}").values["base_revision"])
        if number > 1:
            older = self.chance.randrange(max(1, number - 4), number)
            self._save("restore", f"/restore/{path}?revision={older}")

    def _bring_back(self, path: str) -> None:
        """Whoever deletes a page brings it back, or nothing would be left to write in."""
        for _ in range(ROUNDS):
            outcome = self._save("undelete", f"/undelete/{path}")
            if outcome in (Outcome.SAVED, Outcome.GONE, Outcome.CONFLICT):
                return

    def _keep_draft(self, path: str) -> None:
        try:
            answer = self.visitor.get(f"/edit/{path}")
            if answer.status_code == 200:
                form = self.visitor.form_in(answer, f"/edit/{path}")
                form.submit(text=f"A draft.\n\n{form.values['text']}", action="preview")
        except Lost:
            pass

    def _look(self, path: str) -> None:
        """Readers are never told of what is going on."""
        url = self.chance.choice(
            (f"/wiki/{path}", f"/history/{path}", "/search?q=word", "/changes")
        )
        try:
            answer = self.visitor.get(url)
        except Lost:
            return
        if answer.status_code not in (200, 302, 404):
            self.ledger.fail(f"GET {url} answered {answer.status_code}: {answer.text[:2000]}")

    # How it is saved

    def _save(self, kind: str, url: str, typed=lambda *_: {}) -> Outcome:
        """Open the form at `url`, fill in what `typed(form, save)` gives, and send it."""
        self._done += 1
        token = f"w{self.number}x{self._done}z"
        save = self.ledger.begin(Save(token, kind, kind in WITH_TEXT))
        section = f"?section={self.chance.choice(SECTIONS)}" if kind == "section" else ""
        outcome = Outcome.GONE
        try:
            answer = self.visitor.get(url + section)
            if answer.status_code == 200:
                form = self.visitor.form_in(answer, url)
                fields = {"summary": token, **typed(form, save)}
                outcome = self._send(form, fields, save)
            elif answer.status_code != 404:
                self.ledger.fail(f"GET {url} answered {answer.status_code}: {answer.text[:2000]}")
        except Lost:
            self.ledger.pause(PAUSE)
            outcome = Outcome.UNSENT
        self.ledger.end(save, outcome)
        return outcome

    def _send(self, form: Form, fields: dict[str, str], save: Save) -> Outcome:
        """Send a form as often as a patient person would; without an answer, half of them again."""
        outcome = Outcome.LOST
        for _ in range(ATTEMPTS):
            save.sent += 1
            try:
                answer = form.submit(**fields)
            except Lost:
                self.ledger.pause(PAUSE)
                if self.chance.random() < 0.5:
                    return Outcome.LOST
                continue
            match answer.status_code:
                case 303:
                    return self._told(answer, save)
                case 404:
                    return self._kept(Outcome.GONE, answer, fields, save)
                case 422:
                    return self._kept(Outcome.REFUSED, answer, fields, save)
                case 409:
                    save.conflicts += 1
                    outcome = Outcome.CONFLICT
                    form = self.visitor.form_in(answer, form.page_url)
                    fields = self._resolved(form)
                    if not fields:
                        return outcome
                case 503:
                    save.unavailable += 1
                    outcome = self._kept(Outcome.UNAVAILABLE, answer, fields, save)
                    form = self.visitor.form_in(answer, form.page_url, has="summary")
                    fields = {}
                case _:
                    words = f"{save.kind} answered {answer.status_code}: {answer.text[:2000]}"
                    self.ledger.fail(words)
        return outcome

    def _told(self, answer: Answer, save: Save) -> Outcome:
        """Whether the page one is led to says that there was nothing to save."""
        if save.kind not in MAY_CHANGE_NOTHING:
            return Outcome.SAVED
        try:
            while answer.location:  # the page may have moved meanwhile
                answer = self.visitor.get(answer.location)
        except Lost:
            return Outcome.LOST
        if answer.status_code != 200:
            return Outcome.LOST
        return Outcome.UNCHANGED if "nothing to save" in answer.text else Outcome.SAVED

    def _kept(
        self, outcome: Outcome, answer: Answer, fields: dict[str, str], save: Save
    ) -> Outcome:
        """What was typed stands in the answer."""
        if "text" in fields and save.token not in answer.text:
            self.ledger.fail(f"{answer.status_code} lost what was typed: {answer.text[:2000]}")
        return outcome

    @staticmethod
    def _resolved(form: Form) -> dict[str, str]:
        """Both sides at each place of a conflict; nothing when it isn't one of that kind."""
        places = sum(name.startswith("own-") for name in form.values)
        choices = {f"choice-{number}": "both" for number in range(places)}
        return {"action": "resolve", **choices} if choices else {}
