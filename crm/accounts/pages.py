"""What the pages of accounts show: tables of users, sessions, permissions and jobs."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from crm.accounts import services
from crm.accounts.models import Role, User, UserSession
from crm.accounts.wording import MEANING
from crm.core.i18n import _, _l
from crm.core.queue import Job, JobState
from crm.permissions import ROLES
from crm.web.cells import Action, Chip, Lines, Link, Tone
from crm.web.tables import HeaderCell, Row, Table


@dataclass(frozen=True)
class StateLink:
    """A link that narrows the table of jobs to a state."""

    label: Any
    count: int
    url: str
    current: bool


def users(found: Sequence[User], invited: Collection[int], held: Mapping[int, int]) -> Table:
    """Return the table of the users.

    :param invited: ids of those whose invitation is open.
    :param held: of how many things those who may not sign in are in charge.
    """
    rows = [
        Row(
            [
                Link(user.name, url_for("accounts.edit_user", user_id=user.id)),
                user.email,
                user.role,
                _user_state(user, user.id in invited, user.id in held),
            ],
            actions=[_hand_over(user)] if user.id in held else (),
        )
        for user in found
    ]
    headings = [HeaderCell(label) for label in (_("Name"), _("Email"), _("Role"), _("Access"))]
    return Table(_("Users"), headings, rows)


def _hand_over(user: User) -> Action:
    return Action(_("Hand over"), url_for("handover.hand_over", user_id=user.id))


def _user_state(user: User, is_invited: bool, is_in_charge: bool) -> Chip:
    if not user.is_enabled and is_in_charge:
        return Chip(_("Locked, to be handed over"), "warn", "▲")
    if not user.is_enabled:
        return Chip(_("Turned off"), "neutral", "■")
    if user.password_hash:
        return Chip(_("May sign in"), "ok", "●")
    if is_invited:
        return Chip(_("Invited"), "info", "◐")
    return Chip(_("Invitation expired"), "warn", "◔")


def sessions(found: Sequence[UserSession], current: UserSession | None) -> Table:
    """Return the table of somebody's own sessions."""
    rows = []
    for session in found:
        here = current is not None and session.id == current.id
        name = session.browser or _("Unknown browser")
        rows.append(
            Row(
                [
                    Lines([name, Chip(_("This browser"), "info", "●")]) if here else name,
                    session.created_at,
                    session.seen_at,
                    services.ends_at(session),
                ],
                actions=()
                if here
                else (
                    Action(
                        _("End this session"),
                        url_for("accounts.end_session", session_id=session.id),
                        "post",
                    ),
                ),
            )
        )
    labels = (_("Browser"), _("Signed in"), _("Last seen"), _("Ends if not used"))
    return Table(_("My sessions"), [HeaderCell(label) for label in labels], rows)


def permissions(mine: Role) -> Table:
    """Return the matrix of roles and permissions; one's own role is marked."""
    headings = [HeaderCell(_("What"))]
    for role in Role:
        label = _("%(role)s (you)", role=role.label) if role is mine else role.label
        headings.append(HeaderCell(label))
    yes, no = Chip(_("Yes"), "ok", "●"), _("No")
    rows = [
        Row([meaning, *(yes if permission in ROLES[role.value] else no for role in Role)])
        for permission, meaning in MEANING.items()
    ]
    return Table(_("What each role may do"), headings, rows)


_STATES: dict[JobState, tuple[Tone, str]] = {
    JobState.WAITING: ("info", "◐"),
    JobState.RUNNING: ("info", "▶"),
    JobState.DONE: ("ok", "●"),
    JobState.DEAD: ("danger", "▲"),
}
_JOBS = {
    "mail": _l("Mail"),
    "accounts.link": _l("Mail with a one-time link"),
    "accounts.forgot": _l("Request for a new password"),
    "agenda.digest": _l("Daily mail"),
}


def jobs(found: Sequence[Job]) -> Table:
    """Return the table of the jobs."""
    rows = [
        Row(
            [
                _JOBS.get(job.name, job.name),
                Chip(job.state.label, *_STATES[job.state]),
                job.created_at,
                job.attempts,
                job.run_at if job.state is JobState.WAITING else job.finished_at,
                job.last_error,
            ],
            actions=(Action(_("Try again"), url_for("accounts.retry_job", job_id=job.id), "post"),)
            if job.state is JobState.DEAD
            else (),
        )
        for job in found
    ]
    return Table(
        _("Jobs"),
        [
            HeaderCell(_("Job")),
            HeaderCell(_("State")),
            HeaderCell(_("Created")),
            HeaderCell(_("Attempts"), numeric=True),
            HeaderCell(_("Next attempt or end")),
            HeaderCell(_("Last error")),
        ],
        rows,
    )


def job_states(counts: Mapping[JobState, int], chosen: JobState | None) -> list[StateLink]:
    """Return the states to choose from, with how many jobs each has."""
    links = [StateLink(_("All"), sum(counts.values()), url_for("accounts.jobs"), chosen is None)]
    for state in JobState:
        url = url_for("accounts.jobs", state=state.value)
        links.append(StateLink(state.label, counts.get(state, 0), url, state is chosen))
    return links


_BROWSERS = (
    ("Firefox", r"Firefox/(\d+)"),
    ("Edge", r"Edg(?:e|A|iOS)?/(\d+)"),
    ("Opera", r"OPR/(\d+)"),
    ("Chrome", r"(?:Chrome|CriOS)/(\d+)"),
    ("Safari", r"Version/(\d+)[\d.]* (?:Mobile/\S+ )?Safari"),
)
_SYSTEMS = ("Windows", "Android", "iPhone", "iPad", "Macintosh", "Linux")


def browser_name(user_agent: str) -> str:
    """Return a browser as its owner knows it: “Firefox 140, Windows”. No more of it is kept."""
    found = [
        f"{name} {match[1]}"
        for name, pattern in _BROWSERS
        if (match := re.search(pattern, user_agent[:500]))
    ][:1]
    found += [system for system in _SYSTEMS if system in user_agent][:1]
    return ", ".join(found).replace("Macintosh", "macOS")
