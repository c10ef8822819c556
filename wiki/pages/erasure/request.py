"""What a person asks to be erased."""

from dataclasses import dataclass

from wiki.redact import ErasedPhrase


@dataclass(frozen=True, slots=True)
class ErasureRequest:
    """What to erase: revision `number` of a page and, if `containing` is given, that phrase.

    The phrase is searched for in the page and its files or, if `is_everywhere`, in every page, file
    and account; if `in_any_case`, regardless of case. With `with_files`, contents of files that
    contain it are erased: all of them, or those with keys in `contents`.
    """

    number: int
    why: str
    containing: str = ""
    is_everywhere: bool = False
    in_any_case: bool = True
    with_files: bool = True
    contents: frozenset[str] | None = None

    @property
    def phrase(self) -> ErasedPhrase | None:
        """The phrase to redact everywhere; `None` to erase only texts."""
        if not self.containing:
            return None
        return ErasedPhrase(self.containing, in_any_case=self.in_any_case)
