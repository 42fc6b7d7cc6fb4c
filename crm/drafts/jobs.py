"""What happens to drafts by itself."""

from crm.core.queue import periodic
from crm.drafts import services


@periodic("drafts.expire")
def remove_old() -> None:
    """Remove the drafts that nobody has come back to for long enough."""
    services.remove_old()
