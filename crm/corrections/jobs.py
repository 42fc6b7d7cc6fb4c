"""What happens to corrected files by itself."""

from crm.core.queue import periodic
from crm.corrections import services


@periodic("corrections.expire")
def remove_expired() -> None:
    """Remove the files that nobody has decided upon for long enough."""
    services.remove_expired()
