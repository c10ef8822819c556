"""A user's personal data in wanted knowledge."""

from collections.abc import Iterator
from typing import IO

from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.accounts.merging.references import moves
from wiki.accounts.privacy.personal_data import as_json
from wiki.community.wanted.models import WantedClaim, WantedDismissal
from wiki.database import db

# A merged account may have more claims than allowed; they stay until they expire.
REFERENCES = (
    moves(WantedClaim.user_id, lambda count: ngettext("%(num)s claim", "%(num)s claims", count)),
    moves(WantedDismissal.dismissed_by_id),
)


class ClaimsOfPerson:
    """The `wiki.accounts.privacy.personal_data.PersonalData` of claims."""

    def export(self, person_id: int) -> Iterator[tuple[str, IO[bytes]]]:
        """Yields `claims.json`: the user's claims with their beginning and end."""
        columns = (WantedClaim.key, WantedClaim.claimed_at, WantedClaim.expires_at)
        rows = db.session.execute(select(*columns).where(WantedClaim.user_id == person_id))
        yield "claims.json", as_json([dict(row) for row in rows.mappings()])

    def rename(self, session: Session, person_id: int) -> None:
        """Does nothing: claims refer to users by id."""

    def forget(self, session: Session, person_id: int) -> None:
        """Keeps the claims, which aren't private; others may now claim the items."""
