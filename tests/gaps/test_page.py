"""Who of a network has signed what, as people read it and go on to invite."""

import pytest
from lxml import html

from crm.declarations.models import SignatureStatus, Stage
from crm.records.models import Visibility
from tests.factories.accounts import UserFactory
from tests.factories.networks import NetworkFactory
from tests.factories.organisations import OrganisationFactory
from tests.gaps.world import dated, hide, member, sits, state, table, totals, words
from tests.invitations.world import (
    deadline,
    give_address,
    invited,
    open_declaration,
    place,
)
from tests.web.test_mail import receiver

__all__ = ["receiver"]


@pytest.fixture
def network(session):
    return NetworkFactory(name="Council of invented things", acronym="CIT")


def page_of(browser, network, **values):
    return browser.get("declarations.gaps", network=network.id, **values)


def invitations(page):
    """Return the links to lists of those to invite, by their words."""
    return {text: url for text, url in page.links().items() if text.startswith("Invite the")}


# What it says


def test_where_signatories_were_announced_but_not_named_nobody_is_said_to_be_never_asked(
    browser, session, network
):
    rome, geneva = dated("Rome", "2026-05"), dated("Geneva", "2025")
    rome.announced_count, geneva.announced_count = 3, 1
    nord = member(network, "Nord")
    member(network, "Ouest")
    state(rome, nord)
    state(geneva, nord)
    session.flush()
    page = page_of(browser.sign_in("viewer"), network)
    assert table(page)["Ouest"] == {"Rome": "No name known", "Geneva": "Never asked"}
    assert "“Rome”: 2 announced signatories are not named here." in page.text
    assert "“Geneva”:" not in page.text


def test_it_says_who_has_signed_what_in_words_and_how_many(browser, network):
    rome, geneva = dated("Rome", "2026-05"), dated("Geneva", "2025")
    nord, sud = member(network, "Nord"), member(network, "Sud")
    member(network, "Ouest")
    us = member(network, "Maison commune", is_us=True)
    state(rome, nord)
    state(rome, us)
    state(rome, sud, SignatureStatus.REMINDED)
    state(geneva, sud, SignatureStatus.DECLINED)
    state(geneva, nord, SignatureStatus.AGREED)
    page = page_of(browser.sign_in("viewer"), network)
    assert page.title == "Who has signed what"
    assert "Council of invented things (CIT) · 3 members" in page.text
    assert table(page) == {
        "Maison commune": {"Rome": "Signed", "Geneva": "Never asked"},
        "Nord": {"Rome": "Signed", "Geneva": "Agreed, not signed yet"},
        "Ouest": {"Rome": "Never asked", "Geneva": "Never asked"},
        "Sud": {"Rome": "Reminded", "Geneva": "Declined"},
    }
    assert totals(page) == {
        "Rome": {"Signed": 1, "Declined": 0, "Asked, no answer": 1, "Never asked": 1},
        "Geneva": {
            "Signed": 0,
            "Declined": 1,
            "Asked, no answer": 0,
            "Agreed, not signed yet": 1,
            "Never asked": 1,
        },
    }
    (all_of_them,) = page.select("//tr[@class='totals']/th")
    assert words(all_of_them) == "3 members in all not counting ourselves"


def test_headings_lead_to_declarations_and_names_to_members(browser, network):
    title = f"A declaration with a long name {'and so on ' * 20}".strip()
    declaration, nord = dated(title, "2026-05-04"), member(network, "Nord")
    page = page_of(browser.sign_in("viewer"), network)
    (heading,) = page.select("//thead//th[@scope='col']/a")
    assert heading.get("title") == title
    assert words(heading).endswith("…")
    assert heading.get("href") == f"/declarations/{place(declaration)}"
    assert "4 May 2026" in words(heading.getparent())
    assert page.select(f"//tbody/tr/th/a[@href='/organisations/{place(nord)}']")
    (region,) = page.select("//*[@role='region'][table]")
    assert region.get("tabindex") == "0"
    assert region.get("aria-label") == "Who has signed what"


def test_a_declaration_without_a_date_says_how_far_it_is(browser, network):
    dated("Now", stage=Stage.OPEN)
    member(network, "Nord")
    page = page_of(browser.sign_in("viewer"), network)
    assert words(page.select("//thead//th[2]/span")[0]) == "Open for signature"


def test_long_lists_are_read_page_by_page_and_the_totals_are_of_all(browser, network):
    declaration = dated("Rome", "2026")
    member(network, "Maison commune", is_us=True)
    members = [member(network, f"Refuge {number:02}") for number in range(51)]
    state(declaration, members[50])
    first = page_of(browser.sign_in("viewer"), network, last=3)
    assert "51 members · Page 1 of 2" in first.text
    assert len(table(first)) == 51
    second = browser.get(first.links()["Next"])
    assert list(table(second)) == ["Maison commune", "Refuge 50"]
    assert totals(first) == totals(second)
    assert totals(second)["Rome"]["Signed"] == 1
    assert list(table(page_of(browser, network, page="99"))) == ["Maison commune", "Refuge 50"]
    assert list(table(browser.get(second.links()["Previous"]))) == list(table(first))


