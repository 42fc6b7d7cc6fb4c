"""Which passwords are taken, and how they are kept."""

import threading
import unicodedata
from functools import partial
from pathlib import Path

import argon2
import pytest
from argon2 import PasswordHasher
from argon2.low_level import Type

from crm.accounts import passwords
from crm.core.errors import InvalidValue
from tests.at_once import at_once

HERE = Path(__file__).parent
CLAIRE = ("Claire Durand", "claire.durand@refuge.example.org")
GOOD = "verger cobalt marmite tangente"


def lines(name):
    return (HERE / name).read_text().splitlines()


def is_refused(password):
    try:
        passwords.check(password, CLAIRE)
    except InvalidValue as refused:
        return refused.field == "password"
    return False


def test_passwords_that_others_would_try_are_refused(app):
    bad = lines("bad_passwords.txt")
    assert len(set(bad)) == 300
    assert sum(len(password) >= passwords.SHORTEST for password in bad) > 200
    with app.app_context():
        assert [password for password in bad if not is_refused(password)] == []


def test_long_phrases_are_taken_without_rules_of_composition(app):
    good = lines("good_passwords.txt")
    assert len(set(good)) == 50
    with app.app_context():
        assert [password for password in good if is_refused(password)] == []


def test_sixty_four_characters_and_many_more_are_taken(app):
    with app.app_context():
        phrase = "Sept lampes éclairent un escalier où personne ne descend jamais ; "
        passwords.check(phrase)
        passwords.check((phrase * 20)[:1024])


@pytest.mark.parametrize("length", [14, 1025, 1_000_000])
def test_a_password_too_short_or_too_long_is_refused(app, length):
    with app.app_context():
        assert is_refused((GOOD * 50_000)[:length])


def test_a_hash_is_argon2id_with_46_mebibytes():
    found = argon2.extract_parameters(passwords.hash_password(GOOD))
    assert found.type is Type.ID
    assert (found.memory_cost, found.time_cost) >= (46 * 1024, 1)
    assert found.salt_len >= 16


def test_the_hash_of_nobody_costs_as_much_as_that_of_somebody():
    somebody = argon2.extract_parameters(passwords.hash_password(GOOD))
    assert argon2.extract_parameters(passwords.NOBODY) == somebody
    assert not passwords.is_outdated(passwords.NOBODY)
    assert not passwords.matches(None, GOOD)


def test_a_hash_of_older_settings_is_outdated():
    older = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1).hash(GOOD)
    assert passwords.matches(older, GOOD)
    assert passwords.is_outdated(older)
    assert not passwords.is_outdated(passwords.hash_password(GOOD))


def test_a_password_is_never_cut_short():
    start = "x" * 99
    stored = passwords.hash_password(start + "a")
    assert passwords.matches(stored, start + "a")
    assert not passwords.matches(stored, start + "b")
    assert not passwords.matches(stored, start)


def test_the_same_letters_typed_on_another_keyboard_match():
    typed = "hérissons à Vesoul, quatre"
    stored = passwords.hash_password(unicodedata.normalize("NFD", typed))
    assert passwords.matches(stored, unicodedata.normalize("NFC", typed))
    assert not passwords.matches(stored, typed.replace("é", "e"))


def test_a_huge_password_is_not_hashed(monkeypatch):
    class Untouched:
        def verify(self, *_values):
            raise AssertionError("hashed")

    monkeypatch.setattr(passwords, "_HASHER", Untouched())
    assert not passwords.matches("$argon2id$", "x" * 1_000_000)


def test_at_most_two_passwords_are_hashed_at_once(monkeypatch):
    running, most = [], []
    both = threading.Barrier(2)

    class Counted:
        def hash(self, _password):
            running.append(1)
            most.append(len(running))
            both.wait(10)
            running.pop()
            return "hash"

    monkeypatch.setattr(passwords, "_HASHER", Counted())
    at_once(*[partial(passwords.hash_password, GOOD)] * 6)
    assert len(most) == 6
    assert max(most) == 2


def test_a_damaged_hash_matches_nothing():
    assert not passwords.matches("not a hash", GOOD)
