"""What whoever was invited enters on the page to sign."""

from typing import Any

from wtforms import BooleanField, EmailField, HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, ValidationError

from crm.core.i18n import _, _l
from crm.declarations.eligibility import Eligibility
from crm.declarations.models import SignatoryCategory, Signature
from crm.invitations.candidates import address_obstacle
from crm.invitations.models import Invitation
from crm.records.fields import ChoiceField, CountryField
from crm.web.form import Form, TooLong

REASON = 300


class _PublicForm(Form):
    """A form of a page whose address is a secret: it needs no token and so sets no cookie."""

    class Meta(Form.Meta):
        """How the library treats these forms."""

        csrf = False


class SignForm(_PublicForm):
    """A signature."""

    model = Signature

    text_sha256 = HiddenField()
    displayed_name = StringField(
        description=_l("This name stands on the list of signatories"),
        validators=[DataRequired(_l("Enter the name as it is to be printed"))],
    )
    signer_name = StringField(
        description=_l("Our team sees it; it is not published"),
        validators=[DataRequired(_l("Enter your name"))],
    )
    capacity = StringField(
        description=_l("For instance president or director"),
        validators=[DataRequired(_l("Enter in what capacity you sign"))],
    )
    category = ChoiceField(kind=SignatoryCategory)
    country = CountryField()
    may_publish = BooleanField()
    may_show_logo = BooleanField()
    agreed = BooleanField(
        _l("I have read the text above and sign it"),
        validators=[InputRequired(_l("Tick that you have read the text and sign it"))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask in the words of whoever signs, where the columns speak of them."""
        super().__init__(*args, **kwargs)
        self.signer_name.label.text = _("Your name")
        self.may_publish.label.text = _("Our name may be published on the list of signatories")
        self.may_show_logo.label.text = _("Our logo may be shown beside it")

    def offer_open_to(self, eligibility: Eligibility) -> None:
        """Offer the categories to which the declaration is open."""
        if eligibility.categories:
            self.category.offer_only(eligibility.categories)

    def values(self) -> dict[str, Any]:
        """Return what was entered about the signature itself."""
        values = super().values()
        del values["agreed"], values["text_sha256"]
        return values


class DeclineForm(_PublicForm):
    """A refusal."""

    reason = TextAreaField(
        _l("Why, if you want to say so"),
        description=_l("The team that invited you reads it; it is not published"),
        validators=[TooLong(max=REASON)],
        render_kw={"rows": 3},
    )


class PassForm(_PublicForm):
    """The person who can decide."""

    model = Invitation

    contact_name = StringField(
        _l("Name"), description=" ", validators=[DataRequired(_l("Enter a name"))]
    )
    address = EmailField(
        description=_l("The invitation goes there; your own link stops working"),
        validators=[DataRequired(_l("Enter an address"))],
    )

    def validate_address(self, field: Any) -> None:
        """Refuse what is no address."""
        obstacle = address_obstacle((field.data or "").strip())
        if obstacle is not None:
            raise ValidationError(
                _("The email address must include an @ and a domain, like name@example.org")
            )


class WithdrawForm(_PublicForm):
    """The withdrawal of a signature."""

    reason = TextAreaField(
        _l("Why, if you want to say so"),
        description=_l("The team that invited you reads it; it is not published"),
        validators=[TooLong(max=REASON)],
        render_kw={"rows": 3},
    )
