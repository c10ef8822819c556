"""What the board of wanted knowledge keeps of a user."""

from collections.abc import Iterator
from typing import IO

from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.accounts.merging.references import moves
from wiki.accounts.privacy.personal_data import as_json
from wiki.community.wanted.models import WantedClaim, WantedDismissal
from wiki.database import db

# More claims than anybody may have stay until they end.
REFERENCES = (
    moves(WantedClaim.user_id, lambda count: ngettext("%(num)s claim", "%(num)s claims", count)),
    moves(WantedDismissal.dismissed_by_id),
)


class ClaimsOfPerson:
    """`wiki.accounts.privacy.personal_data.PersonalData` of claims."""

    def export(self, person_id: int) -> Iterator[tuple[str, IO[bytes]]]:
        """Yields `claims.json`: what they said they would write, since when and until when."""
        columns = (WantedClaim.key, WantedClaim.claimed_at, WantedClaim.expires_at)
        rows = db.session.execute(select(*columns).where(WantedClaim.user_id == person_id))
        yield "claims.json", as_json([dict(row) for row in rows.mappings()])

    def rename(self, session: Session, person_id: int) -> None:
        """Claims refer to people by their ids."""

    def forget(self, session: Session, person_id: int) -> None:
        """What somebody is writing is nothing private; from now on others may claim it."""
