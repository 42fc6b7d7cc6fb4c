"""What the pages of inviting and reminding show."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crm.core.db import db
from crm.core.i18n import _, _n
from crm.core.languages import language_name
from crm.core.lists import language as interface
from crm.core.text import capitalised
from crm.declarations.models import Declaration
from crm.invitations import mails, queries, services, texts
from crm.invitations.candidates import MENDABLE, Candidate
from crm.invitations.forms import WordingForm
from crm.invitations.models import Invitation, MailKind
from crm.invitations.services import Words
from crm.records.kinds import record_link, registry
from crm.web.cells import Link


@dataclass(frozen=True)
class Group:
    """Candidates of the check list under a heading."""

    title: str
    rows: Sequence[Candidate]
    is_mendable: bool = False
    is_closed: bool = False


@dataclass(frozen=True)
class Preview:
    """The words in a language, and how they read to one of those who get them."""

    name: str
    count: int
    form: WordingForm
    sample: Words
    reader: str


@dataclass(frozen=True)
class SilentRow:
    """Somebody who has not answered."""

    invitation: Invitation
    asked: Any
    is_recent: bool
    has_failed: bool
    is_ticked: bool


def groups(candidates: Sequence[Candidate]) -> list[Group]:
    """Return the check list under its headings, what needs mending first."""
    mend = [each for each in candidates if each.obstacle in MENDABLE]
    ready = [each for each in candidates if each.obstacle is None]
    barred = [each for each in candidates if not each.can_be_invited]
    found = [
        Group(_("To mend (%(count)d)", count=len(mend)), mend, is_mendable=True),
        Group(_("To invite (%(count)d)", count=len(ready)), ready),
        Group(_("Not to be invited (%(count)d)", count=len(barred)), barred, is_closed=True),
    ]
    return [group for group in found if group.rows]


def looked_at(candidates: Sequence[Candidate]) -> str:
    """Return how many there are, in words."""
    return _n("%(num)d name looked at", "%(num)d names looked at", len(candidates))


def left_out(candidates: Sequence[Candidate]) -> str:
    """Return how many of those who could be invited are not, in words; nothing where all are."""
    count = sum(each.can_be_invited and not each.is_chosen for each in candidates)
    return _n("%(num)d is left out", "%(num)d are left out", count) if count else ""


def why_not(candidate: Candidate) -> Any:
    """Return why somebody cannot be invited, leading to the line there is already."""
    words = candidate.reason or str(candidate.obstacle.label if candidate.obstacle else "")
    if candidate.signature is None:
        return words
    kind = registry.kinds["declaration"]
    url = kind.url(
        candidate.signature.declaration,
        "edit_part",
        part_name="signatures",
        part_id=candidate.signature.id,
    )
    return Link(words, url)


def offered_languages(declaration: Declaration) -> list[tuple[str, str]]:
    """Return the languages of the text, with their names."""
    return [(code, language_name(code, interface())) for code in texts.newest(declaration.id)]


def previews(
    declaration: Declaration,
    kind: MailKind,
    readers: Sequence[tuple[str, str, str]],
    answers: Mapping[str, str] | None,
) -> list[Preview]:
    """Return the words in each language in which somebody is written to.

    :param readers: (language, name of the signatory, name of the contact) of each mail.
    """
    counted = Counter(code for code, _name, _contact in readers)
    first = {code: (name, contact) for code, name, contact in reversed(readers)}
    shown = []
    for code, count in counted.most_common():
        form = WordingForm(code, kind, answers, has_deadline=mails.has_deadline(declaration))
        name, contact = first[code]
        sample = mails.sample(declaration, form.words, name=name, contact=contact, language=code)
        shown.append(
            Preview(capitalised(language_name(code, interface())), count, form, sample, name)
        )
    return shown


def candidate_readers(chosen: Sequence[Candidate]) -> list[tuple[str, str, str]]:
    """Return whom the mails of an invitation go to."""
    return [
        (
            each.language,
            each.record.title,
            next(
                (whose for address, whose in each.addresses if address == each.address),
                each.record.title,
            )
            if each.address in each.contacts
            else each.record.title,
        )
        for each in chosen
    ]


def silent_rows(declaration: Declaration, ticked: Sequence[str] | None) -> list[SilentRow]:
    """Return who has not answered; ticked are those who can be asked now.

    :param ticked: the ids that were ticked on the page; None when it is first shown.
    """
    silent = db.session.scalars(queries.silent_on(declaration)).all()
    recent = services.asked_lately([each.address for each in silent])
    rows = []
    for each in silent:
        asked = recent.get(each.address.casefold())
        last = next(reversed(each.mails), None)
        failed = last is not None and last.state in queries.FAILED and last.address == each.address
        can_be_asked = asked is None and not failed
        rows.append(
            SilentRow(
                each,
                asked or max((mail.queued_at for mail in each.mails), default=None),
                is_recent=asked is not None,
                has_failed=failed,
                is_ticked=can_be_asked if ticked is None else str(each.id) in ticked,
            )
        )
    return rows


def silent_readers(rows: Sequence[SilentRow]) -> list[tuple[str, str, str]]:
    """Return whom the reminders go to."""
    return [
        (
            row.invitation.language,
            row.invitation.signature.displayed_name,
            row.invitation.greeted,
        )
        for row in rows
    ]


def send_label(kind: MailKind, count: int) -> str:
    """Return what the button says that sends."""
    if not count:
        return _("Send the reminders") if kind is MailKind.REMINDER else _("Send the invitations")
    if kind is MailKind.REMINDER:
        return _n("Send %(num)d reminder", "Send %(num)d reminders", count)
    return _n("Send %(num)d invitation", "Send %(num)d invitations", count)


def name_of(candidate: Candidate) -> Any:
    """Return the name of a candidate, leading to its page."""
    return record_link(candidate.record)
