"""Lists of values that the team edits: in an order, in both languages, never a constant."""

from typing import Any

from flask_babel import get_locale
from sqlalchemy import String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from crm.core.db import HasId, about
from crm.core.i18n import _l


class ListValue(HasId):
    """A row of a list: put out of use rather than removed, since other rows point at it."""

    version: Mapped[int] = mapped_column(
        default=1, sort_order=90, info=about(_l("Version"), internal=True)
    )
    position: Mapped[int] = mapped_column(
        default=100,
        sort_order=80,
        info=about(_l("Place in the list"), hint=_l("Smaller numbers come first")),
    )
    is_active: Mapped[bool] = mapped_column(
        default=True, sort_order=81, info=about(_l("In use"), hint=_l("Offered in forms"))
    )

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - receives the class
        """Return the version column: an edit of an older version is refused."""
        return {"version_id_col": cls.version}


class LabelledValue(ListValue):
    """A row of a list with a label in each language."""

    label_fr: Mapped[str] = mapped_column(
        String(120), sort_order=10, info=about(_l("Label in French"))
    )
    label_en: Mapped[str] = mapped_column(
        String(120), sort_order=11, info=about(_l("Label in English"))
    )

    @property
    def label(self) -> str:
        """Return the label in the language of the reader."""
        return in_language(self.label_fr, self.label_en)


def in_language(french: str, english: str) -> str:
    """Return the words in the language of the reader."""
    return english if language() == "en" else french


def language() -> str:
    """Return "fr" or "en", the language of the reader."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "fr"
