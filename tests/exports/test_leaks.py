"""What may not leave is in no file: every list, every column, every format, all readers."""

from io import BytesIO
from types import SimpleNamespace
from zipfile import ZipFile, is_zipfile

import pytest
from werkzeug.datastructures import MultiDict

from crm.core.clock import today
from crm.core.db import db
from crm.core.principal import SYSTEM, TEAM, acting_as
from crm.exports import gathering
from crm.exports.files import TABLES, ListFile
from crm.exports.models import ExportFormat
from crm.exports.workbook import is_offered_for
from crm.records.audience import Audience
from crm.records.kinds import registry
from crm.records.listing import Listing
from crm.records.models import ContactPoint, Record
from tests.factories.interactions import exchange_with
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory, PositionFactory
from tests.security.world import build

NOTE, PRIVATE, LEFT_ALONE = "Remarque de travail", "prive@example.org", "Qui S’Oppose"


@pytest.fixture
def secrets(session, database):
    """Make a world with every kind of record; return what must be in no file."""
    hidden = build(SimpleNamespace(current="open"), with_confidential=True)["hidden"]
    lamp = OrganisationFactory(name="Lampe", good_to_know=NOTE)
    person = PersonFactory(name="Ida Ferry", good_to_know=NOTE)
    PositionFactory(person_id=person.id, organisation_id=lamp.id)
    objecting = PersonFactory(name=LEFT_ALONE, objected_on=today())
    PositionFactory(person_id=objecting.id, organisation_id=lamp.id)
    exchange_with(objecting, lamp, subject="Appel")
    for record in (lamp, person):
        session.add(ContactPoint(record_id=record.id, kind="email", value=PRIVATE, is_private=True))
    session.flush()
    titles = [
        record.title for record in session.query(Record).where(Record.id.in_(hidden.values()))
    ]
    assert len(titles) >= 6
    return [*titles, NOTE, PRIVATE, LEFT_ALONE]


def _content(file):
    content = b"".join(file.pieces())
    if not is_zipfile(BytesIO(content)):
        return content.decode("utf-8-sig")
    with ZipFile(BytesIO(content)) as archive:
        return " ".join(archive.read(name).decode() for name in archive.namelist())


def _formats(kind, audience):
    yield from TABLES
    if audience.may_learn(Audience.PARTNER) and kind.name == "person":
        yield ExportFormat.VCARD
    if is_offered_for(kind.name) and audience is Audience.INTERNAL:
        yield ExportFormat.WORKBOOK


@pytest.mark.parametrize("audience", Audience)
def test_no_file_of_any_list_holds_what_may_not_leave(app, secrets, audience):
    looked_at = 0
    with app.test_request_context(), acting_as(db.session, SYSTEM):
        for kind in registry.kinds.values():
            if audience not in gathering.audiences_of(kind):
                continue
            columns = list(gathering.columns_for(kind, audience).values())
            for file_format in _formats(kind, audience):
                file = ListFile(
                    Listing(kind, MultiDict()),
                    columns,
                    file_format,
                    audience,
                    author="Claire",
                    language="fr",
                    base_url="https://crm.example.org",
                    principal=TEAM,
                )
                content = _content(file)
                assert file.count, (kind.name, file_format)
                for secret in secrets:
                    assert secret not in content, (kind.name, file_format, secret)
                looked_at += 1
    assert looked_at >= (40 if audience is Audience.INTERNAL else 25)
