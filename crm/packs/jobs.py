"""Gathering a large pack, a piece at a time."""

from flask_babel import force_locale

from crm.core.db import db
from crm.core.principal import Principal, acting_as
from crm.core.queue import Payload, handler
from crm.packs import making, services
from crm.permissions import Permission


@handler(making.GATHER)
def gather_piece(payload: Payload) -> None:
    """Gather a piece, unless it is there, or the pack was stopped or its maker may not any more."""
    pack = services.held(payload["pack_id"])
    if pack is None or not pack.is_running or pack.done != payload["step"]:
        return
    user = pack.user
    may_make = user is not None and user.is_enabled and user.can(Permission.PACKS_MAKE)
    if pack.is_for_managers and user is not None:
        may_make = may_make and user.can(Permission.RECORDS_CONFIDENTIAL)
    if user is None or not may_make:
        services.give_up(pack)
        return
    maker = Principal(user.id, user.permissions)
    try:
        with force_locale(pack.language), acting_as(db.session, maker):
            making.go_on(pack, payload["withheld"])
            db.session.flush()
    except LookupError:
        # By the system: whoever asked for it may not see it any more.
        if (held := services.held(payload["pack_id"])) is not None:
            services.give_up(held)
