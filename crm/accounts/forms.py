"""What people may enter about accounts."""

from enum import StrEnum
from typing import Any

from wtforms import (
    BooleanField,
    EmailField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
)
from wtforms.validators import DataRequired, Length

from crm.accounts.models import Role, Theme, User
from crm.accounts.passwords import LONGEST
from crm.core.i18n import _l
from crm.web.form import Form


class Locale(StrEnum):
    """A language of the pages."""

    FR = "fr"
    EN = "en"


LOCALE_NAMES = ((Locale.FR, "Français"), (Locale.EN, "English"))


def _role(value: Any) -> Role | None:
    return Role(value) if value in set(Role) else None


def _theme(value: Any) -> Theme | None:
    return Theme(value) if value in set(Theme) else None


def _locale(value: Any) -> str | None:
    return value if value in set(Locale) else None


def _choices(kind: type[Role] | type[Theme]) -> list[SelectChoice]:
    return [SelectChoice(member.value, member.label) for member in kind]


def _locales() -> list[SelectChoice]:
    return [SelectChoice(code.value, name) for code, name in LOCALE_NAMES]


def _password(label: Any, missing: Any, autocomplete: str, description: Any = "") -> PasswordField:
    return PasswordField(
        label,
        description=description,
        validators=[
            DataRequired(missing),
            Length(max=LONGEST, message=_l("A password has 1024 characters or fewer")),
        ],
        render_kw={"autocomplete": autocomplete},
    )


def _new_password() -> PasswordField:
    return _password(
        _l("New password"),
        _l("Enter a new password"),
        "new-password",
        _l(
            "At least 15 characters. Four words that have nothing to do with each other are "
            "easy to remember and hard to guess."
        ),
    )


def _repeat() -> PasswordField:
    return _password(
        _l("The same password again"), _l("Type the new password a second time"), "new-password"
    )


class SignInForm(Form):
    """An address and a password."""

    email = EmailField(
        _l("Email"),
        validators=[DataRequired(_l("Enter your address"))],
        render_kw={"autocomplete": "username"},
    )
    password = _password(_l("Password"), _l("Enter your password"), "current-password")


class ForgotForm(Form):
    """The address to which a new link goes."""

    email = EmailField(
        _l("Email"),
        validators=[
            DataRequired(_l("Enter your address")),
            Length(max=254, message=_l("Enter an address like name@example.org")),
        ],
        render_kw={"autocomplete": "username"},
    )


class LinkForm(Form):
    """The password that a one-time link lets somebody choose."""

    password = _new_password()
    repeat = _repeat()


class FirstAdministratorForm(Form):
    """Who the first administrator is, and the password."""

    model = User

    name = StringField(
        validators=[DataRequired(_l("Enter your name"))], render_kw={"autocomplete": "name"}
    )
    email = EmailField(
        validators=[DataRequired(_l("Enter your address"))], render_kw={"autocomplete": "username"}
    )
    password = _new_password()
    repeat = _repeat()


class AccountForm(Form):
    """What people decide of their own account."""

    model = User

    name = StringField(
        validators=[DataRequired(_l("Enter your name"))], render_kw={"autocomplete": "name"}
    )
    locale = RadioField(
        choices=_locales(),
        coerce=_locale,
        validate_choice=False,
        validators=[DataRequired(_l("Choose a language"))],
    )
    theme = RadioField(
        choices=_choices(Theme),
        coerce=_theme,
        validate_choice=False,
        validators=[DataRequired(_l("Choose one of the values in the list"))],
    )
    shortcuts = BooleanField()
    wants_digest = BooleanField()


class PasswordForm(Form):
    """One's own password, and a new one."""

    current = _password(
        _l("Current password"), _l("Enter your current password"), "current-password"
    )
    password = _new_password()
    repeat = _repeat()


class InvitationForm(Form):
    """Somebody to add to the team."""

    model = User

    name = StringField(validators=[DataRequired(_l("Enter a name"))])
    email = EmailField(validators=[DataRequired(_l("Enter an address"))])
    role = SelectField(
        choices=_choices(Role),
        coerce=_role,
        default=Role.CONTRIBUTOR,
        validate_choice=False,
        validators=[DataRequired(_l("Choose a role"))],
    )
    locale = SelectField(
        choices=_locales(),
        coerce=_locale,
        validate_choice=False,
        validators=[DataRequired(_l("Choose a language"))],
    )


class UserForm(Form):
    """What administrators decide of a user."""

    model = User

    name = StringField(validators=[DataRequired(_l("Enter a name"))])
    email = EmailField(validators=[DataRequired(_l("Enter an address"))])
    role = SelectField(
        choices=_choices(Role),
        coerce=_role,
        validate_choice=False,
        validators=[DataRequired(_l("Choose a role"))],
    )
    is_enabled = BooleanField()
