"""Users."""

from crm.accounts.models import Role, User
from tests.factories.base import Factory, sequence


class UserFactory(Factory):
    """Somebody of an invented team."""

    class Meta:
        """What is made."""

        model = User

    name = sequence("Member {}")
    email = sequence("member{}@example.org")
    role = Role.VIEWER
