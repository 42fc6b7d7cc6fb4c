"""The check list before inviting: whom, at which address, in which language, and what is odd."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from email_validator import EmailNotValidError, validate_email
from sqlalchemy.orm import selectin_polymorphic
from werkzeug.datastructures import MultiDict

from crm.core.choice import Choice
from crm.core.clock import today
from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _, _l
from crm.core.text import fold
from crm.declarations.eligibility import eligibility_of, usual_category
from crm.declarations.models import Declaration, Signature, SignatureStatus
from crm.invitations import queries, texts
from crm.invitations.services import MOST, Invitee
from crm.meetings.pasting import read
from crm.networks import queries as networks
from crm.organisations.models import Organisation
from crm.people import queries as people
from crm.people.matching import Sought, match_all, organisations_named
from crm.people.models import Person
from crm.records import queries as records
from crm.records.kinds import RecordKind, registry
from crm.records.listing import Listing
from crm.records.models import ContactKind, Record
from crm.saved_views.models import SavedView
from crm.saved_views.sources import listing_of

SIGNATORIES = ("organisation", "person")
LISTS = ("organisation", "network", "person")
"""Lists of those who may sign."""
FRENCH_SPEAKING = frozenset({"FR", "BE", "LU", "MC"})


class Obstacle(Choice):
    """Why somebody cannot be invited as they stand."""

    NO_ADDRESS = "no_address", _l("No email address is known: enter one")
    BAD_ADDRESS = "bad_address", _l("This address cannot be right: mend it")
    SIGNED = "signed", _l("Has signed already")
    DECLINED = "declined", _l("Has declined already")
    INVITED = "invited", _l("Was invited already: remind them instead")
    NOT_OPEN = "not_open", _l("May not sign this declaration")


TICKED, MENDED = "ticked", "mended"
_MAIL = re.compile(r"\S+@\S+")
MENDABLE = (Obstacle.NO_ADDRESS, Obstacle.BAD_ADDRESS)
_BY_STATUS = {
    SignatureStatus.SIGNED: Obstacle.SIGNED,
    SignatureStatus.DECLINED: Obstacle.DECLINED,
}


@dataclass
class Candidate:
    """Somebody who may be invited.

    :param addresses: what is known, the most fitting first, with whose it is.
    :param notes: what is good to know and keeps nobody from being invited.
    """

    record: Record
    address: str
    language: str
    addresses: Sequence[tuple[str, str]] = ()
    obstacle: Obstacle | None = None
    reason: str = ""
    signature: Signature | None = None
    notes: list[str] = field(default_factory=list)
    is_chosen: bool = True
    is_ticked: bool = True
    contacts: Mapping[str, int] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Return what its fields are called in the form."""
        return str(self.record.id)

    @property
    def can_be_invited(self) -> bool:
        """Tell whether a right address is all it takes."""
        return self.obstacle is None or self.obstacle in MENDABLE

    def invitee(self) -> Invitee:
        """Return whom to invite."""
        return Invitee(self.record.id, self.address, self.language, self.contacts.get(self.address))


@dataclass(frozen=True)
class Source:
    """Whom somebody thinks of inviting, before anything is checked.

    :param given: addresses that stood beside names, by the id of the record.
    :param unknown: lines that name nobody we know.
    """

    ids: Sequence[int]
    given: Mapping[int, str] = field(default_factory=dict)
    unknown: Sequence[str] = ()


# Where they come from


def members_of(network_id: int) -> Source:
    """Return the members of a network today, besides ourselves."""
    ours = set(db.session.scalars(networks.ours()))
    ids = [
        each
        for each in db.session.scalars(networks.members_on(network_id, today()))
        if each not in ours
    ]
    return Source(ids)


def of_list(address: str) -> Source:
    """Return who is on a list whose address somebody copied, filters and all.

    :raises InvalidValue: at ``list_address`` when it is no list of organisations or people.
    """
    try:
        parts = urlsplit(address)
    except ValueError:  # “http://[x”
        parts = urlsplit("")
    path = parts.path.strip("/")
    kind: RecordKind | None = next(
        (
            each
            for each in registry.kinds.values()
            if each.path == path and each.stored_kind in SIGNATORIES
        ),
        None,
    )
    if kind is None:
        raise InvalidValue(
            "list_address",
            _("Copy the address of a list of organisations, networks or people, with its filters"),
        )
    return _listed(Listing(kind, MultiDict(parse_qsl(parts.query))), "list_address")


