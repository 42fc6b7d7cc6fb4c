"""Tasks."""

from crm.tasks.models import Task
from tests.factories.base import Factory, sequence


class TaskFactory(Factory):
    """An invented thing to do."""

    class Meta:
        """What is made."""

        model = Task

    name = sequence("Rappeler {}")
