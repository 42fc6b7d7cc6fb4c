"""The pages behind the links of mails: sign, decline, pass on, withdraw."""

from collections.abc import Callable
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from crm.accounts.throttle import TooManyAttempts
from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.principal import SYSTEM, acting_as
from crm.declarations.eligibility import eligibility_of
from crm.declarations.models import SignatureStatus
from crm.invitations import links
from crm.invitations.models import LinkUse
from crm.permissions import Permission
from crm.signing import forms, page, services
from crm.signing.page import State, Visit
from crm.signing.services import NotOpen, TextChanged
from crm.web.blueprint import Blueprint
from crm.web.templating import locale_code

bp = Blueprint("signing", __name__, url_prefix="/s/<string(maxlength=200):token>", is_secret=True)

Respond = Callable[[Visit], ResponseReturnValue]


@bp.route("", methods=["GET", "POST"], permission=Permission.PUBLIC)
def sign(token: str) -> ResponseReturnValue:
    """Show the text and take the signature."""
    return _behind(token, LinkUse.SIGN, lambda here: _sign(here, token))


@bp.route("/decline", methods=["GET", "POST"], permission=Permission.PUBLIC)
def decline(token: str) -> ResponseReturnValue:
    """Take a refusal."""

    def respond(here: Visit) -> ResponseReturnValue:
        form = forms.DeclineForm()
        if form.validate_on_submit() and form.submit(services.decline, link=here.link):
            return _thanks(here, token, SignatureStatus.DECLINED)
        return _form(here, token, "decline", form, _("We do not sign"), _("Send this answer"))

    return _behind(token, LinkUse.SIGN, _while_open(token, respond))


@bp.route("/pass", methods=["GET", "POST"], permission=Permission.PUBLIC)
def pass_on(token: str) -> ResponseReturnValue:
    """Send the invitation to the person who can decide."""

    def respond(here: Visit) -> ResponseReturnValue:
        form = forms.PassForm()
        if form.validate_on_submit() and form.submit(services.pass_on, link=here.link):
            return _message(
                here,
                token,
                _("Thank you: the invitation was passed on"),
                _("The person you named gets a mail with a link of their own."),
            )
        title = _("Pass to the right person")
        return _form(here, token, "pass_on", form, title, _("Pass on"))

    return _behind(token, LinkUse.SIGN, _while_open(token, respond))


@bp.post("/new-link", permission=Permission.PUBLIC)
def new_link(token: str) -> ResponseReturnValue:
    """Send a new link to the address to which the old one went."""

    def respond(here: Visit) -> ResponseReturnValue:
        state = page.state_of(here.link)
        if state not in (State.OPEN, State.EXPIRED):
            return _told(here, token, state)
        try:
            services.send_new_link(here.link)
        except NotOpen:
            return _told(here, token, page.state_of(here.link))
        return _message(
            here,
            token,
            _("A new link is on its way"),
            _("It goes to the address to which the first one was sent."),
        )

    return _behind(token, LinkUse.SIGN, respond)


@bp.route("/withdraw", methods=["GET", "POST"], permission=Permission.PUBLIC)
def withdraw(token: str) -> ResponseReturnValue:
    """Take a signature off the list, by the link of its receipt."""

    def respond(here: Visit) -> ResponseReturnValue:
        if links.has_expired(here.link):
            return _message(
                here,
                token,
                _("This link is too old"),
                _("To withdraw your signature now, write to us."),
                410,
            )
        status = here.link.invitation.signature.status
        if here.link.revoked_at is not None or status is not SignatureStatus.SIGNED:
            if status is SignatureStatus.WITHDRAWN:
                return _thanks(here, token, status)
            title = _("There is no signature to withdraw")
            return _message(here, token, title, _("For anything else, write to us."))
        form = forms.WithdrawForm()
        try:
            if form.validate_on_submit() and form.submit(services.withdraw, link=here.link):
                return _thanks(here, token, SignatureStatus.WITHDRAWN)
        except NotOpen:
            return _thanks(here, token, SignatureStatus.WITHDRAWN)
        title = _("Withdraw the signature")
        return _form(here, token, "withdraw", form, title, title)

    return _behind(token, LinkUse.WITHDRAW, respond)


