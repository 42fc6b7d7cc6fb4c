"""How exchanges read in few words."""

from crm.interactions.models import Interaction

MOST_CHARACTERS = 200


def first_words(interaction: Interaction) -> str | None:
    """Return the beginning of the note; None where the subject says as much already."""
    note = " ".join((interaction.note or "").split())
    if not note or note == interaction.subject:
        return None
    if len(note) <= MOST_CHARACTERS:
        return note
    return f"{note[:MOST_CHARACTERS].rsplit(' ', 1)[0]}…"
