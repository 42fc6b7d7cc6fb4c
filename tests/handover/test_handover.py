"""Handing over: what somebody is in charge of goes to colleagues, then the account closes."""

import pytest
from sqlalchemy import select

from crm.accounts import queries as accounts
from crm.accounts import services as account_services
from crm.accounts.models import User
from crm.commitments.models import Commitment, CommitmentState
from crm.core.clock import today
from crm.core.partial_date import PartialDate
from crm.duties.models import Duty
from crm.handover import services
from crm.organisations.models import Organisation
from crm.records.kinds import registry
from crm.records.models import Change, Reader, Visibility
from crm.saved_views.models import SavedView
from crm.tasks.models import Task
from tests.accounts.people import is_signed_in, member, sign_in
from tests.browser import Browser
from tests.factories.accounts import UserFactory
from tests.factories.commitments import CommitmentFactory
from tests.factories.duties import DutyFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.saved_views import SavedViewFactory
from tests.factories.tasks import TaskFactory


@pytest.fixture
def claire(session):
    return member("contributor", name="Claire")


@pytest.fixture
def paul(session):
    return member("contributor", name="Paul")


@pytest.fixture
def admin(app, session):
    return Browser(app).sign_in("admin", name="Ada")


def in_charge_of_everything(user_id):
    """Put somebody in charge of two things of each kind, and of some that are over."""
    for _ in range(2):
        partner = OrganisationFactory(owner_id=user_id)
        TaskFactory(assignee_id=user_id)
        CommitmentFactory(organisation_id=partner.id, owner_id=user_id)
        DutyFactory(subject_id=partner.id, owner_id=user_id)
        DutyFactory(subject_id=partner.id, deputy_id=user_id)
        SavedViewFactory(owner_id=user_id, is_shared=True)
    TaskFactory(name="Done", assignee_id=user_id, done_on=today())
    CommitmentFactory(name="Kept", owner_id=user_id, state=CommitmentState.KEPT, settled_on=today())
    DutyFactory(subject_id=partner.id, name="Done", owner_id=user_id, state="done", done_on=today())
    SavedViewFactory(name="Of my own", owner_id=user_id)


def confidential(user_id, *readers, **values):
    """Make an organisation of somebody that only some may read."""
    secret = OrganisationFactory(
        name="Secret", owner_id=user_id, visibility=Visibility.NAMED, **values
    )
    return secret, [Reader(record_id=secret.id, user_id=reader) for reader in (user_id, *readers)]


def owners(session, column):
    return session.scalars(select(column).order_by(column.class_.id)).all()


def test_the_page_lists_what_somebody_is_in_charge_of(admin, session, claire):
    in_charge_of_everything(claire.id)
    page = admin.get("handover.hand_over", user_id=claire.id)
    rows = [
        [cell.text_content().strip() for cell in row.xpath("td")]
        for row in page.select("//tbody/tr")
    ]
    assert rows == [
        ["Organisations", "2"],
        ["Duties", "2"],
        ["Duties as deputy", "2"],
        ["Commitments", "2"],
        ["Tasks", "2"],
        ["Views shared with the team", "2"],
    ]
    for words in ("Organisations", "Commitments", "Tasks"):
        behind = admin.get(page.select(f"//tbody//a[.='{words}']/@href")[0])
        assert len(behind.select("//tbody/tr")) == 2, words


def test_one_press_gives_everything_to_a_colleague_and_closes_the_account(
    admin, session, claire, paul
):
    in_charge_of_everything(claire.id)
    page = admin.post("handover.hand_over", {"everything": paul.id}, user_id=claire.id)
    assert "The account of Claire is closed" in page.text
    assert "12 things handed over" in page.text
    assert session.get(User, claire.id).is_enabled is False
    for column in (Organisation.owner_id, Duty.deputy_id):
        assert set(owners(session, column)) <= {paul.id, None}
    still_hers = {
        Task.assignee_id: Task.name,
        Commitment.owner_id: Commitment.name,
        Duty.owner_id: Duty.name,
        SavedView.owner_id: SavedView.name,
    }
    for column, name in still_hers.items():
        kept = session.scalars(select(name).where(column == claire.id)).all()
        assert kept in (["Done"], ["Kept"], ["Of my own"])


