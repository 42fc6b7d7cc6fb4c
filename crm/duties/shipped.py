"""The templates of duties that a new installation begins with; the team may edit them.

From public pages of the networks; ``is_unsure`` marks what no such page says, so that a person
confirms the date before it counts.
"""

from typing import Any

from crm.networks.shipped import KINDS_OF_LINK

_KINDS = {values["code"]: 100_000 + place for place, values in enumerate(KINDS_OF_LINK, start=1)}


def _template(  # noqa: PLR0913 - a row of a table
    french: str,
    english: str,
    kind: str,
    *,
    of: str | None = None,
    applies_to: str = "link",
    every_months: int | None = 12,
    on: tuple[int | None, int | None] = (None, None),
    counts_from_start: bool = False,
    lead_months: str = "2, 1",
    is_weekly_at_end: bool = False,
    is_answered: bool = False,
    is_unsure: bool = True,
) -> dict[str, Any]:
    return {
        "label_fr": french,
        "label_en": english,
        "applies_to": applies_to,
        "membership_kind_id": _KINDS[of] if of else None,
        "kind": kind,
        "every_months": every_months,
        "month": on[0],
        "day": on[1],
        "counts_from_start": counts_from_start,
        "lead_months": lead_months,
        "is_weekly_at_end": is_weekly_at_end,
        "is_answered": is_answered,
        "is_unsure": is_unsure,
    }


def _quadrennial(of: str) -> dict[str, Any]:
    return _template(
        "Rapport quadriennal",
        "Quadrennial report",
        "report",
        of=of,
        every_months=48,
        on=(6, 1),
        counts_from_start=True,
        lead_months="12, 6, 3, 1",
        is_weekly_at_end=True,
        is_answered=True,
    )


def _designations(of: str) -> dict[str, Any]:
    return _template(
        "Désignations et badges d’accès (New York, Genève, Vienne)",
        "Designations and grounds passes (New York, Geneva, Vienna)",
        "designation",
        of=of,
        on=(12, 31),
        lead_months="1",
        is_unsure=False,
    )


TEMPLATES: tuple[dict[str, Any], ...] = (
    _template("Cotisation annuelle", "Yearly fee", "fee", of="member", on=(1, 31)),
    _template(
        "Conférence ou réunion annuelle des membres",
        "Yearly conference or planning meeting of the members",
        "conference",
        of="member",
        on=(10, None),
        lead_months="4, 2, 1",
    ),
    _template("Cotisation annuelle", "Yearly fee", "fee", of="associate", on=(1, 31)),
    _template(
        "Réunion annuelle de la plateforme",
        "Yearly meeting of the platform",
        "conference",
        of="registered",
        on=(11, None),
    ),
    _template(
        "Consultation sur le rapport annuel et le programme de travail",
        "Consultation on the yearly report and the work plan",
        "consultation",
        of="registered",
    ),
    _template("Vérifier notre fiche", "Check our entry", "check", of="registered"),
    _template(
        "Assemblée plénière du forum",
        "Plenary of the forum",
        "conference",
        of="forum_seat",
        on=(11, None),
    ),
    _template(
        "Consultations écrites",
        "Written consultations",
        "consultation",
        of="forum_seat",
        every_months=None,
        is_unsure=False,
    ),
    _template(
        "Groupes de consultation",
        "Consultation groups",
        "consultation",
        of="forum_seat",
        every_months=None,
        is_unsure=False,
    ),
    _quadrennial("special_status"),
    _designations("special_status"),
    _quadrennial("general_status"),
    _designations("general_status"),
    _template(
        "Fournir des documents sur demande",
        "Provide documents on request",
        "request",
        of="registered",
        every_months=None,
        is_unsure=False,
    ),
    _template(
        "Rapport intermédiaire",
        "Interim report",
        "report",
        applies_to="project",
        every_months=None,
        lead_months="2, 1",
        is_answered=True,
        is_unsure=False,
    ),
    _template(
        "Rapport final",
        "Final report",
        "report",
        applies_to="project",
        every_months=None,
        lead_months="3, 2, 1",
        is_answered=True,
        is_unsure=False,
    ),
    _template(
        "Livrable",
        "Deliverable",
        "deliverable",
        applies_to="project",
        every_months=None,
        is_unsure=False,
    ),
    _template(
        "Revue de partenariat",
        "Partnership review",
        "review",
        applies_to="partner",
        lead_months="1",
        is_unsure=False,
    ),
)
