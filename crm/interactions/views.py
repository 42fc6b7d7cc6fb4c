"""The page on which an exchange is logged, and the way back."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from crm.core.i18n import _
from crm.interactions import services
from crm.interactions.forms import InteractionForm
from crm.interactions.telling import page_of, say_logged
from crm.permissions import Permission
from crm.records.kinds import registry
from crm.records.views import Place, find, prefilled
from crm.web.blueprint import Blueprint
from crm.web.returning import safe_next


def add_routes(bp: Blueprint) -> None:
    """Add the pages to the blueprint of exchanges."""

    @bp.route("/new", methods=["GET", "POST"], permission=Permission.INTERACTIONS_EDIT)
    def create() -> ResponseReturnValue:
        kind = registry.kinds["interaction"]
        form = InteractionForm(**prefilled(InteractionForm, kind.prefill))
        if form.validate_on_submit() and (logged := form.submit(services.log)):
            back = safe_next(request.form["next"]) if request.form.get("next") else page_of(logged)
            say_logged(logged, back)
            return redirect(form.made(back))
        if not form.is_submitted():
            form.offer()
        return render_template(
            "interactions/new.html",
            form=form,
            next=request.values.get("next", ""),
            topic_ids=_topics_of_short_form(form),
            other_ways=registry.other_ways_to_add(kind.name),
            has_errors=bool(form.errors or form.form_errors),
        )

    @bp.post("/<place:place>/take-back", permission=Permission.INTERACTIONS_EDIT)
    def take_back(place: Place) -> ResponseReturnValue:
        kind = registry.kinds["interaction"]
        services.take_back(find(kind, place))
        flash(_("The exchange is in the trash, with what was added along with it"), "success")
        return redirect(safe_next(request.args.get("next")))


def _topics_of_short_form(form: InteractionForm) -> list[int] | None:
    """Return what the exchange is about when the form was sent from the page of that."""
    if "short" not in request.form:
        return None
    return [topic.id for topic in form.topic_ids.chosen]
