"""What proves a declaration: frozen lists, and a history that shows what was changed past it."""

import pytest
import sqlalchemy as sa
from sqlalchemy import select

from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.declarations import services
from crm.declarations.models import (
    Declaration,
    DeclarationText,
    FrozenList,
    SignatoryCategory,
    Signature,
    SignatureStatus,
    Stage,
)
from crm.declarations.proof import verify
from crm.records import history
from crm.records.models import Change, ChangedRecord, Visibility
from crm.records.services import trash
from tests.factories.declarations import SignatureFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory
from tests.invitations.world import open_declaration, place


@pytest.fixture
def declaration(session):
    """Return an open declaration that two have signed."""
    made = open_declaration(languages=("en",))
    text = session.scalars(select(DeclarationText)).one()
    for name in ("Refuge as printed", "Asile ensemble"):
        SignatureFactory(
            declaration_id=made.id,
            displayed_name=name,
            text_id=text.id,
            text_sha256=text.sha256,
            country="FR",
        )
    session.commit()
    return made


def close(declaration, stage=Stage.CLOSED):
    services.move(db.session.get(Declaration, declaration.id), stage=stage, reason=None)
    db.session.commit()


def past_passerelle(session, statement):
    """Do what somebody with the database itself could."""
    session.flush()
    session.connection().execute(statement)
    session.expire_all()


