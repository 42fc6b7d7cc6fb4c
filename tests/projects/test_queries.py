"""Which projects two organisations have in common."""

from crm.accounts.models import Role
from crm.projects import queries
from crm.projects.models import InvolvementRole, ProjectStatus
from crm.records.models import Visibility
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.projects import InvolvementFactory, ProjectFactory


def together(*members, **values):
    project = ProjectFactory(**values)
    for member in members:
        InvolvementFactory(project_id=project.id, organisation_id=member.id)
    return project


def test_joint_projects_are_those_in_which_both_take_part(session):
    us, alpha, beta = (OrganisationFactory() for _ in range(3))
    together(us, alpha, name="B")
    together(us, alpha, beta, name="A", status=ProjectStatus.PAST)
    together(us, name="C")
    together(alpha, beta, name="D")

    def joint(one, other):
        return [each.name for each in session.scalars(queries.joint_projects(one.id, other.id))]

    assert joint(us, alpha) == joint(alpha, us) == ["A", "B"]
    assert joint(us, beta) == ["A"]
    many = session.execute(queries.joint_with_many(us.id, [alpha.id, beta.id])).all()
    assert {(member, each.project.name) for member, each in many} == {
        (alpha.id, "A"),
        (alpha.id, "B"),
        (beta.id, "A"),
    }
    assert [
        each.name for each in session.scalars(queries.projects_of(us.id, ProjectStatus.PAST))
    ] == ["A"]


def test_two_roles_in_one_project_make_one_joint_project(session):
    us, alpha = OrganisationFactory(), OrganisationFactory()
    project = together(us, alpha)
    InvolvementFactory(
        project_id=project.id, organisation_id=alpha.id, role=InvolvementRole.REVIEWER
    )
    assert len(session.scalars(queries.joint_projects(us.id, alpha.id)).all()) == 1


def test_confidential_projects_are_not_in_common_for_a_viewer(session, acting):
    us, alpha = OrganisationFactory(), OrganisationFactory()
    together(us, alpha, visibility=Visibility.MANAGERS)
    users = {role: UserFactory(role=role) for role in (Role.VIEWER, Role.MANAGER)}
    ids = (us.id, alpha.id)
    for role, expected in ((Role.VIEWER, 0), (Role.MANAGER, 1)):
        acting(users[role])
        assert len(session.scalars(queries.joint_projects(*ids)).all()) == expected
        assert len(session.execute(queries.joint_with_many(ids[0], [ids[1]])).all()) == expected
