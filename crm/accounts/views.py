"""Signing in and out, one's own account, the users, and the jobs."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import (
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_url
from werkzeug.wrappers import Response

from crm.accounts import forms, mails, pages, queries, registry, services, throttle
from crm.accounts.models import OneTimeLink, User, UserSession
from crm.core import queue
from crm.core.db import Base, db
from crm.core.i18n import _
from crm.core.mail import mail_is_configured
from crm.core.queue import Job, JobState
from crm.permissions import Permission
from crm.web import kept
from crm.web.blueprint import Blueprint
from crm.web.form import Form
from crm.web.login import login_manager
from crm.web.returning import safe_next

COOKIE_LIFE = 365 * 24 * 3600
MOST_JOBS = 200
CARRIED = "carried-"

Row = TypeVar("Row")

bp = Blueprint("accounts", __name__)
bp.after_app_request(registry.mark_seen)


def _refused(template: str, form: Form, **context: Any) -> ResponseReturnValue:
    """Show a form, for the first time or with what is wrong in it."""
    return render_template(template, form=form, has_errors=bool(form.errors), **context)


def _patience(
    refused: throttle.TooManyAttempts, template: str, form: Form, **context: Any
) -> ResponseReturnValue:
    """Say after how long another attempt is looked at."""
    minutes = -(-refused.seconds // 60)
    form.form_errors.append(
        _("Too many attempts. Try again in %(count)s minutes", count=minutes)
        if minutes > 1
        else _("Too many attempts. Try again in one minute")
    )
    response = make_response(_refused(template, form, **context), 429)
    response.headers["Retry-After"] = str(refused.seconds)
    return response


def _own(model: type[Row], row_id: int, allowed: Callable[[Row], bool] = lambda row: True) -> Row:
    row = db.session.get(model, row_id)
    if row is None or not allowed(row):
        abort(404)
    return row


def _me() -> User:
    """Return the user of this request, in the session of its transaction."""
    return db.session.get_one(User, current_user.id)


def _browser() -> str:
    return pages.browser_name(request.user_agent.string)


def _cookie_name(name: str) -> str:
    return f"__Host-{name}" if current_app.config["SESSION_COOKIE_SECURE"] else name


def _keep(response: Response, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=COOKIE_LIFE,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


# Signing in and out


@bp.route("/sign-in", methods=["GET", "POST"], permission=Permission.PUBLIC)
def sign_in() -> ResponseReturnValue:
    """Show the form to sign in, or open a session."""
    target = safe_next(request.args.get("next"))
    if current_user.is_authenticated:
        _take_carried(current_user.id)  # Signed in again meanwhile, in another window.
        return redirect(target)
    form = forms.SignInForm()
    page = {"next": target, "carried": kept.form_carried()}
    if form.validate_on_submit():
        try:
            if signed := form.submit(services.sign_in, **_visitor()):
                return _let_in(signed, target)
        except throttle.TooManyAttempts as refused:
            return _patience(refused, "accounts/sign_in.html", form, **page)
    return _refused("accounts/sign_in.html", form, **page)


@login_manager.unauthorized_handler  # type: ignore[untyped-decorator]
def ask_to_sign_in() -> ResponseReturnValue:
    """Lead a stranger to the form to sign in; what they sent goes along, so that it is not lost."""
    sent = kept.form_sent()
    if not sent:
        return redirect(login_url("accounts.sign_in", request.url))
    target = safe_next(request.form[kept.ADDRESS])
    form = forms.SignInForm(formdata=None)
    page = _refused("accounts/sign_in.html", form, next=target, carried=sent)
    return make_response(page, 401)


def _visitor() -> dict[str, Any]:
    return {
        "address": request.remote_addr or "",
        "browser": _browser(),
        "device": request.cookies.get(_cookie_name("device")),
    }


def _take_carried(user_id: int) -> None:
    """Keep what somebody sent whose session had ended."""
    if carried := kept.form_carried():
        for take in services.arriving.values():
            take(user_id, carried)


def _let_in(signed: services.SignedIn, target: str) -> Response:
    registry.begin(signed.token)
    _take_carried(signed.user.id)
    if signed.is_known_elsewhere and mail_is_configured():
        mails.tell(signed.user, "new_browser")
    response = redirect(target)
    _keep(response, _cookie_name("device"), signed.device)
    return response


@bp.post("/sign-out", permission=Permission.PUBLIC)
def sign_out() -> ResponseReturnValue:
    """End the session of this browser."""
    services.sign_out(registry.token())
    registry.end()
    flash(_("You have signed out"), "success")
    response = redirect(url_for(".sign_in"))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@bp.post("/language", permission=Permission.PUBLIC)
def language() -> ResponseReturnValue:
    """Show the pages in another language from now on."""
    locale = request.form.get("locale", "")
    response = redirect(safe_next(request.form.get("next")))
    if current_user.is_authenticated:
        services.choose_language(_me(), locale)
    elif locale in services.LOCALES:
        _keep(response, "locale", locale)
    return response


# One-time links


@bp.route("/forgot", methods=["GET", "POST"], permission=Permission.PUBLIC)
def forgot() -> ResponseReturnValue:
    """Take a request for a new password; the answer tells nothing of who has an account."""
    form = forms.ForgotForm()
    if not form.validate_on_submit() or not mail_is_configured():
        return _refused("accounts/forgot.html", form, has_mail=mail_is_configured())
    try:
        email = services.request_link(form.email.data, request.remote_addr or "")
    except throttle.TooManyAttempts as refused:
        return _patience(refused, "accounts/forgot.html", form, has_mail=True)
    mails.ask_for_link(email)
    return render_template("accounts/forgot_sent.html", email=email)


@bp.route("/link/<token>", methods=["GET", "POST"], permission=Permission.PUBLIC)
def link(token: str) -> ResponseReturnValue:
    """Let the holder of a one-time link choose a password."""
    found = services.find_link(token)
    if found is None:
        return render_template("accounts/link_unusable.html"), 404
    is_first = services.is_first_administrator(found.user)
    form: Form = forms.FirstAdministratorForm() if is_first else forms.LinkForm()
    if form.validate_on_submit() and (user := form.submit(services.use_link, link=found)):
        if mail_is_configured():
            mails.tell(user, "password_changed")
        flash(_("Your password is set. Sign in with it"), "success")
        return redirect(url_for(".sign_in"))
    return _refused("accounts/link.html", form, user=found.user, is_first=is_first)


# One's own account


@bp.route("/account", methods=["GET", "POST"], permission=Permission.ACCOUNT_OWN)
def account() -> ResponseReturnValue:
    """Show and change what people decide of their own account."""
    me = _me()
    form = forms.AccountForm(obj=me)
    if form.validate_on_submit() and form.submit(services.change_own, user=me):
        flash(_("Changes saved"), "success")
        return redirect(url_for(".account"))
    return _refused("accounts/account.html", form, me=me)


@bp.route("/account/password", methods=["GET", "POST"], permission=Permission.ACCOUNT_OWN)
def change_password() -> ResponseReturnValue:
    """Change one's own password."""
    me = _me()
    form = forms.PasswordForm()
    if form.validate_on_submit():
        try:
            token = form.submit(services.change_password, user=me, browser=_browser())
        except throttle.TooManyAttempts as refused:
            return _patience(refused, "accounts/password.html", form)
        if token:
            return _changed_password(me, token)
    return _refused("accounts/password.html", form)