def of_view(view: SavedView) -> Source:
    """Return who is in a saved view of organisations, networks or people.

    :raises InvalidValue: at ``view`` when it asks for something that is not known any more.
    """
    return _listed(listing_of(view), "view")


def _listed(listing: Listing, field_name: str) -> Source:
    if listing.notices:
        raise InvalidValue(field_name, listing.notices[0])
    return Source(list(db.session.scalars(listing.ids(MOST + 1))))


def of_lines(text: str) -> Source:
    """Return who is named on lines: a name, “Name <mail>” or “Name, mail”.

    :raises InvalidValue: at ``text``.
    """
    lines = [line for line in read(text).lines if line.raw.strip()]
    wholes = [_MAIL.sub("", line.raw).strip(" ,;<>\t") for line in lines]
    names = organisations_named(
        name
        for line, whole in zip(lines, wholes, strict=True)
        for name in (whole, line.name, line.organisation)
        if name
    )
    matches = match_all([Sought(line.name, line.organisation, line.email) for line in lines])
    ids: dict[int, str] = {}
    unknown = []
    for line, whole, match in zip(lines, wholes, matches, strict=True):
        # The whole line first: “Secours (Section France)” is one name.
        spelt = (whole, line.name, line.organisation)
        found = next((names[fold(each)] for each in spelt if each and fold(each) in names), None)
        if found is None and match.person is not None:
            found = match.person.id
        if found is None:
            unknown.append(line.raw)
        else:
            ids[found] = ids.get(found) or line.email or ""
    return Source(list(ids), {key: mail for key, mail in ids.items() if mail}, unknown)


# The check


def check_list(declaration: Declaration, source: Source) -> list[Candidate]:
    """Return everybody who is thought of, those with something to mend first.

    :raises InvalidValue: when they are too many for one mailing.
    """
    ids = list(dict.fromkeys(source.ids))
    if len(ids) > MOST:
        raise InvalidValue(
            None,
            _(
                "These are more than %(most)d. Narrow the list and invite in several goes",
                most=MOST,
            ),
        )
    query = records.by_sort_key(records.with_ids(ids, SIGNATORIES))
    found = db.session.scalars(
        query.options(selectin_polymorphic(Record, [Organisation, Person]))
    ).all()
    addresses = _Addresses(found)
    offered = list(texts.newest(declaration.id))
    candidates = [_candidate(record, addresses, source.given, offered) for record in found]
    _note_obstacles(declaration, candidates)
    _note_coverage(declaration, candidates)
    return sorted(candidates, key=lambda each: (each.obstacle not in MENDABLE, not each.is_chosen))


def _candidate(
    record: Record, known: "_Addresses", given: Mapping[int, str], offered: Sequence[str]
) -> Candidate:
    options = known.of(record)
    address = given.get(record.id) or next((address for address, _whose in options), "")
    person = known.people.get(known.contacts.get(address, 0))
    return Candidate(
        record=record,
        address=address,
        language=known.languages.get(record.id) or _language(record, person, offered),
        addresses=options,
        contacts=known.contacts,
    )


def _language(record: Record, person: Person | None, offered: Sequence[str]) -> str:
    """Propose the language of the contact, else that of the country."""
    spoken = (
        f"{(person.languages or '') if person else ''} {getattr(record, 'languages', '') or ''}"
    )
    for each in fold(spoken.replace(";", " ").replace(",", " ")).split():
        if each[:2] in offered:
            return each[:2]
    country = getattr(record, "country", None)
    wished = "fr" if country in FRENCH_SPEAKING else "en"
    return wished if wished in offered else next(iter(offered), "fr")


