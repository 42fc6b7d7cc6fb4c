"""Packs that are kept."""

import factory

from crm.core.clock import now
from crm.packs.models import KeptPack
from tests.factories.base import Factory
from tests.factories.meetings import MeetingFactory


class KeptPackFactory(Factory):
    """A pack that holds nothing but its title."""

    class Meta:
        """What is made."""

        model = KeptPack

    meeting_id = factory.LazyFunction(lambda: MeetingFactory().id)
    author = "Claire Test"
    language = "en"
    asked = factory.LazyFunction(lambda: {"parts": [], "view": None, "is_for_managers": False})
    content = factory.LazyFunction(
        lambda: {"title": "Pack", "subtitle": "", "pieces": {}, "record_ids": []}
    )
    total = 0
    made_at = factory.LazyFunction(now)
