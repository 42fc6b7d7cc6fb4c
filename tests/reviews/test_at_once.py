"""One partner reviewed by several at once, under real requests."""

from functools import partial

from sqlalchemy import select

from crm.accounts.models import Role
from crm.accounts.services import open_session
from crm.core.clock import today
from crm.core.db import db
from crm.core.partial_date import PartialDate
from crm.organisations.models import Organisation
from crm.reviews.models import Review
from tests.at_once import at_once
from tests.factories.accounts import UserFactory
from tests.reviews.world import partner
from tests.web.apps import committed, own_app, url_of

SEVERAL = 6


def send_at_once(app, address, tokens, **data):
    """Send the form of a review by everybody at the same moment; return the status of each."""
    clients = [app.test_client() for _token in tokens]
    for client, token in zip(clients, tokens, strict=True):
        with client.session_transaction() as cookie:
            cookie.update(_user_id=token, _fresh=True)
    answers = at_once(*(partial(client.post, address, data=data) for client in clients))
    return [answer.status_code for answer in answers]


def managers_and_partner():
    users = [UserFactory(role=Role.MANAGER) for _each in range(SEVERAL)]
    tokens = [open_session(user, browser="test") for user in users]
    return tokens, partner(name="Refuge").id


def test_one_of_several_who_close_at_once_closes_the_review(database, tmp_path):
    with own_app(tmp_path, url_of(database, "reviews")) as app:
        with committed(app):
            tokens, partner_id = managers_and_partner()
            version = db.session.get(Organisation, partner_id).version
        data = {
            "decision": "keep",
            "reason": "It works",
            "next_review": str(today().year + 1),
            "version": str(version),
        }
        address = f"/reviews/new?organisation={partner_id}"
        answers = send_at_once(app, address, tokens, **data)
        assert answers.count(302) == 1
        assert set(answers) <= {200, 302, 409, 503}
        with committed(app):
            review = db.session.scalars(select(Review)).one()
            assert review.closed_on is not None
            found = db.session.get(Organisation, partner_id)
            assert found.next_review == review.next_review == PartialDate(today().year + 1)


def test_several_who_keep_a_draft_at_once_write_one_review(database, tmp_path):
    with own_app(tmp_path, url_of(database, "drafts")) as app:
        with committed(app):
            tokens, partner_id = managers_and_partner()
        address = f"/reviews/new?organisation={partner_id}"
        answers = send_at_once(app, address, tokens, step="keep", reason="Half a thought")
        assert set(answers) <= {302, 409, 503}
        with committed(app):
            assert db.session.scalars(select(Review)).one().draft["reason"] == "Half a thought"
