"""The page to sign under real requests that come at once, with the tokens of forms checked."""

import threading

from sqlalchemy import func, select

from crm.core.db import db
from crm.declarations.models import DeclarationText, Signature, SignatureStatus
from crm.invitations import links
from crm.invitations.models import InvitationMail, MailKind, SigningLink
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
        start = threading.Barrier(10)
        answers = []

        def send():
            start.wait()
            for _ in range(5):
                with app.test_client() as client:
                    answers.append(client.post(path, data={**FORM, "text_sha256": sha256}))

        threads = [threading.Thread(target=send) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {answer.status_code for answer in answers} <= {200, 503}
        thanked = [each for each in answers if b"Merci" in each.data or b"Thank you" in each.data]
        assert len(thanked) == 1
        assert all("Set-Cookie" not in answer.headers for answer in answers)
        with committed(app):
            signature = db.session.scalars(select(Signature)).one()
            assert signature.status is SignatureStatus.SIGNED
            receipts = select(func.count()).where(InvitationMail.kind == MailKind.RECEIPT)
            assert db.session.scalar(receipts) == 1
