"""Words of the lines in which exchanges are noted, in French and English, folded."""

from crm.interactions.models import InteractionKind

MEANS = {
    word: kind
    for kind, words in {
        InteractionKind.CALL: (
            "appel", "appele", "appel telephonique", "telephone", "tel", "coup de fil",
            "coup de telephone", "call", "called", "phone", "phone call", "phoned",
            "echange telephonique", "entretien telephonique", "conference call", "conf call",
            "appel en conference",
        ),
        InteractionKind.EMAIL: (
            "mail", "e mail", "email", "courriel", "mel", "message", "mailed", "emailed",
        ),
        InteractionKind.MEETING: (
            "reunion", "rencontre", "rendez vous", "rdv", "entretien", "conversation", "visio",
            "visioconference", "dejeuner", "cafe", "meeting", "met", "video call", "lunch",
            "coffee",
        ),
        InteractionKind.VISIT: ("visite", "visit", "visited"),
        InteractionKind.EVENT: (
            "evenement", "conference", "colloque", "seminaire", "event", "seminar",
        ),
        InteractionKind.LETTER: ("lettre", "courrier", "letter"),
    }.items()
    for word in words
}  # fmt: skip
"""By what means one was in touch."""

LINKS = frozenset({
    "a", "au", "aux", "avec", "chez", "d", "de", "des", "du", "et", "l", "la", "le", "les", "par",
    "un", "une", "an", "and", "at", "by", "from", "in", "of", "on", "the", "to", "w", "with",
    "ai", "avons", "eu", "j", "nous", "had", "i", "we",
})  # fmt: skip
"""Words that join what was understood to what was before it."""

ASIDES = frozenset({
    "recu", "recue", "envoye", "envoyee", "received", "sent", "bon", "bref", "breve", "court",
    "courte", "long", "longue", "petit", "petite", "rapide", "brief", "good", "quick", "short",
    "sur place", "en ligne", "on site", "online",
})  # fmt: skip
"""Words that say how or where an exchange was: they stay in the note."""

THIS_DAY = frozenset({
    "ce matin", "cet apres midi", "cette apres midi", "ce soir", "a l instant",
    "this morning", "this afternoon", "this evening", "just now",
})  # fmt: skip

AROUND_DAYS = frozenset({
    "dernier", "derniere", "passe", "passee", "prochain", "prochaine", "matin", "soir", "last",
    "next", "this", "ce", "morning", "evening", "afternoon",
})  # fmt: skip
"""Words around a day that its name already says: “lundi dernier”, “next Friday”, “hier soir”."""

ABOUT = frozenset({
    "re", "sur", "about", "concernant", "regarding", "au sujet de", "au sujet du", "a propos de",
    "a propos du", "a propos des",
})  # fmt: skip
"""What a subject begins with after those it was discussed with; “re:” begins one anywhere."""

TO_DO = frozenset({
    "todo", "to do", "a faire", "tache", "suivi", "suite a donner", "task", "follow up", "action",
})  # fmt: skip
"""What a follow-up begins with."""

UNTIL = frozenset({
    "avant", "avant le", "d ici", "d ici le", "d ici au", "d ici a", "pour", "pour le", "jusqu au",
    "au plus tard", "au plus tard le", "before", "by", "until", "due", "for",
})  # fmt: skip
"""What the last day of a follow-up comes after."""

MYSELF = ("moi", "me")
"""The person who notes the exchange."""
