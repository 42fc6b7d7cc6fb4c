"""How exchanges read in few words."""

from crm.interactions.models import Interaction

MOST_CHARACTERS = 200


def first_words(interaction: Interaction) -> str | None:
    """Return the beginning of the note."""
    note = " ".join((interaction.note or "").split())
    if len(note) <= MOST_CHARACTERS:
        return note or None
    return f"{note[:MOST_CHARACTERS].rsplit(' ', 1)[0]}…"
