"""Pages on which people are invited to sign and reminded."""

import re
from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _, _n
from crm.declarations.models import Declaration
from crm.invitations import candidates, forms, page, queries, services, texts
from crm.invitations.candidates import Candidate, Source
from crm.invitations.models import Invitation, InvitationMail, Mailing, MailKind
from crm.invitations.page import Preview
from crm.invitations.services import Posted
from crm.permissions import Permission
from crm.records.kinds import registry
from crm.records.views import Place, canonical, find
from crm.web.blueprint import Blueprint
from crm.web.form import Form
from crm.web.pages import form_page
from crm.web.templating import shown as shown_value

MAILING = "/<place:place>/mailings/<int(max=999999999):mailing_id>"
LONGEST_UNKNOWN = 100_000
WORDS = re.compile(r"[A-Za-z-]{2,12}-(?:subject|text)")
INVITATION = "/<place:place>/invitations/<int(max=999999999):invitation_id>"


def add_invite_routes(bp: Blueprint) -> None:
    """Add the routes of inviting to the blueprint of declarations."""

    @bp.route(
        "/<place:place>/invite", methods=["GET", "POST"], permission=Permission.DECLARATIONS_MANAGE
    )
    def invite(place: Place) -> ResponseReturnValue:
        kind = registry.kinds["declaration"]
        declaration = find(kind, place)
        if moved := canonical(kind, declaration, place):
            return moved
        form = forms.SourceForm(formdata=request.form if request.method == "POST" else None)
        try:
            services.check_ready(declaration)
            if request.form.get("step") in ("check", "preview", "send"):
                return _checked(declaration)
            source = _asked_for()
            if source is None and not form.validate_on_submit():
                return _ask(declaration, form)
            return _check(declaration, source or form.source())
        except InvalidValue as refused:
            form.refuse(refused)
            return _ask(declaration, form)

    @bp.route(
        "/<place:place>/remind", methods=["GET", "POST"], permission=Permission.DECLARATIONS_MANAGE
    )
    def remind(place: Place) -> ResponseReturnValue:
        kind = registry.kinds["declaration"]
        declaration = find(kind, place)
        if moved := canonical(kind, declaration, place):
            return moved
        form = forms.RemindForm()
        ticked = request.form.getlist("invitation") if request.method == "POST" else None
        rows = page.silent_rows(declaration, ticked)
        answers = request.form if request.method == "POST" else None
        previews = page.previews(declaration, MailKind.REMINDER, page.silent_readers(rows), answers)
        are_right = _are_right(previews)
        if are_right and request.form.get("step") != "preview" and form.validate_on_submit():
            sent = form.submit(
                lambda is_forced: services.remind(
                    declaration,
                    [row.invitation.id for row in rows if row.is_ticked],
                    {each.form.language: each.form.words for each in previews},
                    is_forced=is_forced,
                )
            )
            if sent:
                return _sent(declaration, form, sent)
        return render_template(
            "invitations/remind.html",
            **_frame(declaration, _("Remind – %(title)s", title=declaration.title)),
            form=form,
            action_url=kind.url(declaration, "remind"),
            rows=rows,
            previews=previews,
            forms=[form, *(each.form for each in previews)],
            has_errors=_have_errors([form, *(each.form for each in previews)]),
            submit_label=page.send_label(MailKind.REMINDER, sum(row.is_ticked for row in rows)),
            shown=shown_value,
        )


def add_mail_routes(bp: Blueprint) -> None:
    """Add the routes about mails that were queued to the blueprint of declarations."""

    @bp.post(f"{MAILING}/pause", permission=Permission.DECLARATIONS_MANAGE)
    def pause_mailing(place: Place, mailing_id: int) -> ResponseReturnValue:
        kind = registry.kinds["declaration"]
        declaration = find(kind, place)
        services.pause(_mailing(declaration, mailing_id))
        flash(_("Paused: no more mails of it are sent"), "success")
        return redirect(f"{kind.url(declaration)}#mailings")

    @bp.post(f"{MAILING}/resume", permission=Permission.DECLARATIONS_MANAGE)
    def resume_mailing(place: Place, mailing_id: int) -> ResponseReturnValue:
        kind = registry.kinds["declaration"]
        declaration = find(kind, place)
        services.resume(_mailing(declaration, mailing_id))
        flash(_("The rest of the mails is being sent"), "success")
        return redirect(f"{kind.url(declaration)}#mailings")

    @bp.route(
        f"{INVITATION}/address", methods=["GET", "POST"], permission=Permission.DECLARATIONS_MANAGE
    )
    def change_address(place: Place, invitation_id: int) -> ResponseReturnValue:
        kind = registry.kinds["declaration"]
        declaration = find(kind, place)
        if moved := canonical(kind, declaration, place):
            return moved
        invitation = _invitation(declaration, invitation_id)
        form = forms.AddressForm(obj=invitation)
        form.offer(texts.newest(declaration.id))
        if form.validate_on_submit() and form.submit(
            lambda **values: services.change_address(invitation, invitation.version, **values)
        ):
            flash(_("The invitation is being sent to the new address"), "success")
            return redirect(f"{kind.url(declaration)}#invitations")
        return form_page(
            form,
            title=_("Address of “%(name)s”", name=invitation.signature.displayed_name),
            action_url=kind.url(declaration, "change_address", invitation_id=invitation.id),
            cancel_url=kind.url(declaration),
            submit_label=_("Send the invitation there"),
        )

    @bp.post(f"{INVITATION}/returned", permission=Permission.RECORDS_EDIT)
    def mail_returned(place: Place, invitation_id: int) -> ResponseReturnValue:
        kind = registry.kinds["declaration"]
        declaration = find(kind, place)
        invitation = _invitation(declaration, invitation_id)
        last: InvitationMail | None = next(reversed(invitation.mails), None)
        if last is not None:
            services.note_returned(last, None)
        flash(_("Noted that the mail came back. Give another address to try again"), "success")
        return redirect(f"{kind.url(declaration)}#invitations")


