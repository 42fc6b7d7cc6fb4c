"""The first steps of a new team: computed from what is there, gone when all are done."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_login import current_user

from crm.core.db import db
from crm.core.i18n import _
from crm.home import queries
from crm.permissions import Permission
from crm.records.kinds import registry
from crm.web.cells import Action


@dataclass(frozen=True)
class Step:
    """Something a team does once, and the ways to do it."""

    text: Any
    is_done: bool
    ways: Sequence[Action] = ()


def first_steps() -> list[Step]:
    """Return the first steps that the reader may take; none when all are done."""
    if not current_user.can(Permission.RECORDS_EDIT):
        return []
    has_partners, has_colleagues, has_networks, has_duties = db.session.execute(
        queries.steps_taken()
    ).one()
    steps = [
        Step(
            _("Add the partner organisations"),
            has_partners,
            [
                Action(_("Add an organisation"), url_for("organisations.create")),
                *registry.other_ways_to_add("organisation"),
            ],
        ),
        Step(
            _("Note our networks"),
            has_networks,
            [Action(_("Add a network"), url_for("networks.create"))],
        ),
        Step(
            _("Note what we owe them: fees, reports, answers"),
            has_duties,
            [Action(_("See the networks"), url_for("networks.index"))],
        ),
    ]
    if current_user.can(Permission.ADMIN_USERS):
        invite = [Action(_("Invite somebody"), url_for("accounts.invite_user"))]
        steps.insert(1, Step(_("Invite the colleagues"), has_colleagues, invite))
    return [] if all(step.is_done for step in steps) else steps