def _changed_password(me: User, token: str) -> ResponseReturnValue:
    registry.begin(token)
    if mail_is_configured():
        mails.tell(me, "password_changed")
    flash(_("Your password is changed. Your other sessions have ended"), "success")
    return redirect(url_for(".account"))


@bp.get("/account/sessions", permission=Permission.ACCOUNT_OWN)
def sessions() -> ResponseReturnValue:
    """Show where one is signed in."""
    found = [
        session
        for session in db.session.scalars(queries.open_sessions(current_user.id))
        if services.lasts(session)
    ]
    table = pages.sessions(found, services.find_session(registry.token()))
    return render_template("accounts/sessions.html", table=table, has_others=len(found) > 1)


@bp.post("/account/sessions/<int(max=999999999):session_id>/end", permission=Permission.ACCOUNT_OWN)
def end_session(session_id: int) -> ResponseReturnValue:
    """End one of one's own sessions."""
    me = current_user.id
    services.end_session(_own(UserSession, session_id, lambda session: session.user_id == me))
    flash(_("Session ended"), "success")
    return redirect(url_for(".sessions"))


@bp.post("/account/sessions/end", permission=Permission.ACCOUNT_OWN)
def end_other_sessions() -> ResponseReturnValue:
    """End all one's sessions but this one."""
    services.end_all_sessions(_me(), but=registry.token())
    flash(_("All other sessions have ended"), "success")
    return redirect(url_for(".sessions"))


