"""Who is meant by a name on a list, measured on 300 labelled lines."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.people.matching import alike, match_all
from crm.records.models import ContactKind, ContactPoint
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory, PositionFactory
from tests.people.labelled import build


@pytest.mark.slow
def test_nobody_is_taken_for_somebody_else_and_few_are_missed(session):
    known, lines = build()
    assert len(lines) == 300
    houses, people = {}, []
    for each in known:
        for name in filter(None, (each.organisation, each.former)):
            if name not in houses:
                houses[name] = OrganisationFactory(name=name)
        person = PersonFactory(name=each.name, native_name=each.native)
        PositionFactory(person_id=person.id, organisation_id=houses[each.organisation].id)
        if each.former:
            PositionFactory(person_id=person.id, organisation_id=houses[each.former].id)
        if each.email:
            session.add(ContactPoint(record_id=person.id, kind=ContactKind.EMAIL, value=each.email))
        people.append(person)
    session.flush()
    places = {person.id: place for place, person in enumerate(people)}
    # Each line on its own list: a list is told once that two of its lines mean one person.
    found = [match_all([line.sought])[0] for line in lines]
    recognised = right = meant = reached = 0
    wrong, missed = Counter(), Counter()
    for line, match in zip(lines, found, strict=True):
        if match.person is not None:
            recognised += 1
            if places[match.person.id] == line.meant:
                right += 1
            else:
                wrong[line.noise] += 1
        if line.meant is None:
            continue
        meant += 1
        offered = [match.person, *match.candidates]
        if line.meant in {places[each.id] for each in offered if each is not None}:
            reached += 1
        else:
            missed[line.noise, line.sought.name] += 1
    assert right / recognised >= 0.99, wrong
    assert reached / meant >= 0.95, missed
    assert recognised / meant >= 0.6, (recognised, meant)


WORDS = st.lists(st.text("abcdefgh", min_size=1, max_size=6), min_size=1, max_size=4)


@given(WORDS, st.randoms())
def test_the_order_of_the_words_of_a_name_makes_no_difference(words, dice):
    shuffled = list(words)
    dice.shuffle(shuffled)
    assert alike(words, shuffled) == 100


@given(WORDS, WORDS)
def test_two_names_are_as_alike_one_way_as_the_other_and_same_means_same(one, other):
    assert 0 <= alike(one, other) <= 100
    assert (alike(one, other) == 100) == (sorted(one) == sorted(other))
