"""Amounts of money: which currencies there are, how an amount reads."""

from decimal import Decimal

from babel.numbers import format_currency, format_decimal, list_currencies

from crm.core.errors import InvalidValue
from crm.core.i18n import _

MOST = Decimal(10) ** 9
USUAL = "EUR"


def check_amount(field: str, amount: Decimal | None) -> None:
    """Refuse a negative or absurd amount.

    :raises InvalidValue: at the field.
    """
    if amount is not None and not (amount.is_finite() and Decimal(0) <= amount < MOST):
        raise InvalidValue(field, _("Enter an amount between 0 and 999,999,999"))


def known_currency(code: str | None) -> str | None:
    """Return the code of a currency as ISO 4217 writes it.

    :raises InvalidValue: at ``currency`` when there is no such currency.
    """
    if not code:
        return None
    wanted = code.strip().upper()
    if wanted not in list_currencies():
        raise InvalidValue(
            "currency",
            _("“%(code)s” is no currency. Enter a code of three letters such as EUR", code=code),
        )
    return wanted


def format_money(amount: Decimal | None, currency: str | None, locale: str) -> str | None:
    """Return an amount in words, British for English; without a currency the number alone."""
    if amount is None:
        return None
    language = "fr" if locale == "fr" else "en_GB"
    if not currency:
        return str(format_decimal(amount, locale=language))
    return str(format_currency(amount, currency, locale=language))
