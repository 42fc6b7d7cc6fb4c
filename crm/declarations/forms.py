"""What people may enter about declarations."""

from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, NumberRange, Optional

from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _, _l
from crm.core.languages import language_code
from crm.declarations import queries
from crm.declarations.models import (
    Approval,
    Confirmation,
    Declaration,
    DeclarationKind,
    DeclarationText,
    SignatoryCategory,
    Signature,
    SignatureChannel,
    SignatureStatus,
    Stage,
    Verdict,
)
from crm.declarations.services import AlreadyOnTheList
from crm.declarations.versions import version_words
from crm.records.fields import (
    ChoiceField,
    ChoicesField,
    CountryField,
    Needed,
    PartialDateField,
    RecordField,
    optional_id,
)
from crm.records.forms import RecordForm
from crm.records.kinds import registry
from crm.records.models import Record
from crm.web.cells import Link
from crm.web.form import EntryForm, Form, TooLong

REASON = 500
"""As long as history keeps it."""
COUNT = (Optional(), NumberRange(0, 10_000_000, _l("Enter a number between 0 and 10,000,000")))


class DeclarationForm(RecordForm):
    """A declaration."""

    model = Declaration
    groups = (
        (
            _l("Signatories"),
            (
                "who_may_sign",
                "eligible_categories",
                "eligible_network_id",
                "signatory_categories",
                "announced_count",
                "announced_source",
            ),
        ),
        (_l("Confidentiality"), ("visibility", "reader_ids")),
    )

    name = StringField(validators=[DataRequired(_l("Enter a name"))])
    declaration_kind = ChoiceField(kind=DeclarationKind, default=DeclarationKind.DECLARATION)
    dated = PartialDateField()
    dated_note = StringField()
    origin_meeting_id = RecordField(kinds=["meeting"])
    predecessor_id = RecordField(kinds=["declaration"])
    subject = StringField()
    ask = TextAreaField()
    addressee_kinds = StringField()
    who_may_sign = StringField()
    eligible_categories = ChoicesField(kind=SignatoryCategory)
    eligible_network_id = RecordField(kinds=["organisation"])
    signatory_categories = StringField()
    announced_count = IntegerField(validators=COUNT)
    announced_source = StringField()


class StageForm(Form):
    """The next stage of a declaration."""

    stage = ChoiceField(_l("Stage"), kind=Stage)
    reason = StringField(
        _l("Reason"),
        description=_l("Needed when it goes back"),
        validators=[TooLong(max=REASON)],
    )


class TextForm(EntryForm):
    """A text of a declaration."""

    model = DeclarationText

    language = StringField(
        # Names are longer than codes: what the column holds is the code.
        filters=[lambda text: text and (language_code(text) or text)],
        validators=[DataRequired(_l("Enter the language of the text, for example fr"))],
    )
    text = TextAreaField(validators=[DataRequired(_l("Enter the text"))])


class WithText(EntryForm):
    """A form that names a text of the declaration."""

    text_id = SelectField(coerce=optional_id)

    def on_page_of(self, record: Record) -> None:
        """Offer the texts of the declaration."""
        texts = db.session.scalars(queries.texts_of(record))
        self.text_id.choices = [
            SelectChoice("", ""),
            *(_text_choice(text) for text in texts),
        ]


def _follows(text: DeclarationText, signed: DeclarationText | None) -> bool:
    """Tell whether a text is a newer version of the one that was signed."""
    if signed is None:
        return True
    return text.language == signed.language and text.edition > signed.edition


def _text_choice(text: DeclarationText) -> SelectChoice:
    words = version_words(text.language, text.edition)
    return SelectChoice(text.id, words)


class ApprovalForm(WithText):
    """Our own decision about a text."""

    model = Approval

    verdict = ChoiceField(kind=Verdict, default=Verdict.APPROVED)
    decided_on = PartialDateField(future=False)
    decided_by = StringField(validators=[DataRequired(_l("Enter who decided"))])
    points = TextAreaField()


class ConfirmationForm(WithText):
    """Who had signed confirms a newer text."""

    model = Confirmation

    confirmed_on = PartialDateField(future=False)
    channel = ChoiceField(kind=SignatureChannel, optional=True)

    def offer_newer(self, declaration: Declaration, signature: Signature) -> None:
        """Offer the frozen texts that are newer than the one signed, the newest first."""
        signed = signature.text
        texts = db.session.scalars(queries.texts_of(declaration)).all()
        self.text_id.choices = [
            _text_choice(text) for text in texts if text.frozen_at and _follows(text, signed)
        ]


class SignatureForm(WithText):
    """A signature."""

    model = Signature
    extra_fields = ("upload",)

    signatory_id = RecordField(
        kinds=["organisation", "person"], validators=[Needed(_l("Enter who signs"))]
    )
    displayed_name = StringField()
    category = ChoiceField(
        kind=SignatoryCategory, optional=True, description=_l("Empty: as on their record")
    )
    listed_under = StringField()
    country = CountryField(description=_l("Empty: as on their record"))
    scope = StringField()
    status = ChoiceField(kind=SignatureStatus, default=SignatureStatus.SIGNED)
    signed_on = PartialDateField()
    signed_by_id = RecordField(kinds=["person"])
    signer_name = StringField()
    capacity = StringField()
    channel = ChoiceField(kind=SignatureChannel, optional=True)
    may_publish = BooleanField()
    may_show_logo = BooleanField()
    rank = IntegerField(validators=COUNT)
    condition = StringField()
    upload = FileField(_l("Proof"), description=_l("The message or the signed paper"))
    withdrawal_reason = StringField()

    def refuse(self, refused: InvalidValue) -> None:
        """Lead to the first signature where there is one already."""
        super().refuse(refused)
        if not isinstance(refused, AlreadyOnTheList) or refused.signature is None:
            return
        first = refused.signature
        kind = registry.kind_of(first.declaration)
        url = kind.url(first.declaration, "edit_part", part_name="signatures", part_id=first.id)
        self.signatory_id.error_link = Link(_("Open “%(name)s”", name=first.displayed_name), url)
