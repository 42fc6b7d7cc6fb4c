"""What drafts add to Passerelle."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_login import current_user
from sqlalchemy import Select

from crm.accounts import services as accounts
from crm.core.features import Feature
from crm.core.i18n import _l
from crm.drafts import jobs, page, queries, services  # noqa: F401 - jobs tell the queue of themselves
from crm.drafts.models import Draft
from crm.drafts.views import actions_on, bp, link
from crm.records.kinds import Column, HomeBlock
from crm.web import kept
from crm.web.cells import Action

accounts.leaving["drafts"] = services.remove_of
accounts.arriving["drafts"] = page.keep_carried
kept.restoring["drafts"] = page.typed_before
kept.was_sent["drafts"] = page.forget_sent


def _mine(user_id: int | None) -> Select[Any]:
    """Return one's own drafts, whosever the page is: those of others are nobody's business."""
    return queries.all_of(current_user.id)


def _actions(draft: Draft) -> Sequence[Action]:
    return actions_on(draft, url_for("home.today"))


FEATURE = Feature(
    name="drafts",
    blueprints=(bp,),
    home=(
        HomeBlock(
            key="drafts",
            title=_l("My drafts"),
            query=_mine,
            order=55,
            columns=(
                Column("title", _l("Form"), link),
                Column("changed", _l("Changed"), lambda draft: draft.changed_at),
            ),
            empty=_l("No draft"),
            more_url=lambda user_id: url_for("drafts.index"),
            row_actions=_actions,
        ),
    ),
)
