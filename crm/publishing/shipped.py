"""The sections with which the public page of a new installation begins."""

from typing import Any

PAGE = "page"
"""The section that stands for the whole page: its heading and its introduction."""

SECTIONS: tuple[dict[str, Any], ...] = (
    {
        "code": PAGE,
        "label_fr": "Nos réseaux et nos projets",
        "label_en": "Our networks and projects",
    },
    {
        "code": "networks_europe",
        "label_fr": "Nos réseaux en Europe",
        "label_en": "Our networks in Europe",
    },
    {
        "code": "networks_international",
        "label_fr": "Nos réseaux dans le monde",
        "label_en": "Our networks in the world",
    },
    {"code": "networks_other", "label_fr": "Autres réseaux", "label_en": "Other networks"},
    {"code": "meetings", "label_fr": "Nos rencontres", "label_en": "Our meetings"},
    {"code": "declarations", "label_fr": "Nos déclarations", "label_en": "Our declarations"},
    {
        "code": "projects_current",
        "label_fr": "Nos projets en cours",
        "label_en": "Our current projects",
    },
    {
        "code": "projects_planned",
        "label_fr": "Nos projets à venir",
        "label_en": "Our projects to come",
    },
    {"code": "projects_past", "label_fr": "Nos projets passés", "label_en": "Our past projects"},
)
