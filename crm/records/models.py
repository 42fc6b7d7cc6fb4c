"""The root table of all records, and the parts any record may have."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from crm.accounts.models import User
from crm.core.choice import Choice
from crm.core.clock import moment, now
from crm.core.db import Base, HasId, Personal, about
from crm.core.i18n import _l
from crm.core.literals import constant
from crm.core.partial_date import PartialDate
from crm.core.text import slug

SORTABLE = String(400).with_variant(String(400, collation="C"), "postgresql")
"""Compared byte by byte on both databases: the key is already folded."""


SHORT_WORD = String(40).with_variant(String(40, collation="C"), "postgresql")


class Visibility(Choice):
    """Who may see a record."""

    TEAM = "team", _l("The team")
    MANAGERS = "managers", _l("Managers only")
    NAMED = "named", _l("Named people only")


class Record(HasId, Base):
    """A thing with a page."""

    __tablename__ = "records"
    __table_args__ = (Index("ix_records_kind_sort_key", "kind", "sort_key", "id"),)

    kind: Mapped[str] = mapped_column(String(30), info=about(_l("Kind"), internal=True))
    title: Mapped[str] = mapped_column(
        String(400),
        default="",
        info=about(_l("Title"), personal=Personal.YES, internal=True),
    )
    sort_key: Mapped[str] = mapped_column(
        SORTABLE,
        default="",
        info=about(_l("Sort key"), personal=Personal.YES, internal=True),
    )
    search_text: Mapped[str] = mapped_column(
        Text,
        default="",
        deferred=True,
        info=about(_l("Search text"), personal=Personal.YES, internal=True),
    )
    search_names: Mapped[str] = mapped_column(
        Text,
        default="",
        server_default="",
        deferred=True,
        info=about(_l("Names for search"), personal=Personal.YES, internal=True),
    )
    visibility: Mapped[Visibility] = mapped_column(
        default=Visibility.TEAM,
        info=about(
            _l("Who may see this"),
            hint=_l("A record that people may not see does not exist for them."),
        ),
    )
    version: Mapped[int] = mapped_column(default=1, info=about(_l("Version"), internal=True))
    created_at: Mapped[datetime] = mapped_column(
        default=now, info=about(_l("Created"), internal=True)
    )
    created_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id"), index=True, info=about(_l("Created by"), internal=True)
    )
    updated_at: Mapped[datetime] = mapped_column(
        default=now, onupdate=now, info=about(_l("Changed"), internal=True)
    )
    updated_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id"), info=about(_l("Changed by"), internal=True)
    )
    deleted_at: Mapped[datetime | None] = mapped_column(info=about(_l("In the trash since")))
    deleted_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id"), info=about(_l("Put in the trash by"), internal=True)
    )
    merged_into_id: Mapped[int | None] = mapped_column(
        ForeignKey("records.id"), info=about(_l("Merged into"))
    )
    checked_on: Mapped[date | None] = mapped_column(info=about(_l("Last checked on")))
    checked_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id"), info=about(_l("Last checked by"), internal=True)
    )

    created_by: Mapped[User | None] = relationship(foreign_keys=created_by_id, viewonly=True)
    updated_by: Mapped[User | None] = relationship(foreign_keys=updated_by_id, viewonly=True)
    checked_by: Mapped[User | None] = relationship(foreign_keys=checked_by_id, viewonly=True)
    names: Mapped[list["Name"]] = relationship(
        back_populates="record", order_by="(Name.kind, Name.text)"
    )
    identifiers: Mapped[list["Identifier"]] = relationship(back_populates="record")

    __mapper_args__ = {  # noqa: RUF012 - SQLAlchemy's own declaration
        "polymorphic_on": "kind",
        "polymorphic_identity": "record",
        "version_id_col": version,
    }

    @property
    def slug(self) -> str:
        """Return the part of the address that decorates the id."""
        return slug(self.title)

    @property
    def is_confidential(self) -> bool:
        """Tell whether fewer than the whole team may see this."""
        return self.visibility is not Visibility.TEAM

    def compose_title(self) -> str:
        """Return the line that names this record in lists and links."""
        return self.title

    def sort_text(self) -> str:
        """Return the text that lists sort by."""
        return self.compose_title()

    def search_terms(self) -> Iterable[str | None]:
        """Return everything this record should be found by, besides its names."""
        return ()

    def guards(self) -> Iterable[int | None]:
        """Return the ids of the records without which this one may not be seen."""
        return ()


# Of the trash alone: through an index of the whole table PostgreSQL reads all that is *not* in the
# trash, row by row, until it has counted the table for the first time.
Index(
    "ix_records_deleted_at",
    Record.deleted_at,
    sqlite_where=Record.deleted_at.is_not(None),
    postgresql_where=Record.deleted_at.is_not(None),
)

# Of what not the whole team may see: few records, which long lists leave out by their ids.
Index(
    "ix_records_not_for_team",
    Record.visibility,
    Record.id,
    sqlite_where=Record.visibility != constant(Visibility.TEAM.value),
    postgresql_where=Record.visibility != constant(Visibility.TEAM.value),
)


class SearchWord(Base):
    """A word of a name, so that one that was mistyped can be guessed.

    Who may see a record with that name is asked each time: a word here tells nothing by itself.
    """

    __tablename__ = "search_words"

    word: Mapped[str] = mapped_column(
        SHORT_WORD, primary_key=True, info=about(_l("Word"), personal=Personal.YES, internal=True)
    )
    backwards: Mapped[str] = mapped_column(
        SHORT_WORD,
        index=True,
        info=about(_l("Word backwards"), personal=Personal.YES, internal=True),
    )


class Part(HasId):
    """A thing that belongs to records, has no page, and is seen only where all of them are."""

    __records__: ClassVar[tuple[str, ...]] = ("record_id",)
    __search_columns__: ClassVar[tuple[str, ...]] = ()
    """Texts by which the first of the records should be found."""
    __part_label__: ClassVar[Any] = ""
    __is_recorded__: ClassVar[bool] = True
    """Whether history keeps its changes; not of what is a record of what happened itself."""

    version: Mapped[int] = mapped_column(
        default=1, sort_order=90, info=about(_l("Version"), internal=True)
    )

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - receives the class
        """Return the version column: an edit of an older version is refused."""
        return {"version_id_col": cls.version}

    def named_records(self) -> list[int]:
        """Return the ids of the records this part belongs to."""
        named = (getattr(self, name) for name in self.__records__)
        return [record_id for record_id in named if record_id is not None]


def record_key(
    *, nullable: bool = False, label: Any = None, index: bool = True, target: str = "records"
) -> Any:
    """Return a column that names a record."""
    return mapped_column(
        ForeignKey(f"{target}.id"),
        nullable=nullable,
        index=index,
        info=about(label if label is not None else _l("Record"), internal=label is None),
    )


class NameKind(Choice):
    """What sort of name it is."""

    OFFICIAL = "official", _l("Official name")
    SHORT = "short", _l("Short name")
    ACRONYM = "acronym", _l("Acronym")
    OTHER = "other", _l("Other name")
    FORMER = "former", _l("Former name")
    NATIVE = "native", _l("Name in its own script")


class Name(Part, Base):
    """A name a record has or had."""

    __tablename__ = "names"
    __search_columns__ = ("text",)
    __part_label__ = _l("Name")

    record_id: Mapped[int] = record_key()
    kind: Mapped[NameKind] = mapped_column(info=about(_l("Kind of name")))
    text: Mapped[str] = mapped_column(
        String(300), info=about(_l("Name"), personal=Personal.YES, purpose=_l("To find the record"))
    )
    language: Mapped[str | None] = mapped_column(
        String(12), info=about(_l("Language"), hint=_l("A language code such as fr or en"))
    )
    since: Mapped[PartialDate | None] = mapped_column(info=about(_l("From")))
    until: Mapped[PartialDate | None] = mapped_column(info=about(_l("Until")))

    record: Mapped[Record] = relationship(back_populates="names")


class Identifier(Part, Base):
    """A number or code under which others register this record."""

    __tablename__ = "identifiers"
    __search_columns__ = ("value",)
    __part_label__ = _l("Identifier")
    __table_args__ = (UniqueConstraint("scheme", "value"),)

    record_id: Mapped[int] = record_key()
    scheme: Mapped[str] = mapped_column(
        String(60),
        info=about(_l("Register"), hint=_l("For instance Transparency Register or SIREN")),
    )
    value: Mapped[str] = mapped_column(
        String(120),
        info=about(
            _l("Number in the register"),
            personal=Personal.YES,
            purpose=_l("To tell namesakes apart"),
        ),
    )

    record: Mapped[Record] = relationship(back_populates="identifiers")


class ContactKind(Choice):
    """By which channel somebody is reached."""

    EMAIL = "email", _l("Email")
    PHONE = "phone", _l("Phone")
    WEBSITE = "website", _l("Website")
    ADDRESS = "address", _l("Address")
    OTHER = "other", _l("Other")


class ContactPoint(Part, Base):
    """A way to reach an organisation or a person."""

    __tablename__ = "contact_points"
    __search_columns__ = ("value",)
    __part_label__ = _l("Contact point")
    __records__ = ("record_id", "at_organisation_id")

    record_id: Mapped[int] = record_key()
    kind: Mapped[ContactKind] = mapped_column(info=about(_l("Channel")))
    value: Mapped[str] = mapped_column(
        String(500),
        info=about(
            _l("Address or number"), personal=Personal.YES, purpose=_l("To reach a partner")
        ),
    )
    usage: Mapped[str | None] = mapped_column(
        String(120),
        info=about(
            _l("Used for"),
            personal=Personal.YES,
            hint=_l("For instance secretariat, press or mobile"),
        ),
    )
    is_private: Mapped[bool] = mapped_column(
        default=False, info=about(_l("Private: never in a file that leaves the team"))
    )
    at_organisation_id: Mapped[int | None] = record_key(
        nullable=True, label=_l("Valid while working at")
    )

    record: Mapped[Record] = relationship(foreign_keys=record_id)
    at_organisation: Mapped[Record | None] = relationship(foreign_keys=at_organisation_id)


class Source(Part, Base):
    """Where a fact comes from and when it was last checked."""

    __tablename__ = "sources"
    __part_label__ = _l("Source")

    record_id: Mapped[int] = record_key()
    title: Mapped[str] = mapped_column(
        String(300),
        info=about(_l("Source"), hint=_l("A page, a document, a message"), personal=Personal.YES),
    )
    url: Mapped[str | None] = mapped_column(String(500), info=about(_l("Web address")))
    fact: Mapped[str | None] = mapped_column(
        String(300),
        info=about(_l("What it says"), hint=_l("Leave empty if it covers the whole record")),
    )
    dated: Mapped[PartialDate | None] = mapped_column(info=about(_l("Date of the source")))
    checked_on: Mapped[date | None] = mapped_column(info=about(_l("Last checked on")))

    record: Mapped[Record] = relationship()


class Tag(HasId, Base):
    """A free word to group records by."""

    __tablename__ = "tags"

    word: Mapped[str] = mapped_column(String(60), info=about(_l("Tag")))
    key: Mapped[str] = mapped_column(String(60), unique=True, info=about(_l("Key"), internal=True))


class Tagging(Part, Base):
    """A tag on a record."""

    __tablename__ = "taggings"
    __part_label__ = _l("Tag")
    __table_args__ = (UniqueConstraint("record_id", "tag_id"),)

    record_id: Mapped[int] = record_key(index=False)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id"), index=True, info=about(_l("Tag")))

    record: Mapped[Record] = relationship()
    tag: Mapped[Tag] = relationship(innerjoin=True, lazy="joined")


class DocumentKind(Choice):
    """What a file is."""

    AGENDA = "agenda", _l("Agenda")
    PAPER = "paper", _l("Meeting paper")
    MINUTES = "minutes", _l("Minutes")
    REPORT = "report", _l("Report")
    TEXT = "text", _l("Text")
    PROOF = "proof", _l("Proof")
    OTHER = "other", _l("Other")


class Document(Part, Base):
    """A file kept with a record, addressed by its SHA-256."""

    __tablename__ = "documents"
    __part_label__ = _l("Document")
    __records__ = ("record_id", "beside_id", "through_id")

    record_id: Mapped[int] = record_key()
    name: Mapped[str] = mapped_column(
        String(200),
        info=about(_l("File name"), personal=Personal.YES, purpose=_l("To recognise a file")),
    )
    kind: Mapped[DocumentKind] = mapped_column(
        default=DocumentKind.OTHER, info=about(_l("Kind of document"))
    )
    language: Mapped[str | None] = mapped_column(String(12), info=about(_l("Language")))
    sha256: Mapped[str] = mapped_column(
        String(64), index=True, info=about(_l("Fingerprint (SHA-256)"))
    )
    size: Mapped[int] = mapped_column(info=about(_l("Size in bytes")))
    media_type: Mapped[str] = mapped_column(String(120), info=about(_l("Media type")))
    added_at: Mapped[datetime] = mapped_column(default=now, info=about(_l("Added")))
    beside_id: Mapped[int | None] = record_key(nullable=True, label=_l("Also about"), index=True)
    through_id: Mapped[int | None] = record_key(nullable=True, label=_l("Through"), index=True)

    record: Mapped[Record] = relationship(foreign_keys=record_id)


class DeadlineKind(Choice):
    """What must be done before the date."""

    REGISTRATION_OPENS = "registration_opens", _l("Registration opens")
    REGISTRATION = "registration", _l("Registration closes")
    PAPERS = "papers", _l("Papers")
    STATEMENTS = "statements", _l("Statements")
    SIGNATURE_INTERNAL = "signature_internal", _l("Signature, our own deadline")
    SIGNATURE = "signature", _l("Signature")
    HAND_IN = "hand_in", _l("Hand-in")
    OTHER = "other", _l("Other")


class Deadline(Part, Base):
    """A date before which something must be done; its changes are kept with their reasons."""

    __tablename__ = "deadlines"
    __part_label__ = _l("Deadline")

    record_id: Mapped[int] = record_key()
    kind: Mapped[DeadlineKind] = mapped_column(info=about(_l("For")))
    day: Mapped[PartialDate | None] = mapped_column(info=about(_l("Date")))
    hour: Mapped[str | None] = mapped_column(
        String(5), info=about(_l("Hour"), hint=_l("For instance 12:00"))
    )
    time_zone: Mapped[str | None] = mapped_column(String(50), info=about(_l("Time zone")))
    is_soft: Mapped[bool] = mapped_column(
        default=False, info=about(_l("Late answers are accepted"))
    )
    reason: Mapped[str | None] = mapped_column(
        String(300), info=about(_l("Reason of the last change"))
    )

    record: Mapped[Record] = relationship()

    def ends_at(self) -> datetime | None:
        """Return the moment it is over: at its hour, else when the day ends in its time zone.

        A month or a year ends with its last day. None where there is no date, or no such hour.
        """
        if self.day is None:
            return None
        try:
            if self.hour:
                return moment(self.day.last_day, self.hour, self.time_zone)
            return moment(self.day.last_day + timedelta(days=1), "00:00", self.time_zone)
        except OverflowError:  # The end of the year 9999 is no moment that comes.
            return None


class Reader(Part, Base):
    """A person named to see a record that is confidential to named people."""

    __tablename__ = "readers"
    __part_label__ = _l("Reader")
    __table_args__ = (UniqueConstraint("record_id", "user_id"),)

    record_id: Mapped[int] = record_key(index=False)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id"), index=True, info=about(_l("Reader"), personal=Personal.YES)
    )

    user: Mapped[User] = relationship()


class Guard(Base):
    """A record hides with another that it names (kept up to date at flush)."""

    __tablename__ = "guards"

    record_id: Mapped[int] = mapped_column(
        ForeignKey("records.id"), primary_key=True, info=about(_l("Record"), internal=True)
    )
    guard_id: Mapped[int] = mapped_column(
        ForeignKey("records.id"),
        primary_key=True,
        index=True,
        info=about(_l("Guard"), internal=True),
    )


class Act(Choice):
    """What was done to a row."""

    CREATE = "create", _l("Added")
    UPDATE = "update", _l("Changed")
    DELETE = "delete", _l("Removed")


class Change(Base):
    """One change of one row: who, when, what, from what to what. Never updated or deleted."""

    __tablename__ = "changes"

    id: Mapped[int] = mapped_column(primary_key=True, info=about(_l("Place in the chain")))
    key: Mapped[str] = mapped_column(String(32), unique=True, info=about(_l("Key"), internal=True))
    at: Mapped[datetime] = mapped_column(info=about(_l("When")))
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id"), info=about(_l("Who"), personal=Personal.YES)
    )
    batch: Mapped[str] = mapped_column(String(32), index=True, info=about(_l("Request")))
    act: Mapped[Act] = mapped_column(info=about(_l("What was done")))
    row_table: Mapped[str] = mapped_column(String(60), info=about(_l("Table")))
    row_id: Mapped[int] = mapped_column(info=about(_l("Row")))
    row_version: Mapped[int] = mapped_column(info=about(_l("Version of the row afterwards")))
    values: Mapped[dict[str, Any]] = mapped_column(
        info=about(
            _l("Old and new values"), personal=Personal.YES, purpose=_l("To show and undo changes")
        )
    )
    reason: Mapped[str | None] = mapped_column(
        String(500), info=about(_l("Reason"), personal=Personal.YES)
    )
    undoes_key: Mapped[str | None] = mapped_column(String(32), info=about(_l("Undoes")))
    seal: Mapped[str] = mapped_column(String(64), info=about(_l("Seal"), internal=True))

    user: Mapped[User | None] = relationship(lazy="joined")

    __table_args__ = (Index("ix_changes_row_table_row_id", "row_table", "row_id", "row_version"),)


class ChangedRecord(Base):
    """A record that a change concerns; the change is seen only where all of them are."""

    __tablename__ = "changed_records"

    record_id: Mapped[int] = mapped_column(
        ForeignKey("records.id"), primary_key=True, info=about(_l("Record"), internal=True)
    )
    change_id: Mapped[int] = mapped_column(
        ForeignKey("changes.id"),
        primary_key=True,
        index=True,
        info=about(_l("Change"), internal=True),
    )


RECORDS: sa.Table = Record.__table__  # type: ignore[assignment]
"""The root table itself, for the row filter: what it selects is not filtered again."""
