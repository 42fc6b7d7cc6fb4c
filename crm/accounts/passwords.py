"""Passwords: which are good enough, how they are stored and compared."""

import re
import threading
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.lazily import used_for_now
from crm.core.text import tokens

SHORTEST = 15  # There is no second factor yet.
LONGEST = 1024
BEST_KNOWN_PART = 72
"""How much of a password is compared with known ones: the effort grows with its length."""

STRONG_ENOUGH = 3
LEFT_OVER = 8
FEWEST_DIFFERENT = 6

_HASHER = PasswordHasher(time_cost=1, memory_cost=47104, parallelism=1)
_AT_ONCE = threading.BoundedSemaphore(2)
"""Each hash takes 46 MiB and a core: sign-ins must not take both away from everybody else."""

NOBODY = (
    "$argon2id$v=19$m=47104,t=1,p=1"
    "$Z/bg8pykMt0XJ9+sDo2qOA$TmLf70F5ftqCAJzeMPayhiB/4Wqn7BeQyaHW2Gix2fw"
)
"""Compared for unknown accounts, so that they take as long as known ones. Nothing matches it."""

_FAMILIAR = frozenset(
    [
        "passerelle",
        "crm",
        "franceterredasile",
        "france",
        "terre",
        "asile",
        "ftda",
        "password",
        "passwort",
        "motdepasse",
        "mdp",
        "passe",
        "azerty",
        "azertyuiop",
        "qwerty",
        "qwertyuiop",
        "qwertz",
        "qsdfghjklm",
        "asdfghjkl",
        "wxcvbn",
        "zxcvbnm",
        "admin",
        "administrateur",
        "administrator",
        "administration",
        "utilisateur",
        "user",
        "root",
        "test",
        "guest",
        "invite",
        "bienvenue",
        "welcome",
        "bonjour",
        "bonsoir",
        "hello",
        "salut",
        "coucou",
        "soleil",
        "chocolat",
        "doudou",
        "chouchou",
        "loulou",
        "amour",
        "jetaime",
        "iloveyou",
        "love",
        "secret",
        "secrete",
        "confidentiel",
        "princesse",
        "princess",
        "marseille",
        "paris",
        "lyon",
        "letmein",
        "changeme",
        "changezmoi",
        "ordinateur",
        "internet",
        "football",
        "monkey",
        "dragon",
        "master",
        "superman",
        "batman",
    ]
)
_RUNS = (
    "01234567890",
    "09876543210",
    "abcdefghijklmnopqrstuvwxyz",
    "zyxwvutsrqponmlkjihgfedcba",
    "1q2w3e4r5t6y7u8i9o0p",
    "1a2z3e4r5t6y7u8i9o0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    "aqwzsxedcrfvtgbyhnujikolpm",
)
_LOOKALIKES = str.maketrans("0134578@$!", "oieastbasi")


def normal(password: str) -> str:
    """Return the password in the one form in which it is hashed, never shortened."""
    return unicodedata.normalize("NFC", password)


def hash_password(password: str) -> str:
    """Return the hash to store."""
    with _AT_ONCE:
        return _HASHER.hash(normal(password))


def matches(stored: str | None, password: str) -> bool:
    """Tell whether this is the password; takes as long when nothing is stored."""
    if len(password) > LONGEST:
        return False
    with _AT_ONCE:
        try:
            _HASHER.verify(stored or NOBODY, normal(password))
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Tell whether the hash was made with older settings."""
    return _HASHER.check_needs_rehash(stored)


def check(password: str | None, about: Iterable[str] = (), field: str = "password") -> None:
    """Refuse a password that is too short or that others would try.

    :param about: what is known of the person: name, address.
    :raises InvalidValue: at the field.
    """
    password = normal(password or "")
    if len(password) < SHORTEST:
        raise InvalidValue(
            field,
            _("The password must have at least %(count)s characters", count=SHORTEST),
        )
    if len(password) > LONGEST:
        raise InvalidValue(
            field, _("The password must have %(count)s characters or fewer", count=LONGEST)
        )
    words = context_words(about)
    if left_over(password, words) < LEFT_OVER or len(set(password.casefold())) < FEWEST_DIFFERENT:
        raise InvalidValue(
            field,
            _(
                "This password is made of words that others would try: names, the team, rows of "
                "keys. Choose four words that have nothing to do with each other"
            ),
        )
    if _score(password[:BEST_KNOWN_PART], [*words, *_FAMILIAR]) < STRONG_ENOUGH:
        raise InvalidValue(
            field,
            _(
                "This password is easy to guess. Choose four words that have nothing to do with "
                "each other"
            ),
        )


def _score(password: str, known: Sequence[str]) -> int:
    """Return how hard a password is to guess, from 0 to 4."""

    def guessed(library: Any) -> int:
        found = library.zxcvbn(password, user_inputs=known, max_length=BEST_KNOWN_PART)
        return int(found["score"])

    return int(used_for_now("zxcvbn", guessed))  # Its lists of words take 12 MB.


def context_words(about: Iterable[str]) -> list[str]:
    """Return the words of what is known of a person, short ones left out."""
    words = {word for text in about for word in [*tokens(text), "".join(tokens(text))]}
    return sorted(word for word in words if len(word) >= 3)


def left_over(password: str, words: Iterable[str]) -> int:
    """Return how many characters remain without the words anybody would think of."""
    known = sorted({*words, *_FAMILIAR}, key=len, reverse=True)
    # Both readings: “m0tdep@sse” is a word, and “2026” is a year.
    readings = (password, password.translate(_LOOKALIKES))
    return min(len(_without("".join(tokens(reading)), known)) for reading in readings)


def _without(text: str, words: Iterable[str]) -> str:
    for word in words:
        text = text.replace(word, "\0")
    text = re.sub(r"(?:19|20)\d\d", "\0", text)
    for run in _RUNS:
        for size in range(len(run), 3, -1):
            for start in range(len(run) - size + 1):
                text = text.replace(run[start : start + size], "\0")
    text = re.sub(r"(.{1,4}?)\1{2,}", "\\1", text)
    return text.replace("\0", "")
