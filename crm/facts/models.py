"""What a source says of a fact, beside what other sources say of it."""

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.core.choice import Choice
from crm.core.db import Base, Personal, about
from crm.core.i18n import _l
from crm.core.partial_date import PartialDate
from crm.core.text import fold
from crm.records.models import Part, Record, record_key


class FactKind(Choice):
    """What a fact is about."""

    NAME = "name", _l("Name")
    DATES = "dates", _l("Dates")
    SIZE = "size", _l("Size")
    MEMBERS = "members", _l("Members")
    COUNTRIES = "countries", _l("Countries")
    PARTNERS = "partners", _l("Partners")
    STATUS = "status", _l("Status")
    PLACE = "place", _l("Place")
    MONEY = "money", _l("Money")
    OTHER = "other", _l("Other")


class FactValue(Part, Base):
    """A value that a source gives; nothing is overwritten by it."""

    __tablename__ = "fact_values"
    __part_label__ = _l("Value of a source")
    __table_args__ = (Index("ix_fact_values_record_id_kind", "record_id", "kind"),)

    record_id: Mapped[int] = record_key(index=False)
    kind: Mapped[FactKind] = mapped_column(info=about(_l("About")))
    detail: Mapped[str | None] = mapped_column(
        String(120),
        info=about(
            _l("More exactly"),
            hint=_l("For instance indicators, or the partner in Romania; empty where it is clear"),
        ),
    )
    value: Mapped[str] = mapped_column(
        String(300),
        info=about(
            _l("What the source says"),
            personal=Personal.YES,
            purpose=_l("To keep what sources say side by side"),
        ),
    )
    as_of: Mapped[PartialDate | None] = mapped_column(info=about(_l("As of")))
    source: Mapped[str] = mapped_column(
        String(300), info=about(_l("Source"), hint=_l("A page, a document, a message"))
    )
    url: Mapped[str | None] = mapped_column(String(500), info=about(_l("Web address")))
    is_chosen: Mapped[bool] = mapped_column(
        default=False, info=about(_l("The value we go by"), hint=_l("One for each fact"))
    )

    record: Mapped[Record] = relationship()

    @property
    def subject(self) -> tuple[FactKind, str]:
        """Return what it is a value of: values of one subject are compared."""
        return self.kind, fold(self.detail or "").strip()

    @property
    def label(self) -> str:
        """Return what it is a value of, in words."""
        return f"{self.kind.label} – {self.detail}" if self.detail else str(self.kind.label)

    def agrees_with(self, other: "FactValue") -> bool:
        """Tell whether two sources say the same, whatever the case and the accents."""
        return fold(self.value).split() == fold(other.value).split()
