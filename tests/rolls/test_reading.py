"""Reading a list of signatories as it was received."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.core.errors import InvalidValue
from crm.organisations.models import OrganisationKind
from crm.rolls.naming import kind_of
from crm.rolls.places import country_of, is_scope
from crm.rolls.reading import LONGEST_NAME, MOST_LINES, MOST_SIGNERS, read

STACKED = """Country,Organization
Universities,House One
"Centres, and their networks",House Two
Universities,"House Three, of Learning"
Country/scope,House One
Country/scope,House Two
Country/scope,"House Three, of Learning"
Turkey,House One
Europe,House Two
Bosnia and Herzegovina,"House Three, of Learning"
"""


def plain(name):
    return (name, None, "", "")


def signers(text):
    return [(each.name, each.country, each.scope, each.listed_under) for each in read(text).signers]


def problems(text):
    return [each.problem for each in read(text).unread]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Secours Exemple", [("Secours Exemple", None, "", "")]),
        (" 1. One House\n\n- Two House\n", [plain("One House"), plain("Two House")]),
        ("Secours Exemple, Belgique", [("Secours Exemple", "BE", "", "")]),
        ("Academy, House of Learning", [("Academy, House of Learning", None, "", "")]),
        ('"Academy, House of Learning", Spain', [("Academy, House of Learning", "ES", "", "")]),
        ("Secours; France; ONG", [("Secours", "FR", "", "ONG")]),
        ("Secours\tFrance\tONG", [("Secours", "FR", "", "ONG")]),
        ("One;FR\nTwo;Europe\nThree;DEU",
         [("One", "FR", "", ""), ("Two", None, "Europe", ""), ("Three", "DE", "", "")]),
        ("FR;One\nIT;Two", [("One", "FR", "", ""), ("Two", "IT", "", "")]),
        ("Signataires\nUne maison\nDeux maisons", [plain("Une maison"), plain("Deux maisons")]),
        ("Pays;Nom de l’organisation;Catégorie\nItalie;Casa;ONG", [("Casa", "IT", "", "ONG")]),
        ("Name,Country/scope,Type\nOne,Everywhere,NGO", [("One", None, "Everywhere", "NGO")]),
        ("Organisation,Country,Scope\nOne,Suède,National", [("One", "SE", "", "")]),
        ("Our signatories in 2026\n\nName;Country\nOne;FR", [("One", "FR", "", "")]),
        ("Name;Organisation;Country\nAda Test;One;FR", [("One", "FR", "", "")]),
        ('Name;Country\n"One\nHouse";FR', [("One House", "FR", "", "")]),
        ('"1 May” House;FR\nTwo;FR', [('"1 May” House', "FR", "", ""), ("Two", "FR", "", "")]),
        ("منظمة اللجوء;FR", [("منظمة اللجوء", "FR", "", "")]),
    ],
)  # fmt: skip
def test_a_list_is_read_however_it_is_written(text, expected):
    assert signers(text) == expected


def test_a_list_that_repeats_each_name_for_each_value_is_united():
    roll = read(STACKED)
    assert signers(STACKED) == [
        ("House One", "TR", "", "Universities"),
        ("House Two", None, "Europe", "Centres, and their networks"),
        ("House Three, of Learning", "BA", "", "Universities"),
    ]
    assert roll.repeated == 6
    without_headings = STACKED.partition("\n")[2]
    assert signers(without_headings) == signers(STACKED)


def test_a_name_is_the_same_whatever_its_case_and_accents():
    roll = read("Organisation;Pays;Type\nÉcho;France;\nECHO;;Réseau\nEcho;France;réseau")
    (signer,) = roll.signers
    assert (signer.name, signer.country, signer.listed_under) == ("Écho", "FR", "Réseau")
    assert roll.repeated == 2


def test_dates_acronyms_and_logos_of_a_table_are_kept_and_other_columns_named():
    text = (
        "Organisation;Acronym;Website;Signed on;Logo\n"
        "House One;HO;example.org;2022-09-28 10:00:00;yes\n"
        "House Two;;;sept. 2022;logo.png\n"
        "House Three;;;early on;\n"
    )
    roll = read(text)
    found = [(each.acronym, str(each.signed_on), each.may_show_logo) for each in roll.signers]
    assert found == [("HO", "2022-09-28", True), ("", "2022-09", False)]
    assert roll.left_out == ["Website"]
    (problem,) = problems(text)
    assert problem.startswith("Write the date like")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("12345", "No name was found on this line"),
        ("One\n***", "No name was found on this line"),
        ("Name;Country\nOne;Frannce", "“Frannce” is no country known here"),
        ("Name;Country\nOne;FR\nOne;BE", "with several countries: France, Belgique."),
        ("Name,Country\nOne, the house,FR", "This line has more cells than there are headings"),
        ("é" * (LONGEST_NAME + 1), "“Name” must be 300 characters or fewer (it is 301)"),
        ("x" * 10_001, "This line is too long for one signatory"),
        ("Name;Scope\nOne;" + "x" * 61, "“Scope” must be 60 characters or fewer (it is 61)"),
        ("Name;Category\nOne;" + "x" * 201, "must be 200 characters or fewer (it is 201)"),
        ("Name;Acronym\nOne;" + "x" * 61, "“Acronym” must be 60 characters or fewer (it is 61)"),
    ],
)  # fmt: skip
def test_a_line_that_is_not_understood_says_why(text, problem):
    (*_others, said) = problems(text)
    assert problem in said


def test_what_is_left_can_be_read_again_below_its_headings():
    roll = read("France;One\nItalie;Two\nFrannce;Three\nMalte;Four")
    (left,) = roll.unread
    again = f"{roll.heading}\n{left.raw.replace('Frannce', 'France')}"
    assert signers(again) == [("Three", "FR", "", "")]


def test_a_name_of_three_hundred_characters_is_taken():
    assert signers("é" * LONGEST_NAME) == [("é" * LONGEST_NAME, None, "", "")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \r\n \n",
        "Organisation;Country\n",
        "x\n" * (MOST_LINES + 1),
        "\n".join(f"House {n}" for n in range(MOST_SIGNERS + 1)),
        "x" * (1024 * 1024 + 1),
    ],
)
def test_a_list_that_is_empty_or_far_too_long_is_refused(text):
    with pytest.raises(InvalidValue) as refused:
        read(text)
    assert refused.value.field == "text"
    assert str(refused.value.message)


@given(st.text(st.sampled_from('ab É,;\t"\n\r-=+@|FR1\u202e\u2028\x0c(/'), max_size=80))
def test_whatever_is_pasted_is_read_or_refused(text):
    try:
        roll = read(text)
    except InvalidValue:
        return
    for signer in roll.signers:
        assert signer.name
        assert not signer.problem
    assert all(each.problem for each in roll.unread)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Turkey", "TR"), ("Türkiye", "TR"), ("Turquie", "TR"), ("Czech Republic", "CZ"),
        ("Czechia", "CZ"), ("République tchèque", "CZ"), ("UK", "GB"), ("U.K.", "GB"),
        ("USA", "US"), ("United States of America", "US"), ("États-Unis", "US"), ("Kosovo", "XK"),
        ("Moldova", "MD"), ("Republic of Moldova", "MD"), ("Moldova, Republic of", "MD"),
        ("Macedonia", "MK"), ("North Macedonia", "MK"), ("Bosnia & Herzegovina", "BA"),
        ("Bosnia and Herzegovina", "BA"), ("The Netherlands", "NL"),
        ("Iran (Islamic Republic of)", "IR"), ("Korea, Republic of", "KR"),
        ("Democratic Republic of the Congo", "CD"), ("Deutschland", "DE"),
        ("fr", "FR"), ("FRA", "FR"), ("Côte d’Ivoire", "CI"), ("Holy See", "VA"),
        ("Europe", None), ("European Union", None), ("EU", None), ("Global", None), ("", None),
        ("Universities", None), ("Republic of " * 200, None),
    ],
)  # fmt: skip
def test_a_country_is_known_by_its_many_names(text, code):
    assert country_of(text) == code


def test_scopes_are_told_from_countries():
    known = (
        "Europe",
        "Global",
        "World",
        "Monde",
        "International",
        "Africa",
        "Western Balkans",
        "EU",
    )
    assert all(is_scope(each) for each in known)
    assert not any(is_scope(each) for each in ("France", "South Africa", "Universities", ""))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("University of Example", OrganisationKind.UNIVERSITY),
        ("Université d’Exemple", OrganisationKind.UNIVERSITY),
        ("Uniwersytet Przykładowy", OrganisationKind.UNIVERSITY),
        ("Example University Association", OrganisationKind.NGO),
        ("Friends of Universities", OrganisationKind.NGO),
        ("Ville d’Exemple", OrganisationKind.LOCAL_AUTHORITY),
        ("City of Sanctuary", OrganisationKind.NGO),
        ("Example Research Institute", OrganisationKind.RESEARCH_CENTRE),
        ("Fondation Exemple", OrganisationKind.FOUNDATION),
        ("Secours Exemple", OrganisationKind.NGO),
    ],
)
def test_the_kind_is_guessed_from_a_name_only_where_it_is_certain(name, kind):
    assert kind_of(name) is kind
