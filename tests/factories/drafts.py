"""What somebody has typed and not saved."""

from crm.drafts.models import Draft
from tests.factories.base import Factory, sequence


class DraftFactory(Factory):
    """A draft of an exchange."""

    class Meta:
        """What is made."""

        model = Draft

    address = "/interactions/new"
    window = sequence("{:032x}")
    title = sequence("Log an exchange {}")
    fields = (("note", "What they will say before the committee."),)