def _asked_for() -> Source | None:
    """Return whom the address of the page names."""
    if request.method != "GET":
        return None
    ids = [int(each) for each in request.args.getlist("signatory") if _is_id(each)]
    network = request.args.get("network", "")
    if _is_id(network):
        ids += candidates.members_of(int(network)).ids
    return Source(ids) if ids else None


def _ask(declaration: Declaration, form: Form) -> str:
    """Show from where those to invite are taken."""
    kind = registry.kind_of(declaration)
    return str(
        form_page(
            form,
            title=_("Invite to sign – %(title)s", title=declaration.title),
            action_url=kind.url(declaration, "invite"),
            cancel_url=kind.url(declaration),
            submit_label=_("Check the list"),
        )
    )


def _check(
    declaration: Declaration, source: Source, found: Sequence[Candidate] | None = None
) -> str:
    """Show everybody who is thought of, and what has to be mended."""
    kind = registry.kind_of(declaration)
    rows = candidates.check_list(declaration, source) if found is None else found
    wrong = [each for each in rows if found is not None and each.is_chosen and each.obstacle]
    return render_template(
        "invitations/check.html",
        **_frame(declaration, _("Whom to invite – %(title)s", title=declaration.title)),
        action_url=kind.url(declaration, "invite"),
        groups=page.groups(rows),
        told=page.looked_at(rows),
        can_send=any(each.can_be_invited for each in rows),
        unknown=source.unknown,
        kept_words=_kept_words(),
        wrong=wrong,
        has_errors=bool(wrong),
        languages=page.offered_languages(declaration),
        why_not=page.why_not,
        name_of=page.name_of,
    )


def _checked(declaration: Declaration) -> ResponseReturnValue:
    """Take the check list; show the words, and send them when that is asked."""
    source = _sent_back()
    rows = candidates.check_list(declaration, source)
    chosen = candidates.answered(rows, request.form)
    offered = dict(page.offered_languages(declaration))
    for each in chosen:
        each.language = each.language if each.language in offered else next(iter(offered))
    if request.form["step"] == "check" or any(each.obstacle for each in chosen):
        return _check(declaration, source, rows)
    if not chosen:
        flash(_("Nobody is ticked yet. Tick whom to invite"), "error")
        return _check(declaration, source, rows)
    readers = page.candidate_readers(chosen)
    previews = page.previews(declaration, MailKind.INVITATION, readers, request.form)
    form = forms.SendForm()
    if _are_right(previews) and request.form["step"] == "send" and form.validate():
        sent = form.submit(
            lambda: services.invite(
                declaration,
                [each.invitee() for each in chosen],
                {each.form.language: each.form.words for each in previews},
            )
        )
        if sent:
            return _sent(declaration, form, sent)
    shown = [form, *(each.form for each in previews)]
    return render_template(
        "invitations/preview.html",
        **_frame(declaration, _("What they will read – %(title)s", title=declaration.title)),
        action_url=registry.kind_of(declaration).url(declaration, "invite"),
        form=form,
        forms=shown,
        rows=rows,
        unknown="\n".join(source.unknown),
        left_out=page.left_out(rows),
        previews=previews,
        has_errors=_have_errors(shown),
        submit_label=page.send_label(MailKind.INVITATION, len(chosen)),
    )


def _sent_back() -> Source:
    """Return whom the check list was about, and the lines nobody was found for."""
    ids = [int(each) for each in request.form.getlist("signatory") if _is_id(each)]
    lines = request.form.get("unknown", "")[:LONGEST_UNKNOWN].splitlines()
    return Source(ids, unknown=[line for line in lines if line.strip()])


def _kept_words() -> list[tuple[str, str]]:
    """Return the words of mails that were changed before one went back to the list."""
    return [(key, value) for key, value in request.form.items() if WORDS.fullmatch(key)]


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _are_right(previews: Sequence[Preview]) -> bool:
    # All of them are looked at, so that all that is wrong is said at once.
    wrong = [each for each in previews if not each.form.is_right()]
    return not wrong


def _have_errors(shown: Sequence[Form]) -> bool:
    return any(each.errors or each.form_errors for each in shown)


def _sent(declaration: Declaration, form: Any, posted: Posted) -> ResponseReturnValue:
    told = _n("%(num)d mail is being sent", "%(num)d mails are being sent", posted.count)
    flash(told, "success")
    for name, reason in posted.refused:
        flash(_("Not invited: %(name)s. %(reason)s", name=name, reason=reason), "error")
    kind = registry.kind_of(declaration)
    return redirect(form.made(f"{kind.url(declaration)}#invitations"))


def _frame(declaration: Declaration, title: str) -> dict[str, Any]:
    kind = registry.kind_of(declaration)
    return {"title": title, "back_url": kind.url(declaration), "back_label": declaration.title}


def _mailing(declaration: Declaration, mailing_id: int) -> Mailing:
    found = db.session.scalar(queries.mailings_of(declaration).where(Mailing.id == mailing_id))
    if found is None:
        abort(404)
    return found


def _invitation(declaration: Declaration, invitation_id: int) -> Invitation:
    found = db.session.scalar(
        queries.invitations_of(declaration).where(Invitation.id == invitation_id)
    )
    if found is None:
        abort(404)
    return found
