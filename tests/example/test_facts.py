"""What the public page says, found where a reader of Passerelle finds it.

The numbers are those of the list of facts that came with the data.
"""

from collections.abc import Callable

import pytest

from crm.example.loader import load
from tests.example.conftest import Site

Check = Callable[[Site], bool]


def one(rows: list[str], *words: str) -> bool:
    """Tell whether exactly one row has all the words."""
    return sum(all(word in row for word in words) for row in rows) == 1


FACTS: list[tuple[str, Check]] = [
    (
        "1 member of ECRE since 1981",
        lambda s: one(s.rows("ftda", "memberships"), "ECRE", "Member", "since 1981"),
    ),
    ("2 ECRE counts 106 organisations", lambda s: "Members 106" in s.text("ecre")),
    ("3 ECRE is in 40 countries", lambda s: "Countries 40" in s.text("ecre")),
    (
        "4 ECRE gathers organisations that assist refugees",
        lambda s: "Who belongs to it refugee-assisting organisations" in s.text("ecre"),
    ),
    (
        "5 ECRE promotes the rights of people seeking protection, and that is found",
        lambda s: one(s.found("rights seeking international protection Europe"), "ECRE"),
    ),
    (
        "6 ECRE does research and advocacy",
        lambda s: (
            one(s.rows("ecre", "activities"), "research")
            and one(s.rows("ecre", "activities"), "advocacy")
        ),
    ),
    (
        "7 ECRE runs projects and studies",
        lambda s: one(s.rows("ecre", "activities"), "projects and studies"),
    ),
    (
        "8 we take part regularly in ECRE working groups",
        lambda s: (
            one(s.rows("ecre", "groups"), "Groupes de travail ECRE", "regular")
            and one(s.rows("ecre", "mandates"), "Groupes de travail ECRE", "France terre d'asile")
        ),
    ),
    (
        "9 we take part to defend positions and feed advocacy",
        lambda s: one(
            s.rows("ftda", "memberships"), "ECRE", "feed advocacy to European institutions"
        ),
    ),
    (
        "10 in the platform since September 2008, written so",
        lambda s: (
            one(s.rows("ftda", "memberships"), "FRP", "since September 2008")
            and "septembre 2008" in s.text("ftda", "fr")
            and "01/09/2008" not in s.text("ftda", "fr")
        ),
    ),
    ("11 the platform is run by FRA", lambda s: "(FRA)" in s.text("frp").partition("Run by")[2]),
    (
        "12 the platform is for cooperation and exchange of information",
        lambda s: "cooperation and information exchange" in s.text("frp"),
    ),
    (
        "13 platform organisations take part in research and awareness projects",
        lambda s: (
            one(s.rows("frp", "activities"), "research pole")
            and one(s.rows("frp", "activities"), "awareness projects")
        ),
    ),
    (
        "14 from the design meetings to the evaluation",
        lambda s: (
            one(s.rows("frp", "activities"), "design meetings")
            and one(s.rows("frp", "activities"), "evaluation")
        ),
    ),
    (
        "15 they suggest items for the annual work programme",
        lambda s: one(s.rows("frp", "activities"), "annual work programme suggestions"),
    ),
    (
        "16 they see to practical solutions in the field",
        lambda s: one(s.rows("frp", "activities"), "practical solutions in the field"),
    ),
    (
        "17 BEA and EASO both find the agency and its forum",
        lambda s: (
            all(
                one(s.found(words), "Bureau d'appui européen dans le domaine de l'asile (BEA)")
                for words in ("BEA", "EASO")
            )
            and one(s.found("BEA"), "Forum consultatif")
        ),
    ),
    (
        "18 the agency works since June 2011",
        lambda s: one(s.rows("easo", "milestones"), "operational", "June 2011"),
    ),
    (
        "19 it belongs to the Common European Asylum System",
        lambda s: "part of the Common European Asylum System" in s.text("easo-cf"),
    ),
    (
        "20 the forum meets once a year since 2011",
        lambda s: (
            "How often it meets yearly" in s.text("easo-cf")
            and "Active since 2011" in s.text("easo-cf")
            and one(s.rows("easo-cf", "held"), "Réunion annuelle", "since 2011")
            and "How often yearly" in s.text("ev-easo-cf-annual")
        ),
    ),
    (
        "21 the forum joins bodies of all levels, civil society and others",
        lambda s: (
            all(
                word in s.text("easo-cf").partition("Who belongs to it")[2]
                for word in ("civil society institutions", "other competent bodies")
            )
            and "local, national, European or international level" in s.text("easo-cf")
        ),
    ),
    (
        "22 the membership of the forum has no stated start, and the page says so",
        lambda s: (
            one(s.rows("ftda", "memberships"), "Forum consultatif", "date not stated")
            and "date non renseignée" in s.text("ftda", "fr")
        ),
    ),
    (
        "23 IDC has more than 250 members",
        lambda s: "Members more than 250" in s.text("idc") and "plus de 250" in s.text("idc", "fr"),
    ),
    ("24 IDC is in more than 50 countries", lambda s: "Countries more than 50" in s.text("idc")),
    (
        "25 IDC joins four kinds of members",
        lambda s: all(
            word in s.text("idc").partition("Who belongs to it")[2]
            for word in ("NGOs", "religious groups", "academics", "professionals")
        ),
    ),
    (
        "26 IDC does research, advocacy and direct service",
        lambda s: (
            len(s.rows("idc", "activities")) == 3
            and all(
                one(s.rows("idc", "activities"), word)
                for word in ("research", "advocacy", "direct service")
            )
        ),
    ),
    (
        "27 IDC fights detention and for alternatives",
        lambda s: "fight detention, alternatives, least restrictive forms" in s.text("idc"),
    ),
    (
        "28 special consultative status at ECOSOC since July 2012",
        lambda s: one(
            s.rows("ftda", "memberships"),
            "Statut consultatif",
            "Special consultative status",
            "since July 2012",
        ),
    ),
    (
        "29 ECOSOC belongs to the United Nations",
        lambda s: "Part of Nations unies" in s.text("ecosoc"),
    ),
    (
        "30 holders of the status alert, and give studies, analyses, recommendations",
        lambda s: (
            len(s.rows("ecosoc-status", "activities")) == 2
            and one(s.rows("ecosoc-status", "activities"), "alerting")
        ),
    ),
    (
        "31 three networks in Europe, two international",
        lambda s: (
            len(s.listed("networks", scope="europe")) == 3
            and len(s.listed("networks", scope="international")) == 2
        ),
    ),
    (
        "32 we belong to five networks",
        lambda s: (
            len(s.rows("ftda", "memberships")) == 5
            and len(s.listed("networks", member=s.record("ftda").id)) == 5
        ),
    ),
    (
        "33 the French office is part of the German Heinrich Böll foundation",
        lambda s: (
            "Part of Fondation Heinrich Böll" in s.text("boell-fr")
            and "Country Germany" in s.text("boell")
        ),
    ),
    (
        "34 several events since 2018 make a series",
        lambda s: (
            "Series of meetings" in s.text("ev-boell-series")
            and "since 2018" in s.text("ev-boell-series")
        ),
    ),
    (
        "35 the series brings civil society and municipalities together, on migration",
        lambda s: (
            "bring civil society and municipalities together" in s.text("ev-boell-series")
            and "migration in Europe" in s.text("ev-boell-series")
        ),
    ),
    ("36 Rome conference on 9 November 2020", lambda s: "9 Nov 2020" in s.text("ev-rome-2020")),
    (
        "37 it was held online, and no place is made up",
        lambda s: (
            "Format Online" in s.text("ev-rome-2020") and "Place" not in s.text("ev-rome-2020")
        ),
    ),
    (
        "38 with Sant'Egidio and Grei250",
        lambda s: (
            one(s.rows("ev-rome-2020", "organisers"), "Sant'Egidio", "Partner")
            and one(s.rows("ev-rome-2020", "organisers"), "Grei250", "Partner")
        ),
    ),
    (
        "39 the Rome conference is part of the series",
        lambda s: one(s.rows("ev-boell-series", "occurrences"), "Conférence de Rome"),
    ),
    (
        "40 civil society, municipalities and researchers came",
        lambda s: (
            len(s.rows("ev-rome-2020", "attendances")) == 3
            and all(
                one(s.rows("ev-rome-2020", "attendances"), word, "Attended")
                for word in ("civil society", "municipality", "researchers")
            )
        ),
    ),
    (
        "41 from France, Germany and Italy",
        lambda s: all(
            country in row
            for row in s.rows("ev-rome-2020", "attendances")
            for country in ("France", "Germany", "Italy")
        ),
    ),
    (
        "42 on the Pact on migration and asylum",
        lambda s: "Themes questions raised by the Pact on migration" in s.text("ev-rome-2020"),
    ),
    (
        "43 the Pact was presented by the Commission in September 2020",
        lambda s: (
            one(s.rows("decl-rome", "milestones"), "September 2020", "Commission européenne")
            and one(s.rows("com-eu", "milestones"), "Pact on migration and asylum presented")
        ),
    ),
    (
        "44 colloquium on the right of asylum in November 2016",
        lambda s: (
            "Colloquium" in s.text("ev-colloque-2016")
            and "November 2016" in s.text("ev-colloque-2016")
        ),
    ),
    (
        "45 meetings under the label Europe Paris 2012",
        lambda s: "Framework Label Europe Paris 2012" in s.text("ev-label-paris-2012"),
    ),
    (
        "46 the City of Paris awarded the label",
        lambda s: one(
            s.rows("ev-label-paris-2012", "organisers"), "Ville de Paris", "Awarded its label"
        ),
    ),
    (
        "47 the Rome declaration came out of the conference",
        lambda s: (
            "Came out of the meeting Conférence de Rome" in s.text("decl-rome")
            and one(s.rows("ev-rome-2020", "out-of"), "Déclaration de Rome")
        ),
    ),
    (
        "48 43 signatories announced, none named: both numbers are shown",
        lambda s: "0 named / 43 announced" in s.text("decl-rome"),
    ),
    (
        "49 three categories of signatories",
        lambda s: all(
            word in s.text("decl-rome").partition("Categories of signatories")[2]
            for word in ("organisations", "networks", "cities")
        ),
    ),
    (
        "50 it asks to bend the reform so that rights are respected",
        lambda s: "bend the proposed reform" in s.text("decl-rome"),
    ),
    (
        "51 submitted to the French Ministry of the Interior",
        lambda s: one(s.rows("decl-rome", "submissions"), "Ministère de l'Intérieur français"),
    ),
    (
        "52 submitted to the European Commission",
        lambda s: one(s.rows("decl-rome", "submissions"), "Commission européenne"),
    ),
    (
        "53 submitted to the European Parliament; three recipients in all, on no known date",
        lambda s: (
            one(s.rows("decl-rome", "submissions"), "Parlement européen")
            and sum("Date not known" in row for row in s.rows("decl-rome", "submissions")) == 3
            and len(s.rows("decl-rome", "submissions")) == 3
        ),
    ),
    ("54 CIFER runs 2023–2024", lambda s: "2023–2024" in s.text("cifer")),
    (
        "55 CIFER works in five countries",
        lambda s: (
            len(s.rows("cifer", "countries")) == 5
            and all(
                one(s.rows("cifer", "countries"), name)
                for name in ("Slovenia", "Croatia", "Hungary", "France", "Sweden")
            )
        ),
    ),
    (
        "56 in five cities, written with their accents and found without them",
        lambda s: (
            all(
                one(s.rows("cifer", "countries"), city)
                for city in ("Paris", "Malmö", "Zagreb", "Ljubljana", "Budapest")
            )
            and one(s.found("Malmo"), "CIFER")
        ),
    ),
    (
        "57 France and Sweden are the good-practice countries",
        lambda s: (
            sum("good-practice country" in row for row in s.rows("cifer", "countries")) == 2
            and one(s.rows("cifer", "involvements"), "France terre d'asile", "representing France")
        ),
    ),
    (
        "58 action plans for Croatia, Hungary and Slovenia",
        lambda s: (
            sum("gets an action plan" in row for row in s.rows("cifer", "countries")) == 3
            and one(s.rows("cifer", "outputs"), "Action plan", "SI; HU; HR")
        ),
    ),
    (
        "59 studies, then national and transnational reports, all planned",
        lambda s: all(
            one(s.rows("cifer", "outputs"), title, "Planned")
            for title in ("City studies", "National reports", "Transnational reports")
        ),
    ),
    (
        "60 NIEM is led by the Polish Institute of Public Affairs",
        lambda s: one(
            s.rows("niem", "involvements"),
            "Institut des affaires publiques",
            "Coordinator",
            "Poland",
        ),
    ),
    (
        "61 NIEM lasts six years, and no dates are made up",
        lambda s: "Dates 6 years" in s.text("niem"),
    ),
    (
        "62 NIEM covers 14 Member States, France among them",
        lambda s: (
            one(s.rows("niem", "sizes"), "14 EU Member States")
            and one(s.rows("niem", "countries"), "France", "evaluated State")
        ),
    ),
    ("63 NIEM has about 170 indicators", lambda s: "about 170 indicators" in s.text("niem")),
    (
        "64 NIEM is co-funded by FAMI",
        lambda s: one(s.rows("niem", "involvements"), "FAMI", "Funder", "co-funding"),
    ),
    (
        "65 NIEM: portal, report of 2018, report of September 2020",
        lambda s: (
            len(s.rows("niem", "outputs")) == 3
            and one(s.rows("niem", "outputs"), "portal", "Available")
            and one(s.rows("niem", "outputs"), "National report 2018", "2018")
            and one(s.rows("niem", "outputs"), "Latest national report", "September 2020")
        ),
    ),
    (
        "66 MIPEX has two leads",
        lambda s: (
            one(s.rows("mipex", "involvements"), "Migration Policy Group", "Coordinator")
            and one(
                s.rows("mipex", "involvements"), "Barcelona Centre for International", "Coordinator"
            )
        ),
    ),
    (
        "67 MIPEX covers 27 States and others; 52 countries in the 2019 edition",
        lambda s: (
            one(s.rows("mipex", "sizes"), "27 EU Member States")
            and one(s.rows("mipex", "sizes"), "52 countries in the 2019 edition")
            and one(s.rows("mipex", "outputs"), "52 countries")
        ),
    ),
    (
        "68 we are the national expert since 2010",
        lambda s: one(
            s.rows("mipex", "involvements"), "France terre d'asile", "National expert", "since 2010"
        ),
    ),
    (
        "69 MIPEX data of 2019 published in December 2020: two different years",
        lambda s: one(s.rows("mipex", "outputs"), "2019", "December 2020"),
    ),
    ("70 SWIM since January 2018", lambda s: "since January 2018" in s.text("swim")),
    (
        "71 SWIM works in five countries",
        lambda s: (
            len(s.rows("swim", "countries")) == 5
            and all(
                one(s.rows("swim", "countries"), name)
                for name in ("Italy", "United Kingdom", "Romania", "Sweden", "France")
            )
        ),
    ),
    (
        "72 SWIM is run by six associations, two of them Italian",
        lambda s: (
            len(s.rows("swim", "involvements")) == 6
            and sum("Italy" in row for row in s.rows("swim", "involvements")) == 2
        ),
    ),
    (
        "73 SWIM: training, workshops, translated material",
        lambda s: (
            "training cycles for professionals" in s.text("swim")
            and "information workshops for women" in s.text("swim")
            and one(s.rows("swim", "outputs"), "Information material in several languages")
        ),
    ),
    (
        "74 past projects had four themes",
        lambda s: len(s.rows("past-projects", "themes")) == 4,
    ),
    (
        "75 past projects were funded by EPIM, EuropeAid and the European fund",
        lambda s: all(
            one(s.rows("past-projects", "involvements"), funder, "Funder")
            for funder in ("EPIM", "EuropeAid", "Fonds européen pour l'intégration")
        ),
    ),
    (
        "76 we take part in four current projects",
        lambda s: len(s.listed("projects", partner=s.record("ftda").id, status="current")) == 4,
    ),
    (
        "77 “Croix Rouge” finds three organisations of three countries",
        lambda s: (
            len(s.found("Croix Rouge")) == 3
            and {
                s.page(key).title for key in ("croix-rouge-it", "croix-rouge-gb", "croix-rouge-se")
            }
            == {"Croix Rouge italienne", "Croix Rouge britannique", "Croix Rouge suédoise"}
        ),
    ),
    (
        "78 every record shows the page it comes from",
        lambda s: all(
            any("000_4d4de4e1b694929a.txt" in row for row in s.rows(key, "sources"))
            for key in ("ftda", "ecre", "frp", "ev-rome-2020", "decl-rome", "cifer", "niem")
        ),
    ),
]


@pytest.mark.parametrize(("fact", "check"), FACTS, ids=[fact for fact, _check in FACTS])
def test_the_page_says(fact: str, check: Check, site: Site) -> None:
    assert check(site), fact


def test_all_facts_are_there() -> None:
    assert [int(fact.split()[0]) for fact, _check in FACTS] == list(range(1, 79))


def test_loading_again_adds_nothing(site: Site) -> None:
    assert not load()
