"""The criteria that a new installation begins with; the team may edit them."""

CRITERIA: tuple[tuple[str, str, str, str], ...] = (
    (
        "Réciprocité",
        "Reciprocity",
        "Recevons-nous autant que nous donnons\u202f?",
        "Do we receive as much as we give?",
    ),
    (
        "Positions communes",
        "Shared positions",
        "Défendons-nous les mêmes positions\u202f?",
        "Do we stand for the same positions?",
    ),
    (
        "Fiabilité",
        "Reliability",
        "Ce qui est promis est-il tenu, et à temps\u202f?",
        "Is what is promised kept, and on time?",
    ),
    (
        "Portée",
        "Reach",
        "Touchons-nous par ce partenaire ceux que nous n’atteignons pas seuls\u202f?",
        "Do we reach through this partner whom we do not reach alone?",
    ),
    (
        "Effort bien employé",
        "Effort well spent",
        "Le partenariat vaut-il le temps qu’il demande\u202f?",
        "Is the partnership worth the time it takes?",
    ),
)
"""Label and question in French and in English; 5 is good on each of them."""