def _behind(token: str, use: LinkUse, respond: Respond) -> ResponseReturnValue:
    """Answer to a link that leads somewhere; whoever holds it acts for the one it was sent to."""
    with acting_as(db.session, SYSTEM):
        here = page.visit(links.find(token, use), request.args.get("language"))
        if here is None:
            return _nowhere()
        with force_locale(here.interface):
            return respond(here)


def _nowhere() -> ResponseReturnValue:
    """Tell that a link leads nowhere; who tries many is made to wait."""
    db.session.rollback()
    db.session.info["read_only"] = False  # Links that lead nowhere are counted, however asked.
    try:
        services.note_unknown_link(request.remote_addr or "")
    except TooManyAttempts as refused:
        title, text = _("Too many attempts"), _("Wait a few minutes, then try again.")
        answer = _plain(title, text)
        return answer, 429, {"Retry-After": str(refused.seconds)}
    title = _("This link leads nowhere")
    text = _(
        "It may have been cut by the mail program, or replaced by a newer one. Copy it whole from"
        " the last mail you had from us."
    )
    return _plain(title, text), 404


def _plain(title: str, text: str) -> str:
    return render_template(
        "signing/message.html",
        title=title,
        message=text,
        interface=locale_code(),
        write_to=page.write_to(),
        languages=(),
    )


def _while_open(token: str, respond: Respond) -> Respond:
    """Answer while the link can be answered, and say why not otherwise."""

    def answer(here: Visit) -> ResponseReturnValue:
        state = page.state_of(here.link)
        if state is not State.OPEN:
            return _told(here, token, state)
        try:
            return respond(here)
        except NotOpen:
            return _told(here, token, page.state_of(here.link))

    return answer


def _sign(here: Visit, token: str) -> ResponseReturnValue:
    return _while_open(token, lambda visit: _signed(visit, token))(here)


def _signed(here: Visit, token: str) -> ResponseReturnValue:
    """Show the text with the form below it, or take the signature."""
    signature = here.link.invitation.signature
    form = forms.SignForm(
        displayed_name=signature.displayed_name,
        category=signature.category,
        country=signature.country,
    )
    form.offer_open_to(eligibility_of(here.declaration))
    status = 200
    if form.validate_on_submit():
        try:
            if form.submit(services.sign, link=here.link, text_sha256=form.text_sha256.data or ""):
                return _thanks(here, token, SignatureStatus.SIGNED)
        except TextChanged:
            form.refuse(
                InvalidValue(
                    None,
                    _("The text changed while you were reading. Read it again before you sign"),
                )
            )
            form.agreed.data = False
            status = 409
    form.text_sha256.data = here.text.sha256
    return (
        render_template(
            "signing/sign.html",
            **page.frame(here, token),
            **page.form_facts(here),
            form=form,
            has_errors=bool(form.errors or form.form_errors),
        ),
        status,
    )


def _form(
    here: Visit, token: str, endpoint: str, form: Any, title: str, submit_label: str
) -> ResponseReturnValue:
    return render_template(
        "signing/form.html",
        **page.frame(here, token),
        endpoint=f"signing.{endpoint}",
        form=form,
        title=title,
        submit_label=submit_label,
        has_errors=bool(form.errors or form.form_errors),
    )


def _told(here: Visit, token: str, state: State) -> ResponseReturnValue:
    title, message = page.told(here, state)
    status = 410 if state in (State.EXPIRED, State.REPLACED) else 200
    return _message(here, token, title, message, status, offers_link=state is State.EXPIRED)


def _thanks(here: Visit, token: str, status: SignatureStatus) -> ResponseReturnValue:
    return _message(here, token, *page.thanks(status))


def _message(
    here: Visit,
    token: str,
    title: str,
    message: str,
    status: int = 200,
    *,
    offers_link: bool = False,
) -> ResponseReturnValue:
    body = render_template(
        "signing/message.html",
        **page.frame(here, token),
        title=title,
        message=message,
        offers_link=offers_link,
    )
    return body, status
