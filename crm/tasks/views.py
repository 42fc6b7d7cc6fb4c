"""Pages about tasks that no other kind of record has."""

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from crm.core.i18n import _
from crm.permissions import Permission
from crm.records.kinds import registry
from crm.records.views import Place, find
from crm.tasks import services
from crm.web.blueprint import Blueprint


def add_routes(bp: Blueprint) -> None:
    """Add the routes of tasks to their blueprint."""

    @bp.post("/<place:place>/done", permission=Permission.INTERACTIONS_EDIT)
    def done(place: Place) -> ResponseReturnValue:
        kind = registry.kinds["task"]
        task = services.finish(find(kind, place))
        flash(_("“%(title)s” is done", title=task.title), "success")
        return redirect(kind.url(task))

    @bp.post("/<place:place>/reopen", permission=Permission.INTERACTIONS_EDIT)
    def reopen(place: Place) -> ResponseReturnValue:
        kind = registry.kinds["task"]
        task = services.reopen(find(kind, place))
        flash(_("“%(title)s” is to be done again", title=task.title), "success")
        return redirect(kind.url(task))