@bp.get("/account/permissions", permission=Permission.ACCOUNT_OWN)
def permissions() -> ResponseReturnValue:
    """Show what each role may do."""
    return render_template("accounts/permissions.html", table=pages.permissions(current_user.role))


# Administration


@bp.get("/admin/users", permission=Permission.ADMIN_USERS)
def users() -> ResponseReturnValue:
    """Show who may sign in."""
    found = db.session.scalars(queries.everybody()).all()
    invited = set(db.session.scalars(queries.open_invitations()))
    held = services.things_held([user.id for user in found if not user.is_enabled])
    return render_template("accounts/users.html", table=pages.users(found, invited, held))


@bp.route("/admin/users/new", methods=["GET", "POST"], permission=Permission.ADMIN_USERS)
def invite_user() -> ResponseReturnValue:
    """Add somebody to the team."""
    form = forms.InvitationForm()
    if form.validate_on_submit() and (user := form.submit(services.invite_user)):
        return _give_link(services.issue_link(user))
    return _refused("accounts/invite.html", form, has_mail=mail_is_configured())


@bp.route(
    "/admin/users/<int(max=999999999):user_id>",
    methods=["GET", "POST"],
    permission=Permission.ADMIN_USERS,
)
def edit_user(user_id: int) -> ResponseReturnValue:
    """Show and change what administrators decide of a user."""
    user = _own(User, user_id)
    form = forms.UserForm(obj=user)
    if form.validate_on_submit() and form.submit(services.change_user, user=user):
        flash(_("Changes saved"), "success")
        return redirect(url_for(".users"))
    return _refused("accounts/user.html", form, user=user)


@bp.post("/admin/users/<int(max=999999999):user_id>/link", permission=Permission.ADMIN_USERS)
def new_link(user_id: int) -> ResponseReturnValue:
    """Send or show a new one-time link."""
    return _give_link(services.issue_link(_own(User, user_id)))


def _give_link(link: OneTimeLink) -> ResponseReturnValue:
    """Send a link by mail; without a mail server, show it once to the administrator."""
    if mail_is_configured():
        mails.send_link(link)
        flash(_("A link is on its way to %(email)s", email=link.user.email), "success")
        return redirect(url_for(".users"))
    server = Base.metadata.info["base_url"] or request.host_url.rstrip("/")
    return render_template(
        "accounts/link_shown.html", link=link, address=server + services.link_path(link)
    )


@bp.post(
    "/admin/users/<int(max=999999999):user_id>/sessions/end", permission=Permission.ADMIN_USERS
)
def end_sessions_of(user_id: int) -> ResponseReturnValue:
    """Sign somebody out everywhere."""
    user = _own(User, user_id)
    services.end_all_sessions(user)
    flash(_("%(name)s is signed out everywhere", name=user.name), "success")
    return redirect(url_for(".users"))


@bp.post("/admin/users/<int(max=999999999):user_id>/lock", permission=Permission.ADMIN_USERS)
def lock_user(user_id: int) -> ResponseReturnValue:
    """Keep somebody out at once, whatever they are in charge of."""
    user = _own(User, user_id)
    services.disable(user)
    flash(_("The account of %(name)s is locked", name=user.name), "success")
    return redirect(url_for(".edit_user", user_id=user.id))


@bp.get("/admin/jobs", permission=Permission.ADMIN_USERS)
def jobs() -> ResponseReturnValue:
    """Show the jobs and mails: which wait, which were given up."""
    asked = request.args.get("state", "")
    state = JobState(asked) if asked in set(JobState) else None
    found = db.session.scalars(queries.jobs(state).limit(MOST_JOBS)).all()
    counts = {row.state: row.jobs for row in db.session.execute(queries.jobs_by_state())}
    return render_template(
        "accounts/jobs.html", table=pages.jobs(found), states=pages.job_states(counts, state)
    )


@bp.post("/admin/jobs/<int(max=999999999):job_id>/retry", permission=Permission.ADMIN_USERS)
def retry_job(job_id: int) -> ResponseReturnValue:
    """Give a job that was given up another day of attempts."""
    queue.retry(_own(Job, job_id))
    flash(_("The job will be tried again in a moment"), "success")
    return redirect(url_for(".jobs"))
