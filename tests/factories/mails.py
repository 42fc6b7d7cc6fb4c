"""Mails that somebody has handed in and not decided upon."""

from datetime import timedelta

import factory

from crm.capture.models import WaitingMail
from crm.core.clock import now
from tests.factories.base import Factory, sequence


class MailFactory(Factory):
    """A mail that waits."""

    class Meta:
        """What is made."""

        model = WaitingMail

    subject = sequence("Detention brief {}")
    addresses = factory.LazyFunction(dict)
    body = "The brief is ready."
    folded = ""
    notices = factory.LazyFunction(dict)
    kept_until = factory.LazyFunction(lambda: now() + timedelta(days=30))
