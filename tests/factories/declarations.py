"""Declarations, their texts, who signed them and to whom they were handed."""

import factory

from crm.declarations.models import (
    Approval,
    Declaration,
    DeclarationText,
    Signature,
    Submission,
)
from tests.factories.base import Factory, sequence
from tests.factories.organisations import OrganisationFactory


class DeclarationFactory(Factory):
    """An invented declaration."""

    class Meta:
        """What is made."""

        model = Declaration

    name = sequence("Declaration {}")


class DeclarationTextFactory(Factory):
    """A draft of a declaration."""

    class Meta:
        """What is made."""

        model = DeclarationText

    declaration_id = factory.LazyFunction(lambda: DeclarationFactory().id)
    language = "en"
    text = "Nobody is to be sent back to danger."


class SignatureFactory(Factory):
    """An organisation has signed a declaration."""

    class Meta:
        """What is made."""

        model = Signature

    declaration_id = factory.LazyFunction(lambda: DeclarationFactory().id)
    signatory_id = factory.LazyFunction(lambda: OrganisationFactory().id)
    displayed_name = sequence("Refuge as printed {}")


class ApprovalFactory(Factory):
    """We have decided about a text."""

    class Meta:
        """What is made."""

        model = Approval

    declaration_id = factory.LazyFunction(lambda: DeclarationFactory().id)
    decided_by = "The board"


class SubmissionFactory(Factory):
    """A declaration was handed to an institution."""

    class Meta:
        """What is made."""

        model = Submission

    declaration_id = factory.LazyFunction(lambda: DeclarationFactory().id)
    recipient_id = factory.LazyFunction(lambda: OrganisationFactory().id)