class _Addresses:
    """The addresses of many, fetched at once."""

    def __init__(self, found: Sequence[Record]) -> None:
        ids = [record.id for record in found]
        positions = db.session.scalars(people.working_at_any(ids, today())).all()
        self.staff: dict[int, list[Person]] = defaultdict(list)
        for position in positions:
            self.staff[position.organisation_id].append(position.person)
        self.people = {person.id: person for each in self.staff.values() for person in each}
        points = records.public_contact_points([*ids, *self.people])
        self.points: dict[int, list[str]] = defaultdict(list)
        for point in db.session.scalars(points):
            if point.kind is ContactKind.EMAIL:
                self.points[point.record_id].append(point.value.strip())
        self.earlier: dict[int, str] = {}
        self.languages: dict[int, str] = {}
        for invitation in db.session.scalars(queries.latest_addresses(ids)):
            self.earlier[invitation.signatory_id] = invitation.address
            self.languages[invitation.signatory_id] = invitation.language
        self.contacts = {
            address: person.id
            for person in self.people.values()
            for address in self.points[person.id]
        }
        everything = [*self.contacts, *(each for some in self.points.values() for each in some)]
        self.failed = set(db.session.scalars(queries.failed_addresses(everything)))

    def of(self, record: Record) -> list[tuple[str, str]]:
        """Return the addresses of a record: used before, of its people, its own."""
        options: dict[str, str] = {}
        if earlier := self.earlier.get(record.id):
            options[earlier] = _("used before")
        for person in self.staff.get(record.id, ()):
            for address in self.points[person.id]:
                options.setdefault(address, person.title)
        for address in self.points[record.id]:
            options.setdefault(address, record.title)
        return sorted(options.items(), key=lambda each: each[0] in self.failed)


def _note_obstacles(declaration: Declaration, candidates: Iterable[Candidate]) -> None:
    candidates = list(candidates)
    eligibility = eligibility_of(declaration)
    invited = set(db.session.scalars(queries.invited_lines(declaration.id)))
    ids = [each.record.id for each in candidates]
    known = {
        signature.signatory_id: signature
        for signature in db.session.scalars(queries.signatures_by(declaration.id, ids))
    }
    for each in candidates:
        signature = known.get(each.record.id)
        if signature is not None and signature.status is SignatureStatus.WITHDRAWN:
            each.notes.append(_("Had signed and withdrew"))
        elif signature is not None and signature.id in invited:
            each.obstacle = _BY_STATUS.get(signature.status, Obstacle.INVITED)
            each.signature = signature
        elif signature is not None and signature.status in _BY_STATUS:
            each.obstacle, each.signature = _BY_STATUS[signature.status], signature
        elif signature is not None:
            each.notes.append(_("On the list: %(status)s", status=signature.status.label))
        if each.obstacle is None:
            try:
                eligibility.check(each.record.id, usual_category(each.record))
            except InvalidValue as refused:
                each.obstacle, each.reason = Obstacle.NOT_OPEN, str(refused.message)
        if each.obstacle is None:
            each.obstacle = address_obstacle(each.address)
        each.is_chosen = each.obstacle is None


def address_obstacle(address: str) -> Obstacle | None:
    """Return what is wrong with an address, if anything is."""
    if not address:
        return Obstacle.NO_ADDRESS
    try:
        # Whether the domain takes mail shows when the mail is sent.
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return Obstacle.BAD_ADDRESS
    return Obstacle.BAD_ADDRESS if len(address) > 254 else None


def _note_coverage(declaration: Declaration, candidates: Sequence[Candidate]) -> None:
    """Say who sits in a network that has signed; they may sign all the same (R-7.9)."""
    ids = [each.record.id for each in candidates]
    covered: dict[int, list[str]] = defaultdict(list)
    for member_id, network in db.session.execute(
        queries.covering_networks(declaration.id, ids, today())
    ):
        covered[member_id].append(network.title)
    for each in candidates:
        if names := covered.get(each.record.id):
            each.notes.append(_("Already covered by %(network)s", network=", ".join(names)))


def answered(candidates: Sequence[Candidate], answers: Mapping[str, str]) -> list[Candidate]:
    """Put in what was ticked, mended and chosen on the check list.

    Who lacked an address is invited when one was entered, and left out otherwise.

    :returns: those to invite; whose address is still wrong carries the obstacle.
    """
    for each in candidates:
        if not each.can_be_invited:
            continue
        each.address = answers.get(f"address-{each.key}", each.address).strip()[:300]
        each.language = answers.get(f"language-{each.key}", each.language)
        ticked = answers.get(f"invite-{each.key}")
        each.is_ticked = ticked is not None
        each.is_chosen = ticked == TICKED or (ticked == MENDED and bool(each.address))
        each.obstacle = address_obstacle(each.address)
    return [each for each in candidates if each.is_chosen]
