"""What accounts add to Passerelle."""

import sqlalchemy as sa
from flask.typing import ResponseReturnValue

from crm.accounts.models import User, UserSession
from crm.accounts.services import _hashed as hashed
from crm.core.db import db
from crm.core.features import Feature
from crm.permissions import Permission
from crm.web.blueprint import Blueprint
from crm.web.login import login_manager

bp = Blueprint("accounts", __name__)


@login_manager.user_loader
def load(token: str) -> User | None:
    """Placeholder until the real one lands."""
    found = db.session.scalar(sa.select(UserSession).where(UserSession.token_hash == hashed(token)))
    return found.user if found else None


def _page() -> ResponseReturnValue:
    return "x"


for _name in ("sign_in", "sign_out", "language", "account"):
    bp.route(f"/{_name}", permission=Permission.PUBLIC, methods=["GET", "POST"], endpoint=_name)(_page)

FEATURE = Feature(name="accounts", blueprints=(bp,))
