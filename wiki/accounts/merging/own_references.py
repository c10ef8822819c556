"""How a merge treats the tables of accounts.

The sign-in methods of the merged account are deleted, except for its identities at a provider,
with which somebody may have registered twice. A passkey contains its user’s handle, and a second
factor is encrypted for its user, so neither can be moved.
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
    # Accounts that were merged into the source before.
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
