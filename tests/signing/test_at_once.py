"""The page to sign under real requests that come at once, with the tokens of forms checked."""

from functools import partial

from sqlalchemy import func, select

from crm.core.db import db
from crm.declarations.models import (
    Declaration,
    DeclarationText,
    FrozenList,
    Signature,
    SignatureStatus,
    Stage,
)
from crm.declarations.services import move
from crm.invitations import links
from crm.invitations.models import InvitationMail, MailKind, SigningLink
from tests.at_once import at_once
from tests.factories.organisations import OrganisationFactory
from tests.invitations.world import invited, open_declaration
from tests.signing.test_views import FORM
from tests.web.apps import committed, own_app, url_of

MAIL = {
    "SMTP_URL": "smtp://127.0.0.1:1",
    "PASSERELLE_BASE_URL": "http://crm.example.org",
    "MAIL_FROM": "crm@example.org",
}


def test_fifty_forms_sent_at_once_make_one_signature(database, tmp_path):
    with own_app(tmp_path, url_of(database, "signing"), protected=True, **MAIL) as app:
        with committed(app):
            invited(open_declaration(languages=("en",)))
            path = links.path_of(db.session.scalars(select(SigningLink)).one())
            sha256 = db.session.scalars(select(DeclarationText.sha256)).one()
        answers = []

        def send():
            for _ in range(5):
                with app.test_client() as client:
                    answers.append(client.post(path, data={**FORM, "text_sha256": sha256}))

        at_once(*[send] * 10)
        assert {answer.status_code for answer in answers} <= {200, 503}
        thanked = [each for each in answers if b"Merci" in each.data or b"Thank you" in each.data]
        assert len(thanked) == 1
        assert all("Set-Cookie" not in answer.headers for answer in answers)
        with committed(app):
            signature = db.session.scalars(select(Signature)).one()
            assert signature.status is SignatureStatus.SIGNED
            receipts = select(func.count()).where(InvitationMail.kind == MailKind.RECEIPT)
            assert db.session.scalar(receipts) == 1


def test_whoever_signs_while_it_closes_stands_on_the_frozen_list_or_has_not_signed(
    database, tmp_path
):
    with own_app(tmp_path, url_of(database, "closing"), protected=True, **MAIL) as app:
        with committed(app):
            declaration = open_declaration(languages=("en",))
            for number in range(6):
                house = OrganisationFactory(name=f"House {number}")
                invited(declaration, house, f"house{number}@example.org")
            paths = [links.path_of(each) for each in db.session.scalars(select(SigningLink))]
            sha256 = db.session.scalars(select(DeclarationText.sha256)).one()

        def send(path, name):
            with app.test_client() as client:
                client.post(path, data={**FORM, "displayed_name": name, "text_sha256": sha256})

        def close():
            with committed(app):
                found = db.session.scalars(select(Declaration)).one()
                move(found, stage=Stage.CLOSED, reason=None)

        sent = [partial(send, path, f"Printed {number}") for number, path in enumerate(paths)]
        at_once(*sent, close)
        with committed(app):
            assert db.session.scalar(select(Declaration.stage)) is Stage.CLOSED
            signatures = db.session.scalars(select(Signature)).all()
            signed = [each for each in signatures if each.status is SignatureStatus.SIGNED]
            frozen = db.session.scalar(select(FrozenList.text)) or ""
            assert all(each.displayed_name in frozen for each in signed)
            assert frozen.count("Printed ") == len(signed)
            others = {each.status for each in signatures if each not in signed}
            assert others <= {SignatureStatus.NO_ANSWER}
