"""What the writers were told, to be held against what the database has at the end."""

import threading
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What the answer to a save said."""

    SAVED = "saved"
    UNCHANGED = "unchanged"  # there was nothing to store
    CONFLICT = "conflict"  # given up
    GONE = "gone"  # the page was deleted meanwhile
    REFUSED = "refused"  # a path that is taken
    UNAVAILABLE = "unavailable"  # 503, and given up
    UNSENT = "unsent"  # not even the form was to be had
    LOST = "lost"  # no answer: it may be there or not


@dataclass(slots=True)
class Save:
    """One thing a writer did. `token` stands in its summary, and in its text if it has one."""

    token: str
    kind: str
    has_text: bool
    sent: int = 0  # how often
    conflicts: int = 0
    unavailable: int = 0
    outcome: Outcome | None = None


class Ledger:
    """Every save of a run; safe for threads."""

    def __init__(self, wanted: int) -> None:
        self.wanted = wanted
        self.is_held = False  # until everything was killed that is to be
        self.saves: list[Save] = []
        self.wrong: list[str] = []
        self._acknowledged = 0
        self._changed = threading.Condition()

    def begin(self, save: Save) -> Save:
        with self._changed:
            self.saves.append(save)
        return save

    def end(self, save: Save, outcome: Outcome) -> None:
        with self._changed:
            save.outcome = outcome
            self._acknowledged += outcome is Outcome.SAVED
            self._changed.notify_all()

    def fail(self, words: str) -> None:
        """Note what should not have happened; the run ends."""
        with self._changed:
            self.wrong.append(words)
            self._changed.notify_all()

    @property
    def is_done(self) -> bool:
        return bool(self.wrong) or (self._acknowledged >= self.wanted and not self.is_held)

    def wait_for(self, acknowledged: int, seconds: float) -> None:
        """Until so many saves were acknowledged, the run ended, or the time did."""
        with self._changed:
            self._changed.wait_for(
                lambda: self.is_done or self._acknowledged >= acknowledged, seconds
            )

    def pause(self, seconds: float) -> None:
        """Wait, unless the run ends."""
        with self._changed:
            self._changed.wait_for(lambda: self.is_done, seconds)

    def counts(self) -> Counter[str]:
        """Saves by their outcome, and conflicts and refusals that were met on the way."""
        counts = Counter(str(save.outcome) for save in self.saves)
        counts["conflicts met"] = sum(save.conflicts for save in self.saves)
        counts["503 met"] = sum(save.unavailable for save in self.saves)
        counts["sent twice"] = sum(save.sent > 1 for save in self.saves)
        return counts