def without_triggers(session, table):
    """Take away what keeps history from being rewritten."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        return
    triggers = sa.text("SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name=:table")
    for (name,) in connection.execute(triggers, {"table": table}).all():
        connection.execute(sa.text(f'DROP TRIGGER "{name}"'))


def faults(declaration):
    return verify(db.session.get(Declaration, declaration.id)).faults


def frozen(session):
    return session.scalars(select(FrozenList)).all()


# Frozen lists


def test_closing_freezes_the_list_and_handing_in_the_same_one_keeps_it_once(session, declaration):
    close(declaration)
    close(declaration, Stage.SUBMITTED)
    [listed] = frozen(session)
    assert listed.sha256 == listed.fingerprint()
    assert "Refuge as printed" in listed.text
    assert faults(declaration) == []


def test_a_late_signature_is_frozen_when_it_is_handed_in(session, declaration):
    close(declaration)
    SignatureFactory(declaration_id=declaration.id, displayed_name="Late")
    close(declaration, Stage.SUBMITTED)
    assert len(frozen(session)) == 2
    assert faults(declaration) == []


def test_nobody_has_signed_freezes_nothing(session):
    declaration = open_declaration()
    close(declaration)
    assert frozen(session) == []


def test_a_frozen_list_stays_whatever_happens_to_its_signatories(browser, session, declaration):
    close(declaration)
    signature = session.scalars(
        select(Signature).where(Signature.displayed_name == "Asile ensemble")
    ).one()
    services.change_signature(signature, signature.version, status=SignatureStatus.WITHDRAWN)
    [listed] = frozen(session)
    page = browser.sign_in("viewer").get(
        "declarations.frozen_list", place=place(declaration), list_id=listed.id
    )
    assert "Asile ensemble" in page.text
    assert "The list and its fingerprint agree" in page.text
    assert listed.sha256 in page.text
    assert faults(declaration) == []


@pytest.mark.parametrize("change", ["change", "remove"])
def test_a_frozen_list_can_be_neither_changed_nor_removed(session, declaration, change):
    close(declaration)
    [listed] = frozen(session)
    if change == "change":
        listed.text = "Somebody else"
    else:
        session.delete(listed)
    with pytest.raises(InvalidValue, match="figée"):
        session.flush()
    session.rollback()


def test_a_frozen_list_names_nobody_who_hides(browser, session, declaration):
    hidden = OrganisationFactory(name="Hidden house")
    SignatureFactory(
        declaration_id=declaration.id, signatory_id=hidden.id, displayed_name="Hidden house"
    )
    secret = OrganisationFactory(name="Secret house", visibility=Visibility.MANAGERS)
    SignatureFactory(
        declaration_id=declaration.id, signatory_id=secret.id, displayed_name="Secret house"
    )
    session.commit()
    close(declaration)
    [listed] = frozen(session)
    assert "Hidden house" in listed.text
    assert "Secret house" not in listed.text, "who hid when it was frozen is not on it"
    hidden.visibility = Visibility.MANAGERS
    session.commit()
    browser.sign_in("viewer")
    for address in (
        browser.address("declarations.frozen_list", place=place(declaration), list_id=listed.id),
        browser.address("declarations.history", place=place(declaration)),
        browser.address("declarations.detail", place=place(declaration)),
    ):
        page = browser.get(address)
        assert page.status == 200
        assert "Hidden house" not in page.html
    assert not any(
        "Refuge as printed" in str(each.values)
        for each in session.scalars(select(Change).where(Change.row_table == "declaration_lists"))
    )


def test_the_list_of_another_declaration_is_not_found(browser, session, declaration):
    close(declaration)
    [listed] = frozen(session)
    other = open_declaration("Other")
    page = browser.sign_in().get("declarations.frozen_list", place=place(other), list_id=listed.id)
    assert page.status == 404


# Tampering


@pytest.mark.parametrize(
    "values",
    [
        {"displayed_name": "Another name"},
        {"status": SignatureStatus.SIGNED.value, "displayed_name": "Refuge as printed "},
        {"status": SignatureStatus.DECLINED.value},
        {"country": "DE"},
        {"category": SignatoryCategory.CITY.value},
        {"may_publish": True},
        {"text_sha256": "0" * 64},
        {"text_id": None, "text_sha256": None},
        {"capacity": "Minister"},
    ],
)
def test_a_signature_changed_in_the_database_is_found(session, declaration, values):
    table = Signature.__table__
    past_passerelle(
        session,
        sa.update(table).where(table.c.displayed_name == "Refuge as printed").values(**values),
    )
    assert faults(declaration)


def test_a_signature_added_or_taken_out_in_the_database_is_found(session, declaration):
    table = Signature.__table__
    row = dict(session.execute(select(table).limit(1)).mappings().one())
    other = OrganisationFactory(name="Never asked")
    past_passerelle(
        session,
        sa.insert(table).values({**row, "id": 999_999_001, "signatory_id": other.id}),
    )
    assert any("en dehors de Passerelle" in each for each in faults(declaration))
    past_passerelle(session, sa.delete(table).where(table.c.id == 999_999_001))
    assert faults(declaration) == []
    past_passerelle(session, sa.delete(table).where(table.c.displayed_name == "Asile ensemble"))
    assert any("qui a disparu" in each for each in faults(declaration))


def test_a_signature_taken_out_with_what_ties_it_to_its_page_is_found(session, declaration):
    without_triggers(session, "changed_records")
    past_passerelle(session, sa.delete(ChangedRecord.__table__))
    table = Signature.__table__
    past_passerelle(session, sa.delete(table).where(table.c.displayed_name == "Asile ensemble"))
    assert faults(declaration)


def test_what_hides_or_is_in_the_trash_is_no_fault_and_is_named_to_nobody(
    app, browser, session, declaration
):
    hidden = PersonFactory(name="Hidden signer", visibility=Visibility.MANAGERS)
    first, second = session.scalars(select(Signature)).all()
    services.change_signature(first, first.version, signed_by_id=hidden.id)
    trash(second.signatory)
    session.commit()
    assert faults(declaration) == []
    page = browser.sign_in("viewer").get("declarations.signatories", place=place(declaration))
    assert "Texts, signatures and fingerprints agree" in page.text
    done = app.test_cli_runner().invoke(args=["verify", "declaration", str(declaration.id)])
    assert done.exit_code == 0
    past_passerelle(session, sa.update(Signature.__table__).values(country="DE"))
    page = browser.get("declarations.signatories", place=place(declaration))
    assert "Something that you may not see, or that is gone, does not agree" in page.text
    assert "Refuge as printed" not in page.text
    assert "Asile ensemble" not in page.text


@pytest.mark.parametrize("column", ["text", "sha256", "edition", "language"])
def test_a_frozen_text_changed_in_the_database_is_found(session, declaration, column):
    value = 7 if column == "edition" else "de"
    past_passerelle(session, sa.update(DeclarationText.__table__).values({column: value}))
    assert faults(declaration)


def test_a_text_and_its_fingerprint_changed_together_are_found(session, declaration):
    text = session.scalars(select(DeclarationText)).one()
    text_sha256 = text.fingerprint()
    past_passerelle(
        session,
        sa.update(DeclarationText.__table__).values(text="Other words", sha256=text_sha256[::-1]),
    )
    assert faults(declaration)


def test_a_frozen_list_changed_in_the_database_is_found(browser, session, declaration):
    close(declaration)
    [listed] = frozen(session)
    past_passerelle(session, sa.update(FrozenList.__table__).values(text="Somebody else"))
    assert any("après avoir été figée" in each for each in faults(declaration))
    page = browser.sign_in().get(
        "declarations.frozen_list", place=place(declaration), list_id=listed.id
    )
    assert "This list was changed after it was frozen" in page.text


def test_history_altered_or_cut_is_found(app, session, declaration):
    assert history.broken_chain(session()) is None
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("ALTER TABLE changes DISABLE TRIGGER USER"))
    else:
        for (name,) in connection.execute(
            sa.text(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'changes'"
            )
        ).all():
            connection.execute(sa.text(f'DROP TRIGGER "{name}"'))
    table = Change.__table__
    change = session.scalars(
        select(Change).where(Change.row_table == "signatures").order_by(Change.id)
    ).first()
    values = {**change.values, "displayed_name": [None, "Another name"]}
    past_passerelle(session, sa.update(table).where(table.c.id == change.id).values(values=values))
    past_passerelle(
        session,
        sa.update(Signature.__table__)
        .where(Signature.__table__.c.id == change.row_id)
        .values(displayed_name="Another name"),
    )
    assert any("ne correspond pas" in each for each in faults(declaration)), "made to agree"
    assert history.broken_chain(session()) == change.id
    done = app.test_cli_runner().invoke(args=["verify", "declaration", str(declaration.id)])
    assert done.exit_code == 1
    assert f"at place {change.id}" in done.output


def test_what_passerelle_itself_changes_is_no_fault(session, declaration):
    signature = session.scalars(select(Signature)).first()
    services.change_signature(
        signature, signature.version, displayed_name="Refuge, corrected", may_publish=True
    )
    session.delete(session.scalars(select(Signature)).all()[-1])
    session.commit()
    assert faults(declaration) == []
