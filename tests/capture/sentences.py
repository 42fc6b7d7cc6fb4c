"""Exchanges in one line, each with the fields that somebody who wrote it means."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sentence:
    """A line and what it means on Wednesday, 18 November 2026.

    :param people: who is meant for certain, by names.
    :param asked: names that a person must decide on.
    """

    line: str
    people: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    when: str = "2026-11-18"
    means: str = "call"
    subject: str = ""
    topic: str = ""
    follow_up: str = ""
    due: str = ""
    assignee: str = ""
    note: str = ""


ECRE = "European Council Example (ECRE)"
MARIA = "Maria Exemple"
PAUL = "Paul Test"

SENTENCES = (
    Sentence(
        "12/11 appel @Maria ECRE re: note détention; todo envoyer projet avant 20/11 !moi",
        (ECRE, MARIA), when="2026-11-12", subject="note détention",
        follow_up="envoyer projet", due="2026-11-20", assignee="Nadia Équipe",
    ),
    Sentence(
        "12/11 call @Maria ECRE re: detention brief; todo send draft by 20/11 !me",
        (ECRE, MARIA), when="2026-11-12", subject="detention brief",
        follow_up="send draft", due="2026-11-20", assignee="Nadia Équipe",
    ),
    Sentence(
        'hier réunion avec @"Maria Exemple" et UNHCR sur la relocalisation',
        ("UNHCR", MARIA), when="2026-11-17", means="meeting", subject="la relocalisation",
    ),
    Sentence(
        'yesterday meeting with @"Maria Exemple" and UNHCR about relocation',
        ("UNHCR", MARIA), when="2026-11-17", means="meeting", subject="relocation",
    ),
    Sentence("lundi visite UNHCR", ("UNHCR",), when="2026-11-16", means="visit"),
    Sentence("Monday visit UNHCR", ("UNHCR",), when="2026-11-16", means="visit"),
    Sentence(
        "2026-11-02 courriel @Paul Maison Exemple objet : budget 2027",
        ("Maison Exemple", PAUL), when="2026-11-02", means="email", subject="budget 2027",
    ),
    Sentence("appel @Maria re: rapport", asked=("Maria",), subject="rapport"),
    Sentence(
        "e-mail @Zoé Nouvelle, elle prépare une note",
        asked=("Zoé Nouvelle",), means="email", note="elle prépare une note",
    ),
    Sentence(
        "mail ECRE: elle envoie la note vendredi",
        (ECRE,), means="email", note="elle envoie la note vendredi",
    ),
    Sentence(
        "call @Paul Test; he agrees; todo call back before 15/01 !claire",
        (PAUL,), note="he agrees", follow_up="call back", due="2027-01-15",
        assignee="Claire Équipe",
    ),
    Sentence(
        "coup de fil à @Paul (Maison Exemple); à faire : relancer d'ici vendredi",
        ("Maison Exemple", PAUL), follow_up="relancer", due="2026-11-20",
    ),
    Sentence(
        "rencontre avec Maria Exemple et Paul Test re: Conférence de Rome",
        (MARIA, PAUL), means="meeting", subject="Conférence de Rome", topic="Conférence de Rome",
    ),
    Sentence(
        "lettre UNHCR concernant les retours; suivi attendre leur réponse pour le 1er décembre",
        ("UNHCR",), means="letter", subject="les retours",
        follow_up="attendre leur réponse", due="2026-12-01",
    ),
    Sentence(
        "letter to UNHCR regarding returns; follow-up wait for their answer until 1 December",
        ("UNHCR",), means="letter", subject="returns",
        follow_up="wait for their answer", due="2026-12-01",
    ),
    Sentence("appel @Jean Doublon", asked=("Jean Doublon",)),
    Sentence('appel @"Jean Doublon" UNHCR', ("UNHCR", "Jean Doublon (UNHCR)")),
    Sentence("14h30 appel @Paul Test", (PAUL,), note="14h30"),
    Sentence("ce matin long appel @Paul Test", (PAUL,), note="long"),
    Sentence(
        "rdv hier avec ECRE, UNHCR et Maison Exemple",
        (ECRE, "UNHCR", "Maison Exemple"), when="2026-11-17", means="meeting",
    ),
    Sentence(
        "visio avec @ARC sur le Pacte", asked=("ARC",), means="meeting", subject="le Pacte"
    ),
    Sentence("12/12 event @ecre", (ECRE,), when="2025-12-12", means="event"),
    Sentence("12 novembre 2026 appel UNHCR", ("UNHCR",), when="2026-11-12"),
    Sentence("Thursday 12 November 2026 call UNHCR", ("UNHCR",), when="2026-11-12"),
    Sentence("call @María ECRE", (ECRE, MARIA)),
    Sentence(
        "appel; @Paul Test; il viendra à Rome; todo réserver !claire",
        (PAUL,), note="il viendra à Rome", follow_up="réserver", assignee="Claire Équipe",
    ),
    Sentence("note sans rien d'autre", note="note sans rien d'autre"),
    Sentence(
        "quick call with @Mariam ECRE re: visas", (ECRE,), asked=("Mariam",), note="quick",
        subject="visas",
    ),
    Sentence(
        "avant-hier déjeuner avec @Paul Test au sujet du séminaire; todo écrire à @Maria !inconnu",
        (PAUL,), when="2026-11-16", means="meeting", subject="séminaire",
        follow_up="écrire à @Maria !inconnu",
    ),
    Sentence("conference call @Paul Test re: Lampedusa", (PAUL,), subject="Lampedusa"),
    Sentence(
        "lundi dernier visite sur place chez Maison Exemple",
        ("Maison Exemple",), when="2026-11-16", means="visit", note="sur place",
    ),
    Sentence(
        "meeting @Maria Exemple @Paul Test; todo minutes by next Friday !me",
        (MARIA, PAUL), means="meeting", follow_up="minutes", due="2026-11-20",
        assignee="Nadia Équipe",
    ),
)  # fmt: skip
