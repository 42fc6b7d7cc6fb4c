"""The secret links of mails: computed from the key of the installation, kept as fingerprints."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from crm.core.clock import now
from crm.core.db import Base, db
from crm.invitations import queries
from crm.invitations.models import Invitation, InvitationMail, LinkUse, SigningLink

LIFE = timedelta(days=30)


def issue(mails: Sequence[InvitationMail], use: LinkUse, editions: Mapping[str, int]) -> None:
    """Make the links that mails carry; each is good for one use, one version and one invitee.

    :param editions: the newest version of the text in each language.
    """
    found = []
    for mail in mails:
        nonce = secrets.token_hex(32)
        found.append(
            SigningLink(
                mail_id=mail.id,
                invitation_id=mail.invitation_id,
                use=use,
                edition=editions.get(mail.language, 0),
                nonce=nonce,
                token_hash=_hashed(_computed(mail.id, use, nonce)),
                expires_at=now() + LIFE,
            )
        )
    db.session.add_all(found)
    db.session.flush()


def token_of(link: SigningLink) -> str:
    """Return the secret of a link, which is stored nowhere."""
    return _computed(link.mail_id, link.use, link.nonce)


def make_good(link: SigningLink) -> None:
    """Make a link that is about to be sent good from now on, under the secret key of today."""
    link.token_hash = _hashed(token_of(link))
    link.expires_at = now() + LIFE
    db.session.flush()


def path_of(link: SigningLink) -> str:
    """Return the address of a link below that of the server."""
    path = f"/s/{token_of(link)}"
    return path if link.use is LinkUse.SIGN else f"{path}/withdraw"


def _computed(mail_id: int, use: LinkUse, nonce: str) -> str:
    key = Base.metadata.info["secret_key"].encode()
    text = f"signing:{use.value}:{mail_id}:{nonce}".encode()
    return hmac.new(key, text, hashlib.sha256).hexdigest()


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def find(token: str, use: LinkUse) -> SigningLink | None:
    """Return the link of a token, when it was made for this use; it may be too old or revoked.

    Whoever sits in the trash besides is no reason to lose it: callers look at the declaration.
    """
    link = db.session.scalar(
        queries.link_with(_hashed(token)), execution_options={"with_trash": True}
    )
    return link if link is not None and link.use is use else None


def has_expired(link: SigningLink) -> bool:
    """Tell whether a link is too old."""
    return link.expires_at <= now()


def revoke(invitation: Invitation, use: LinkUse) -> None:
    """Make the links of an invitation worth nothing from now on."""
    revoking: Any = (
        sa.update(SigningLink)
        .where(
            SigningLink.invitation_id == invitation.id,
            SigningLink.use == use,
            SigningLink.revoked_at.is_(None),
        )
        .values(revoked_at=now())
    )
    db.session.execute(revoking, execution_options={"synchronize_session": "fetch"})
