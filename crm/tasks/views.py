"""Pages about tasks that no other kind of record has."""

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from crm.core.i18n import _
from crm.permissions import Permission
from crm.records.kinds import registry
from crm.records.views import Place, find
from crm.tasks import forms, services
from crm.web.blueprint import Blueprint
from crm.web.pages import form_page
from crm.web.returning import back_to, kept_return
from crm.web.templating import shown


def add_routes(bp: Blueprint) -> None:
    """Add the routes of tasks to their blueprint."""

    @bp.post("/<place:place>/done", permission=Permission.INTERACTIONS_EDIT)
    def done(place: Place) -> ResponseReturnValue:
        kind = registry.kinds["task"]
        task = services.finish(find(kind, place))
        flash(_("“%(title)s” is done", title=task.title), "success")
        return redirect(back_to(kind.url(task)))

    @bp.route(
        "/<place:place>/postpone", methods=["GET", "POST"], permission=Permission.INTERACTIONS_EDIT
    )
    def postpone(place: Place) -> ResponseReturnValue:
        kind = registry.kinds["task"]
        task = find(kind, place)
        back = back_to(kind.url(task))
        form = forms.PostponeForm(due=services.a_week_later(task))
        if form.validate_on_submit() and form.submit(services.postpone, task=task):
            flash(
                _("“%(title)s” can wait until %(due)s", title=task.title, due=shown(task.due)),
                "success",
            )
            return redirect(form.made(back))
        return form_page(
            form,
            title=_("Postpone “%(title)s”", title=task.title),
            action_url=kind.url(task, "postpone", **kept_return()),
            cancel_url=back,
            submit_label=_("Postpone"),
        )

    @bp.post("/<place:place>/reopen", permission=Permission.INTERACTIONS_EDIT)
    def reopen(place: Place) -> ResponseReturnValue:
        kind = registry.kinds["task"]
        task = services.reopen(find(kind, place))
        flash(_("“%(title)s” is to be done again", title=task.title), "success")
        return redirect(back_to(kind.url(task)))
