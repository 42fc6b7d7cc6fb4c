"""Which declarations two organisations have signed together."""

from crm.accounts.models import Role
from crm.core.partial_date import PartialDate
from crm.declarations import queries
from crm.declarations.models import SignatureStatus, Stage
from crm.records.models import Visibility
from tests.factories.accounts import UserFactory
from tests.factories.declarations import DeclarationFactory, SignatureFactory
from tests.factories.organisations import OrganisationFactory


def signed(*signatories, status=SignatureStatus.SIGNED, **values):
    declaration = DeclarationFactory(**values)
    for signatory in signatories:
        SignatureFactory(declaration_id=declaration.id, signatory_id=signatory.id, status=status)
    return declaration


def test_cosigned_are_those_that_both_have_signed_the_newest_first(session):
    us, alpha, beta = (OrganisationFactory() for _ in range(3))
    signed(us, alpha, name="Undated")
    signed(us, alpha, beta, name="Old", dated=PartialDate(2019, 3))
    signed(us, alpha, name="New", dated=PartialDate(2020))
    signed(us, name="Ours alone")
    for status in SignatureStatus:
        if status is not SignatureStatus.SIGNED:
            signed(us, alpha, name=status.value, status=status)

    def cosigned(one, other):
        return [each.name for each in session.scalars(queries.cosigned(one.id, other.id))]

    assert cosigned(us, alpha) == cosigned(alpha, us) == ["New", "Old", "Undated"]
    assert cosigned(us, beta) == ["Old"]
    many = session.execute(queries.cosigned_with_many(us.id, [alpha.id, beta.id])).all()
    assert [(member, each.name) for member, each in many if member == alpha.id] == [
        (alpha.id, "New"),
        (alpha.id, "Old"),
        (alpha.id, "Undated"),
    ]
    assert [each.name for member, each in many if member == beta.id] == ["Old"]


def test_confidential_declarations_are_not_cosigned_for_a_viewer(session, acting):
    us, alpha = OrganisationFactory(), OrganisationFactory()
    signed(us, alpha, visibility=Visibility.MANAGERS)
    users = {role: UserFactory(role=role) for role in (Role.VIEWER, Role.MANAGER)}
    ids = (us.id, alpha.id)
    for role, expected in ((Role.VIEWER, 0), (Role.MANAGER, 1)):
        acting(users[role])
        assert len(session.scalars(queries.cosigned(*ids)).all()) == expected
        assert len(session.execute(queries.cosigned_with_many(ids[0], [ids[1]])).all()) == expected


def test_what_misses_an_answer_or_is_not_handed_in_waits_for_us(session):
    for stage in Stage:
        asked = DeclarationFactory(name=f"{stage.value} asked", stage=stage)
        SignatureFactory(declaration_id=asked.id, status=SignatureStatus.REMINDED)
        answered = DeclarationFactory(name=f"{stage.value} answered", stage=stage)
        SignatureFactory(declaration_id=answered.id, status=SignatureStatus.DECLINED)
    found = [each.name for each in session.scalars(queries.waiting_for_us())]
    assert found == ["open asked", "closed answered", "closed asked"]


def test_the_declarations_of_a_signatory_begin_with_the_newest(session):
    us = OrganisationFactory()
    for name, dated in (("Undated", None), ("Old", PartialDate(2018)), ("New", PartialDate(2020))):
        signed(us, name=name, dated=dated)
    found = session.scalars(queries.signatures_of(us)).all()
    assert [each.declaration.name for each in found] == ["New", "Old", "Undated"]
