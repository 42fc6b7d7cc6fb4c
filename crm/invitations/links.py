"""The secret links of mails: computed from the key of the installation, kept as fingerprints."""

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from crm.core.clock import now
from crm.core.db import Base, db
from crm.invitations import queries
from crm.invitations.models import Invitation, InvitationMail, LinkUse, SigningLink

LIFE = timedelta(days=30)


def issue(mail: InvitationMail, use: LinkUse, edition: int) -> SigningLink:
    """Make the link that a mail carries; it is good for one use, one version and one invitee."""
    nonce = secrets.token_hex(32)
    link = SigningLink(
        mail_id=mail.id,
        invitation_id=mail.invitation_id,
        use=use,
        edition=edition,
        nonce=nonce,
        token_hash=_hashed(_computed(mail.id, use, nonce)),
        expires_at=now() + LIFE,
    )
    db.session.add(link)
    db.session.flush()
    return link


def token_of(link: SigningLink) -> str:
    """Return the secret of a link, which is stored nowhere."""
    return _computed(link.mail_id, link.use, link.nonce)


def keep_good(link: SigningLink) -> None:
    """Make a link that was not sent yet good under the secret key of today."""
    fingerprint = _hashed(token_of(link))
    if link.token_hash != fingerprint:
        link.token_hash = fingerprint
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
    """Return the link of a token, when it was made for this use and not revoked."""
    link = db.session.scalar(queries.link_with(_hashed(token)))
    if link is None or link.use is not use or link.revoked_at is not None:
        return None
    return link


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
