"""The forms of challenges."""

from typing import Any

from wtforms import Form, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from wiki.community.challenges.board import AGES, OLDER, SORTS, BoardFilter
from wiki.community.challenges.solution import Helper
from wiki.i18n import lazy as _l
from wiki.kinds.values import MAX_VERSION
from wiki.naming import path_key
from wiki.web.csrf import ProtectedForm
from wiki.web.request_values import parse_number


class SoftwareVersionForm(ProtectedForm):
    """Says that a solution worked, and on which version."""

    version = StringField(
        _l("On which version?"),
        description=_l("Such as Django 5.2. May be empty."),
        render_kw={"maxlength": MAX_VERSION, "autocomplete": "off", "spellcheck": "false"},
    )


class SolutionForm(ProtectedForm):
    """Marks a challenge as solved: the solution, and who had it."""

    solver = SelectField(_l("Whose answer helped?"), validate_choice=False)
    fix = TextAreaField(
        _l("What solved it?"),
        render_kw={"rows": 4},
        description=_l("In a sentence or two, above the text. May be left empty."),
    )
    base_revision = HiddenField()

    def offer(self, helpers: list[Helper]) -> None:
        """Offer `helpers` and “somebody else” as solvers."""
        self.solver.choices = [
            *(SelectChoice(str(each.id), each.username) for each in helpers),
            SelectChoice("", _l("Somebody else")),
        ]

    def solver_id(self, helpers: list[Helper]) -> int | None:
        """The id of the chosen person, if it is one of `helpers`."""
        number = parse_number(self.solver.data)
        return number if number in {each.id for each in helpers} else None

    def base(self) -> int:
        """The number of the revision that the form was opened at; 0 if it isn't a number."""
        return parse_number(self.base_revision.data) or 0


class BoardForm(Form):
    """The filter of the board, from the query string; unknown values count as not chosen."""

    tag = StringField()
    age = SelectField(
        _l("Asked"),
        choices=[
            SelectChoice("", _l("at any time")),
            *(
                SelectChoice(name, label)
                for name, label in zip(
                    (*AGES, OLDER),
                    (_l("this week"), _l("this month"), _l("this year"), _l("longer ago")),
                    strict=True,
                )
            ),
        ],
        validate_choice=False,
    )
    sort = SelectField(
        _l("Order"),
        choices=[
            SelectChoice(name, label)
            for name, label in zip(
                SORTS,
                (
                    _l("newest first"),
                    _l("oldest first"),
                    _l("most wanted first"),
                    _l("longest without a change"),
                ),
                strict=True,
            )
        ],
        validate_choice=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.age.data = self.age.data if self.age.data in (*AGES, OLDER) else ""
        self.sort.data = self.sort.data if self.sort.data in SORTS else SORTS[0]
        self.tag.data = path_key(self.tag.data or "")[:200]

    def board_filter(self) -> BoardFilter:
        """The filter that the form holds."""
        return BoardFilter(self.tag.data or "", self.age.data or "", self.sort.data)
