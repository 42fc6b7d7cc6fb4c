"""The page from which a pack is made."""

from io import BytesIO
from typing import cast

from flask import render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.core.i18n import _
from crm.packs import composition, forms
from crm.permissions import Permission
from crm.records.kinds import registry
from crm.records.views import Place, canonical, find
from crm.web.blueprint import Blueprint
from crm.web.templating import locale_code


def add_routes(bp: Blueprint) -> None:
    """Add the route of packs to the blueprint of meetings."""

    @bp.route("/<place:place>/pack", methods=["GET", "POST"], permission=Permission.PACKS_MAKE)
    def pack(place: Place) -> ResponseReturnValue:
        kind = registry.kinds["meeting"]
        meeting = find(kind, place)
        if moved := canonical(kind, meeting, place):
            return moved
        form = forms.PackForm()
        if form.validate_on_submit():
            try:
                return _file(meeting.id, form)
            except LookupError:
                form.form_errors.append(
                    _(
                        "This meeting is kept to a few people: a pack shows what the whole team "
                        "may see"
                    )
                )
        return render_template(
            "packs/new.html",
            form=form,
            meeting=meeting,
            action_url=kind.url(meeting, "pack"),
            cancel_url=kind.url(meeting),
            has_errors=bool(form.errors or form.form_errors),
        )


def _file(meeting_id: int, form: forms.PackForm) -> ResponseReturnValue:
    (made,) = composition.make(
        meeting_id,
        author=current_user.name,
        language=cast("composition.Language", locale_code()),
        formats=[composition.Format(str(form.file_format.data))],
        chosen=form.parts.data,
        base_url=request.host_url,
    )
    return send_file(
        BytesIO(made.content),
        mimetype=made.media_type,
        as_attachment=True,
        download_name=made.name,
        etag=False,
    )
