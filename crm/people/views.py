"""Pages about people that no other kind of record has."""

from io import BytesIO

from flask import flash, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import SelectChoice

from crm.core.db import Base, db
from crm.core.i18n import _
from crm.documents import vcard
from crm.people import cards, forms, informing, queries, services
from crm.permissions import Permission
from crm.records.kinds import registry
from crm.records.views import Place, canonical, find
from crm.web.blueprint import Blueprint
from crm.web.cells import Action
from crm.web.pages import form_page


def add_routes(bp: Blueprint) -> None:
    """Add the routes of people to their blueprint."""

    @bp.route("/<place:place>/leave", methods=["GET", "POST"], permission=Permission.RECORDS_EDIT)
    def leave(place: Place) -> ResponseReturnValue:
        kind = registry.kinds["person"]
        person = find(kind, place)
        if moved := canonical(kind, person, place):
            return moved
        positions = db.session.scalars(queries.positions_of(person)).all()
        form = forms.LeaveForm()
        form.organisation_id.choices = [
            SelectChoice(position.organisation_id, position.organisation.title)
            for position in positions
            if position.until is None
        ]
        if form.validate_on_submit() and form.submit(
            lambda **values: services.leave(person, **values)
        ):
            flash(
                _("“%(name)s” has left. The position stays in the history", name=person.name),
                "success",
            )
            return redirect(kind.url(person))
        return form_page(
            form,
            title=_("“%(name)s” leaves", name=person.name),
            action_url=kind.url(person, "leave"),
            cancel_url=kind.url(person),
        )


def add_informing_routes(bp: Blueprint) -> None:
    """Add the text that a person is owed, and the note that it was sent."""

    @bp.get("/<place:place>/inform", permission=Permission.RECORDS_EDIT)
    def inform(place: Place) -> ResponseReturnValue:
        kind = registry.kinds["person"]
        person = find(kind, place)
        if moved := canonical(kind, person, place):
            return moved
        informed = Action(_("I informed them"), kind.url(person, "informed"), "post")
        return render_template(
            "people/inform.html",
            person=person,
            notices=informing.notices(person, current_user.email),
            informed=None if person.informed_on else informed,
            back_url=kind.url(person),
        )

    @bp.post("/<place:place>/informed", permission=Permission.RECORDS_EDIT)
    def informed(place: Place) -> ResponseReturnValue:
        kind = registry.kinds["person"]
        person = find(kind, place)
        services.note_informed(person)
        flash(_("Noted: “%(name)s” was informed today", name=person.name), "success")
        return redirect(kind.url(person))


def add_card_routes(bp: Blueprint) -> None:
    """Add people as cards."""

    @bp.get("/<place:place>/card.vcf", permission=Permission.PACKS_MAKE)
    def card(place: Place) -> ResponseReturnValue:
        kind = registry.kinds["person"]
        person = find(kind, place)
        if moved := canonical(kind, person, place):
            return moved
        content = b"".join(cards.written([person.id], _base_url()))
        if not content:
            flash(
                _(
                    "This person is kept to a few people: a card shows what the whole team may "
                    "see, and nobody at risk"
                ),
                "error",
            )
            return redirect(kind.url(person))
        return _sent(content, f"{person.slug or person.id}.vcf")


def _base_url() -> str:
    return str(Base.metadata.info["base_url"] or request.host_url).rstrip("/")


def _sent(content: bytes, name: str) -> ResponseReturnValue:
    return send_file(
        BytesIO(content),
        mimetype=vcard.MEDIA_TYPE,
        as_attachment=True,
        download_name=name,
        etag=False,
    )