def test_it_is_narrowed_to_members_never_asked_and_widened_again(browser, network):
    declaration = dated("Rome", "2026")
    state(declaration, member(network, "Asked"))
    member(network, "Nord")
    whole = page_of(browser.sign_in("viewer"), network)
    narrow = browser.get(whole.links()["Never asked: 1"])
    assert list(table(narrow)) == ["Nord"]
    assert "1 of 2 members" in narrow.text
    assert totals(narrow) == totals(whole)
    assert narrow.select("//select[@name='never']/option[@selected][.='Rome']")
    wide = browser.get(narrow.links()["Remove the filter Never asked to sign: Rome"])
    assert list(table(wide)) == ["Asked", "Nord"]


def test_the_form_offers_networks_with_members_ours_first(browser, network):
    us, forum = OrganisationFactory(name="Maison commune", is_us=True), NetworkFactory(name="Zebra")
    for each in (network, forum):
        member(each, f"Of {each.name}")
    sits(us, forum)
    NetworkFactory(name="Nobody there")
    dated("Rome", "2026")
    page = browser.sign_in("viewer").get("declarations.gaps")
    groups = {
        each.get("label"): [words(option) for option in each]
        for each in page.select("//select[@name='network']/optgroup")
    }
    assert groups == {
        "Networks we sit in": ["Zebra"],
        "Other networks": ["Council of invented things (CIT)"],
    }
    assert list(table(page)) == ["Maison commune", "Of Zebra"]
    assert [words(each) for each in page.select("//select[@name='last']/option[@selected]")] == [
        "6"
    ]


def test_it_reads_in_french(browser, network):
    state(dated("Rome", "2026-05"), member(network, "Nord"))
    page = page_of(browser.sign_in(UserFactory(locale="fr")), network)
    assert table(page)["Nord"]["Rome"] == "Signé"
    assert "mai 2026" in page.text


# How one comes there


def test_navigation_and_the_page_of_a_network_lead_there(browser, network):
    member(network, "Nord")
    dated("Rome", "2026")
    shown = browser.sign_in("viewer").get("organisations.detail", place=place(network))
    address = shown.links()["Who has signed what"]
    assert address == f"/declarations/gaps?network={network.id}"
    assert list(table(browser.get(address))) == ["Nord"]
    assert shown.links()["Who has signed"] == "/declarations/gaps"
    other = browser.get("organisations.detail", place=place(OrganisationFactory(name="No network")))
    assert "Who has signed what" not in other.links()


def test_a_network_without_members_and_a_world_without_declarations_say_so(browser, network):
    page = browser.sign_in("viewer").get("declarations.gaps")
    assert "No network has a member noted here yet" in page.text
    assert "No declaration yet." in page_of(browser, network).text
    dated("Rome", "2026")
    page = page_of(browser, network)
    assert "Nobody noted as a member yet" in page.text
    assert not page.select("//table")


# On to inviting


def test_never_asked_to_the_list_of_those_to_invite_takes_two_actions(browser, network, receiver):
    declaration = open_declaration("Rome")
    deadline(declaration)
    for number in range(3):
        give_address(member(network, f"Refuge {number}"), f"refuge{number}@example.org")
    invited(declaration, member(network, "Asked"))
    member(network, "Maison commune", is_us=True)
    page = page_of(browser.sign_in("manager"), network)
    assert totals(page)["Rome"]["Never asked"] == 3
    (link,) = page.select("//tr[@class='totals']//a[starts-with(., 'Invite the 3 never asked')]")
    assert link.get("aria-label") == "Invite the 3 never asked – Rome"
    check = browser.get(link.get("href"))
    assert "To invite (3)" in check.text
    ticked = check.select("//input[@type='checkbox'][@checked]")
    names = [words(each.getparent()) for each in ticked]
    assert names == ["Refuge 0", "Refuge 1", "Refuge 2"]
    form = next(
        each for each in check.select("//form") if each.xpath(".//button[@value='preview']")
    )
    preview = send(browser, declaration, form, "preview")
    form = next(each for each in preview.select("//form") if each.xpath(".//button[@value='send']"))
    assert "3 mails are being sent" in send(browser, declaration, form, "send").text
    after = page_of(browser, network)
    assert totals(after)["Rome"] == {
        "Signed": 0,
        "Declined": 0,
        "Asked, no answer": 4,
        "Never asked": 0,
    }
    assert not invitations(after)


