"""What a merge does with the tables of accounts.

The ways in of the merged account end, except for identities at a provider: they are what somebody
may have registered twice with. A passkey says which user it is for, and a second factor is sealed
for its user; neither could be another one's.
"""

from flask_babel import ngettext

from wiki.accounts.blocking.models import Block
from wiki.accounts.merging.references import (
    drops,
    either,
    lesser,
    moves,
    stays,
    unites,
)
from wiki.accounts.models import (
    AuditEvent,
    FormerName,
    Invitation,
    LoginSession,
    Membership,
    MergedAccount,
)
from wiki.accounts.openid.models import ExternalIdentity
from wiki.accounts.passkeys.models import Passkey
from wiki.accounts.second_factor.models import RecoveryCode, SecondFactor
from wiki.accounts.tokens.models import AccessToken

OWN_REFERENCES = (
    unites(
        Membership.user_id,
        [Membership.group_id],
        {Membership.is_mentor: either, Membership.added_at: lesser},
        lambda count: ngettext("%(num)s group", "%(num)s groups", count),
    ),
    moves(Membership.added_by_id),
    moves(
        ExternalIdentity.user_id,
        lambda count: ngettext(
            "%(num)s identity to sign in with", "%(num)s identities to sign in with", count
        ),
    ),
    moves(Block.user_id),
    moves(Block.made_by_id),
    moves(Invitation.made_by_id),
    moves(FormerName.user_id),
    # Whoever was merged into this one before.
    moves(MergedAccount.into_id),
    stays(MergedAccount.user_id),
    stays(AuditEvent.by_id),
    stays(AuditEvent.about_id),
    drops(LoginSession.user_id),
    drops(AccessToken.user_id),
    drops(Passkey.user_id),
    drops(SecondFactor.user_id),
    drops(RecoveryCode.user_id),
)
