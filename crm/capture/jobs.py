"""What happens to waiting mails by itself."""

from crm.capture import services
from crm.core.queue import periodic


@periodic("capture.expire")
def remove_expired() -> None:
    """Remove the mails that nobody has decided upon for long enough."""
    services.remove_expired()