def send(browser, declaration, form, step):
    """Send a form of inviting as it stands."""
    assert isinstance(form, html.FormElement)
    sent: dict[str, list[str]] = {}
    for name, value in form.form_values():
        sent.setdefault(name, []).append(value)
    return browser.post("declarations.invite", {**sent, "step": step}, place=place(declaration))


@pytest.mark.parametrize("role", ["viewer", "contributor"])
def test_only_who_manages_declarations_is_offered_to_invite(browser, network, role):
    open_declaration("Rome")
    member(network, "Nord")
    assert not invitations(page_of(browser.sign_in(role), network))
    assert invitations(page_of(browser.sign_in("manager"), network))


def test_nobody_is_invited_to_what_is_closed_past_its_deadline_or_confidential(browser, network):
    declaration = open_declaration("Rome")
    member(network, "Nord")
    browser.sign_in("manager")
    assert list(invitations(page_of(browser, network))) == ["Invite the 1 never asked"]
    hide(declaration, Visibility.MANAGERS)
    page = page_of(browser, network)
    assert table(page)["Nord"] == {"Rome": "Never asked"}
    assert not invitations(page)
    hide(declaration, Visibility.TEAM)
    deadline(declaration, "2020-01-01")
    assert not invitations(page_of(browser, network))
    dated("Idea")
    assert not invitations(page_of(browser, network))


# What makes no sense, and what is hidden


@pytest.mark.parametrize("value", ["999999", "x", "0", "-3", "9" * 30, "1;2", "\x00"])
def test_a_network_that_is_none_is_ignored_and_said_so(browser, network, value):
    member(network, "Nord")
    dated("Rome", "2026")
    page = browser.sign_in("viewer").get("declarations.gaps", network=value)
    assert page.status == 200
    assert list(table(page)) == ["Nord"]
    if value != "\x00":
        assert f"“{value}” is no value of “Network”: it was ignored" in page.text


@pytest.mark.parametrize("value", ["0", "99", "x", "9" * 30])
def test_a_number_of_declarations_or_a_declaration_that_is_none_is_ignored(browser, network, value):
    member(network, "Nord")
    dated("Rome", "2026")
    page = page_of(
        browser.sign_in("viewer"), network, last=value, never=value, colour="blue", page=value
    )
    assert page.status == 200
    assert list(table(page)) == ["Nord"]
    assert f"“{value}” is no value of “Last declarations”: it was ignored" in page.text
    assert f"“{value}” is no value of “Never asked to sign”: it was ignored" in page.text
    assert "This list has no filter called “colour”: it was ignored" in page.text


def test_an_organisation_that_is_no_network_has_no_matrix(browser, network):
    member(network, "Nord")
    other = OrganisationFactory(name="No network")
    page = page_of(browser.sign_in("viewer"), other)
    assert f"“{other.id}” is no value of “Network”" in page.text
    assert "No network" not in page.html


def test_what_is_confidential_does_not_exist_for_others(browser, network):
    quiet = NetworkFactory(name="Quiet network", visibility=Visibility.MANAGERS)
    hidden = member(network, "Hidden", visibility=Visibility.MANAGERS)
    nord = member(network, "Nord")
    member(quiet, "Only there")
    rome = dated("Rome", "2026")
    secret = dated("Secret", "2026-06", visibility=Visibility.MANAGERS)
    for signatory in (hidden, nord):
        state(rome, signatory)
        state(secret, signatory)
    browser.sign_in("viewer")
    for values in ({}, {"network": quiet.id}, {"never": secret.id}, {"network": network.id}):
        page = browser.get("declarations.gaps", **values)
        assert table(page) == {"Nord": {"Rome": "Signed"}}
        assert totals(page)["Rome"]["Signed"] == 1
        for word in ("Quiet", "Hidden", "Secret", "Only there"):
            assert word not in page.html
    page = page_of(browser.sign_in("manager"), network)
    assert table(page)["Hidden"] == {"Secret": "Signed", "Rome": "Signed"}
    assert "Quiet network" in page.html


def test_the_page_takes_as_many_statements_for_many_members_as_for_one(
    browser, session, network, count_statements
):
    def ask():
        page_of(browser, network)  # So that what is read once per user is read.
        count_statements.clear()
        page_of(browser, network)
        return [each for each in count_statements if each.startswith("SELECT")]

    browser.sign_in("manager")
    declaration = dated("Rome", stage=Stage.OPEN)
    state(declaration, member(network, "Nord"))
    few = ask()
    for number in range(60):
        state(declaration, member(network, f"Refuge {number}"), SignatureStatus.INVITED)
        member(network, f"Never asked {number}")
    for number in range(4):
        dated(f"Open {number}", stage=Stage.OPEN)
    many = ask()
    assert len(many) == len(few), many
