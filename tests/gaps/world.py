"""A network, declarations, and what its members have done about them."""

from crm.core.db import db
from crm.core.partial_date import PartialDate
from crm.declarations.models import SignatureStatus
from crm.records.models import Record
from tests.factories.declarations import DeclarationFactory, SignatureFactory
from tests.factories.networks import MembershipFactory, TermFactory, kind_of_link
from tests.factories.organisations import OrganisationFactory


def on(text):
    return PartialDate.parse_iso(text) if text else None


def sits(member, network, since=None, until=None, *, kind="member"):
    """Make a record a member of a network, and return it."""
    link = MembershipFactory(member_id=member.id, network_id=network.id, kind_id=kind_of_link(kind))
    TermFactory(membership=link, since=on(since), until=on(until))
    return member


def member(network, name, **values):
    """Make an organisation that sits in a network."""
    return sits(OrganisationFactory(name=name, **values), network)


def dated(name, day=None, **values):
    """Make a declaration of a day, or without one."""
    return DeclarationFactory(name=name, dated=on(day), **values)


def state(declaration, signatory, status=SignatureStatus.SIGNED, **values):
    """Put somebody on the list of a declaration."""
    return SignatureFactory(
        declaration_id=declaration.id, signatory_id=signatory.id, status=status, **values
    )


def words(element):
    return " ".join(element.text_content().split())


def table(page):
    """Return what each member has done about each declaration, as a reader of the page gets it."""
    headings = [
        words(each.find(".//bdi")) for each in page.select("//table//thead//th[position()>1]")
    ]
    return {
        words(row.xpath("./th//a")[0]): dict(
            zip(headings, (_state(each) for each in row.xpath("./td")), strict=True)
        )
        for row in page.select("//table//tbody/tr[not(@class='totals')]")
    }


def _state(cell):
    """Return the word of a cell, without its shape, which is hidden from those who listen."""
    shapes = cell.xpath(".//*[@aria-hidden='true']")
    assert shapes, "a state is told by a shape and a word"
    for shape in shapes:
        shape.text = ""
    return words(cell)


def totals(page):
    """Return how many members are in which state, by declaration, as the page says it."""
    headings = [
        words(each.find(".//bdi")) for each in page.select("//table//thead//th[position()>1]")
    ]
    cells = page.select("//table//tr[@class='totals']/td")
    return {
        name: {
            label: int(number)
            for line in cell.xpath(".//div[@class='lines']/div")
            for label, number in [words(line).split(": ")]
        }
        for name, cell in zip(headings, cells, strict=True)
    }


def hide(record, visibility):
    """Show a record to fewer people."""
    db.session.get(Record, record.id).visibility = visibility
    db.session.flush()
