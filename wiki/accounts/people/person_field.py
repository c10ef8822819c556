"""A form field that names a person to filter a list by."""

from wtforms import StringField, ValidationError
from wtforms.form import BaseForm

from wiki.accounts.privacy.former_names import renamed_user
from wiki.accounts.users import user_by_name
from wiki.i18n import lazy as _


class PersonField(StringField):
    """The name of a person to filter a list by; `user_id` is set once it is validated."""

    user_id: int | None = None

    def pre_validate(self, form: BaseForm) -> None:
        """Set `user_id`, also for a former name. Raises `ValidationError` for an unknown name."""
        name = (self.data or "").strip()
        user = (user_by_name(name) or renamed_user(name)) if name else None
        if name and user is None:
            raise ValidationError(_("There is nobody with that name here."))
        self.user_id = user.id if user else None