def test_history_says_who_gave_it_to_whom_and_why(admin, session, claire, paul):
    task = TaskFactory(assignee_id=claire.id)
    admin.post("handover.hand_over", {"everything": paul.id}, user_id=claire.id)
    change = session.scalars(
        select(Change)
        .where(Change.row_table == "tasks", Change.row_id == task.id)
        .order_by(Change.id.desc())
    ).first()
    assert change.values == {"assignee_id": [claire.id, paul.id]}
    assert change.user_id == admin.user.id
    assert change.reason == "Handed over by Claire"


def test_each_kind_may_go_to_somebody_else(admin, session, claire, paul):
    ines = member("manager", name="Ines")
    in_charge_of_everything(claire.id)
    data = {"everything": paul.id, "to_tasks": ines.id}
    admin.post("handover.hand_over", data, user_id=claire.id)
    open_tasks = select(Task.assignee_id).where(Task.done_on.is_(None))
    assert set(session.scalars(open_tasks)) == {ines.id}
    assert set(owners(session, Organisation.owner_id)) == {paul.id, None}


def test_nothing_moves_until_everything_has_somebody(admin, session, claire, paul):
    in_charge_of_everything(claire.id)
    page = admin.post("handover.hand_over", {"to_tasks": paul.id}, user_id=claire.id)
    assert page.error_at("to_organisations") == "Choose who gets this"
    assert set(session.scalars(select(Task.assignee_id))) == {claire.id}
    assert session.get(User, claire.id).is_enabled


def test_neither_the_leaver_nor_who_may_not_sign_in_is_offered_or_taken(admin, session, claire):
    gone = member("contributor", name="Gone", is_enabled=False)
    TaskFactory(assignee_id=claire.id)
    page = admin.get("handover.hand_over", user_id=claire.id)
    offered = set(page.select("//select[@name='everything']/option/@value"))
    assert not offered & {str(claire.id), str(gone.id)}
    for nobody in (claire.id, gone.id, 999_999):
        page = admin.post("handover.hand_over", {"everything": nobody}, user_id=claire.id)
        assert page.errors()
    assert set(session.scalars(select(Task.assignee_id))) == {claire.id}


def test_an_account_is_not_turned_off_while_something_is_held(admin, session, claire):
    TaskFactory(assignee_id=claire.id)
    form = {"name": claire.name, "email": claire.email, "role": "contributor"}
    page = admin.post("accounts.edit_user", form, user_id=claire.id)
    assert "is in charge of 1 thing. Hand it over first" in page.error_at("is_enabled")
    assert page.links()["Hand over"] == f"/admin/users/{claire.id}/hand-over"
    assert session.get(User, claire.id).is_enabled


def test_who_holds_nothing_is_turned_off_at_once(admin, session, claire):
    form = {"name": claire.name, "email": claire.email, "role": "contributor"}
    admin.post("accounts.edit_user", form, user_id=claire.id)
    assert session.get(User, claire.id).is_enabled is False


def test_a_compromised_account_is_locked_at_once_and_keeps_its_list(app, admin, session, claire):
    TaskFactory(name="Call back", assignee_id=claire.id)
    browser = Browser(app)
    sign_in(browser, claire.email)
    page = admin.post("accounts.lock_user", user_id=claire.id)
    assert "The account of Claire is locked" in page.text
    assert not is_signed_in(browser)
    assert session.scalar(select(Task.assignee_id)) == claire.id
    users = admin.get("accounts.users")
    [row] = [row for row in users.select("//tbody/tr") if "Claire" in row.text_content()]
    assert "Locked, to be handed over" in row.text_content()
    page = admin.get("handover.hand_over", user_id=claire.id)
    assert "The account is locked" in page.text
    assert "Who does it: Claire" in admin.get(page.select("//tbody//a/@href")[0]).text


