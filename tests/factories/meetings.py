"""Meetings, who organises them and who is there."""

import factory

from crm.core.partial_date import PartialDate
from crm.meetings.models import Attendance, Meeting, MeetingAim, Organiser
from tests.factories.base import Factory, sequence
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory


class MeetingFactory(Factory):
    """An invented meeting."""

    class Meta:
        """What is made."""

        model = Meeting

    name = sequence("Rencontre {}")
    starts = PartialDate(2026, 3, 4)


class OrganiserFactory(Factory):
    """An organisation that makes a meeting possible."""

    class Meta:
        """What is made."""

        model = Organiser

    meeting_id = factory.LazyFunction(lambda: MeetingFactory().id)
    organisation_id = factory.LazyFunction(lambda: OrganisationFactory().id)


class AttendanceFactory(Factory):
    """A person at a meeting."""

    class Meta:
        """What is made."""

        model = Attendance

    meeting_id = factory.LazyFunction(lambda: MeetingFactory().id)
    person_id = factory.LazyFunction(lambda: PersonFactory().id)


class MeetingAimFactory(Factory):
    """What we want from an organisation at a meeting."""

    class Meta:
        """What is made."""

        model = MeetingAim

    meeting_id = factory.LazyFunction(lambda: MeetingFactory().id)
    organisation_id = factory.LazyFunction(lambda: OrganisationFactory().id)
    wanted = "Leur appui sur le calendrier"
