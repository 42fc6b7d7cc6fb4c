"""What happens by itself: the list is frozen when the deadline to sign is over."""

from crm.core.clock import now
from crm.core.db import db
from crm.core.queue import periodic, without_write_lock
from crm.declarations import queries, services
from crm.declarations.models import Declaration
from crm.declarations.status import closes_at


@periodic("declarations.deadlines")
def freeze_lists() -> None:
    """Freeze the list of each declaration whose deadline has passed since it was last frozen."""
    moment = now()
    with without_write_lock():
        over = [
            declaration.id
            for declaration in db.session.scalars(queries.open_past(moment)).all()
            if _is_due(declaration)
        ]
    for declaration_id in over:
        declaration = db.session.get(Declaration, declaration_id, populate_existing=True)
        if declaration is not None:
            services.freeze_list(declaration)
        db.session.commit()


def _is_due(declaration: Declaration) -> bool:
    end = closes_at(declaration)
    if end is None or end > now():
        return False
    last = db.session.scalars(queries.lists_of(declaration)).first()
    return last is None or last.frozen_at < end
