"""What lines and mails add to Passerelle."""

from typing import Any

from flask import url_for
from flask_login import current_user
from sqlalchemy import Select

from crm.accounts import services as accounts
from crm.capture import (
    jobs,  # noqa: F401 - it tells the queue what it does
    page,
    queries,
)
from crm.capture.cli import log_email
from crm.capture.services import remove_of
from crm.capture.views import bp
from crm.core.features import Feature
from crm.core.i18n import _l
from crm.records.kinds import Column, HomeBlock

accounts.leaving["capture"] = remove_of


def _mine(user_id: int | None) -> Select[Any]:
    """Return one's own mails, whosever the page is: those of others are nobody's business."""
    return queries.waiting_of(current_user.id)


FEATURE = Feature(
    name="capture",
    blueprints=(bp,),
    commands=(log_email,),
    ways_to_add=(("interaction", page.ways_to_add),),
    home=(
        HomeBlock(
            key="mails",
            title=_l("My mails to log"),
            query=_mine,
            order=56,
            columns=(
                Column("subject", _l("Subject"), page.link),
                Column("kept_until", _l("Kept until"), lambda mail: mail.kept_until),
            ),
            empty=_l("No mail to log"),
            more_url=lambda user_id: url_for("capture.mails"),
        ),
    ),
)