def test_what_is_locked_is_handed_over_like_any_other(admin, session, claire, paul):
    TaskFactory(assignee_id=claire.id)
    account_services.disable(session.get(User, claire.id))
    admin.post("handover.hand_over", {"everything": paul.id}, user_id=claire.id)
    assert session.scalar(select(Task.assignee_id)) == paul.id
    users = admin.get("accounts.users")
    [row] = [row for row in users.select("//tbody/tr") if "Claire" in row.text_content()]
    assert "Turned off" in row.text_content()


def test_afterwards_nobody_is_offered_who_has_left(admin, session, claire, paul):
    admin.post("handover.hand_over", {}, user_id=claire.id)
    offered = [user.name for user in session.scalars(accounts.team())]
    assert "Claire" not in offered
    assert "Paul" in offered
    page = admin.get("tasks.create")
    assert str(claire.id) not in page.select("//select[@name='assignee_id']/option/@value")


def test_what_is_hidden_from_the_administrator_is_counted_and_never_named(
    admin, session, claire, paul
):
    secret, readers = confidential(claire.id, paul.id)
    session.add_all(readers)
    OrganisationFactory(name="Open", owner_id=claire.id)
    page = admin.get("handover.hand_over", user_id=claire.id)
    assert "1 of them is kept from you" in page.text
    assert "Secret" not in page.html
    page = admin.post("handover.hand_over", {"everything": paul.id}, user_id=claire.id)
    assert "2 things handed over" in page.text
    assert "Secret" not in page.html
    assert session.get(Organisation, secret.id).owner_id == paul.id


def test_nobody_gets_to_read_more_by_a_hand_over(admin, session, claire, paul):
    ines = UserFactory(name="Ines")
    secret, readers = confidential(claire.id, ines.id)
    session.add_all(readers)
    managers = OrganisationFactory(owner_id=claire.id, visibility=Visibility.MANAGERS)
    page = admin.post("handover.hand_over", {"everything": paul.id}, user_id=claire.id)
    assert "2 confidential things are now nobody’s" in page.text
    for hidden in (secret, managers):
        assert session.get(Organisation, hidden.id).owner_id is None
    named = session.scalars(select(Reader.user_id).where(Reader.record_id == secret.id))
    assert set(named) == {claire.id, ines.id}


def test_records_that_nobody_else_can_read_are_told_of_before(admin, session, claire, paul):
    for other in ((), (paul.id,), (UserFactory(is_enabled=False).id,)):
        _secret, readers = confidential(claire.id, *other)
        session.add_all(readers)
    page = admin.get("handover.hand_over", user_id=claire.id)
    assert "2 records are kept to this person alone" in page.text


def test_what_is_in_the_trash_holds_nobody_back(admin, session, claire):
    task = TaskFactory(assignee_id=claire.id)
    admin.post("tasks.delete", place=f"{task.id}-{task.slug}")
    assert services.numbers_held(registry.holdings, [claire.id]) == {}


def test_the_last_administrator_stays(app, session):
    ada = member("admin", name="Ada")
    browser = Browser(app)
    sign_in(browser, ada.email)
    other = member("contributor")
    TaskFactory(assignee_id=ada.id)
    page = browser.post("handover.hand_over", {"everything": other.id}, user_id=ada.id)
    assert "last administrator" in page.text
    assert session.scalar(select(Task.assignee_id)) == ada.id
    assert session.get(User, ada.id).is_enabled


@pytest.mark.parametrize("role", ["viewer", "contributor", "manager"])
def test_only_administrators_hand_over_and_lock(browser, session, claire, role):
    browser.sign_in(role)
    assert browser.get("handover.hand_over", user_id=claire.id).status == 403
    assert browser.post("handover.hand_over", user_id=claire.id).status == 403
    assert browser.post("accounts.lock_user", user_id=claire.id).status == 403


def test_the_list_of_users_asks_once_for_all_who_are_turned_off(admin, session, count_statements):
    def statements():
        count_statements.clear()
        admin.get("accounts.users")
        return len(count_statements)

    member(is_enabled=False)
    statements()
    few = statements()
    for _ in range(5):
        TaskFactory(assignee_id=member(is_enabled=False).id, due=PartialDate(2020))
    assert statements() == few
