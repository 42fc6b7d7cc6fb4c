"""The association's public page, written again from the records: all it said is there.

The numbers are those of the list of facts that came with the data. The page is made as on a day
when it was true.
"""

import re
from collections.abc import Mapping
from datetime import date

import pytest

from crm.core.db import db
from crm.core.principal import SYSTEM, acting_as
from crm.publishing import composition
from crm.publishing.composition import Draft
from crm.publishing.content import Entry

THEN = date(2024, 6, 1)
FACTS: Mapping[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    # What it says: the record or section, the French words, the English words.
    "1 member since 1981": ("ecre", ("Membre depuis 1981",), ("Member since 1981",)),
    "2 106 organisations": ("ecre", ("106 membres",), ("106 members",)),
    "3 40 countries": ("ecre", ("40 pays",), ("40 countries",)),
    "4 they assist refugees": (
        "ecre",
        ("organisations d’aide aux réfugiés",),
        ("organisations that assist refugees",),
    ),
    "5 its purpose": (
        "ecre",
        ("droits des personnes qui demandent une protection internationale",),
        ("rights of people who seek international protection",),
    ),
    "6 research and advocacy with its members": (
        "ecre",
        ("recherche (menée par le réseau avec ses membres)", "plaidoyer"),
        ("research (carried out by the network with its members)", "advocacy"),
    ),
    "7 projects and studies": ("ecre", ("projets et études",), ("projects and studies",)),
    "8 working groups, regularly": (
        "ecre",
        ("groupes de travail d’ECRE (participation régulière)",),
        ("working groups of ECRE (regular part)",),
    ),
    "9 why we take part": (
        "ecre",
        ("défendre nos positions et nourrir le plaidoyer auprès des institutions européennes",),
        ("defend our positions and feed advocacy towards the European institutions",),
    ),
    "10 since September 2008": (
        "frp",
        ("depuis septembre 2008",),
        ("since September 2008",),
    ),
    "11 run by the agency": (
        "frp",
        ("Géré par Agence des droits fondamentaux de l’Union européenne",),
        ("Run by",),
    ),
    "12 cooperation and information": (
        "frp",
        ("coopérer l’agence et la société civile", "échanger des informations"),
        ("cooperation and exchange of information",),
    ),
    "13 research and awareness": (
        "frp",
        ("pôle de recherche", "projets de sensibilisation"),
        ("research", "awareness projects"),
    ),
    "14 from design to evaluation": (
        "frp",
        ("dès la conception des projets", "jusqu’à la phase d’évaluation"),
        ("from the design of the projects", "up to the evaluation phase"),
    ),
    "15 annual work programme": (
        "frp",
        ("programme de travail annuel",),
        ("annual work programme",),
    ),
    "16 solutions in the field": (
        "frp",
        ("solutions concrètes sur le terrain",),
        ("practical solutions in the field",),
    ),
    "17 BEA is EASO": ("easo-cf", ("BEA", "EASO"), ("BEA", "EASO")),
    "18 since June 2011": ("easo-cf", ("juin 2011",), ("June 2011",)),
    "19 Common European Asylum System": (
        "easo-cf",
        ("régime d’asile européen commun",),
        ("Common European Asylum System",),
    ),
    "20 once a year since 2011": (
        "easo-cf",
        ("En activité depuis 2011", "une fois par an"),
        ("Active since 2011", "once a year"),
    ),
    "21 all levels, civil society and others": (
        "easo-cf",
        (
            "locale, nationale, européenne ou internationale",
            "institutions de la société civile et autres organismes compétents",
        ),
        (
            "local, national, European or international level",
            "civil society institutions and other competent bodies",
        ),
    ),
    "22 no stated start": ("easo-cf", ("date non renseignée",), ("date not stated",)),
    "23 more than 250 members": ("idc", ("plus de 250 membres",), ("more than 250 members",)),
    "24 more than 50 countries": ("idc", ("plus de 50 pays",), ("more than 50 countries",)),
    "25 four kinds of members": (
        "idc",
        ("ONG, groupes religieux, universitaires et professionnels",),
        ("NGOs, religious groups, academics and professionals",),
    ),
    "26 what it does": (
        "idc",
        ("recherche", "plaidoyer", "services directs"),
        ("research", "advocacy", "direct services"),
    ),
    "27 against detention": (
        "idc",
        ("combattre la détention", "alternatives", "les moins contraignantes"),
        ("fight detention", "alternatives", "least restrictive"),
    ),
    "28 special status since July 2012": (
        "ecosoc-status",
        ("Statut spécial depuis juillet 2012",),
        ("July 2012",),
    ),
    "29 of the United Nations": (
        "ecosoc-status",
        ("Nations unies",),
        ("institution of the United Nations",),
    ),
    "30 alert, studies, analyses, recommendations": (
        "ecosoc-status",
        ("alerte (des États et de l’opinion publique)", "études, analyses et recommandations"),
        ("alerting (States and public opinion)", "studies, analyses and recommendations"),
    ),
    "33 a French office of a German foundation": (
        "ev-rome-2020",
        ("bureau français de la fondation allemande Heinrich Böll",),
        ("Heinrich Böll",),
    ),
    "34 several since 2018": (
        "ev-boell-series",
        ("Série de réunions", "depuis 2018", "plusieurs"),
        ("Series of meetings", "since 2018", "several"),
    ),
    "35 civil society and municipalities, on migration": (
        "ev-boell-series",
        ("réunir société civile et municipalités", "migrations"),
        ("bring civil society and municipalities together", "migration"),
    ),
    "36 on 9 November 2020": ("ev-rome-2020", ("9 novembre 2020",), ("9 November 2020",)),
    "37 online": ("ev-rome-2020", ("Format En ligne",), ("Format Online",)),
    "38 with Sant'Egidio and Grei250": (
        "ev-rome-2020",
        ("Communauté de Sant’Egidio (partenaire)", "Grei250 (partenaire)"),
        ("Sant’Egidio (partner)", "Grei250 (partner)"),
    ),
    "39 part of the series": (
        "ev-rome-2020",
        ("Fait partie de la série Événements en partenariat avec le bureau français",),
        ("Part of the series",),
    ),
    "40 three kinds of participants": (
        "ev-rome-2020",
        ("représentants de la société civile", "représentants de municipalités", "chercheurs"),
        ("representatives of civil society", "representatives of municipalities", "researchers"),
    ),
    "41 from three countries": (
        "ev-rome-2020",
        ("France, Allemagne, Italie",),
        ("France, Germany, Italy",),
    ),
    "42 on the Pact": (
        "ev-rome-2020",
        ("Pacte sur la migration et l’asile",),
        ("Pact on migration and asylum",),
    ),
    "43 the Pact of September 2020": (
        "decl-rome",
        (
            "Présentation du Pacte sur la migration et l’asile par la Commission européenne",
            "septembre 2020",
        ),
        ("Presentation of the Pact on migration and asylum by the European Commission: September",),
    ),
    "44 colloquium of November 2016": (
        "ev-colloque-2016",
        ("Colloque", "novembre 2016", "droit d’asile en Europe"),
        ("Colloquium", "November 2016", "right of asylum in Europe"),
    ),
    "45 label Europe Paris 2012": (
        "ev-label-paris-2012",
        ("Série de réunions", "Label Europe Paris 2012"),
        ("Series of meetings", "Label Europe Paris 2012"),
    ),
    "46 awarded by the City": (
        "ev-label-paris-2012",
        ("Ville de Paris (a accordé son label)",),
        ("Ville de Paris (awarded its label)",),
    ),
    "47 out of the conference": (
        "decl-rome",
        ("Issu de Conférence de Rome",),
        ("Comes out of",),
    ),
    "48 43 co-signatories": ("decl-rome", ("43 cosignataires",), ("43 co-signatories",)),
    "49 three categories": (
        "decl-rome",
        ("organisations, réseaux et villes",),
        ("organisations, networks and cities",),
    ),
    "50 what it asks for": (
        "decl-rome",
        ("infléchir la réforme proposée", "droits fondamentaux"),
        ("bend the proposed reform", "fundamental rights"),
    ),
    "51 to the ministry": ("decl-rome", ("Ministère de l’Intérieur français",), ("Handed to",)),
    "52 to the Commission": ("decl-rome", ("Commission européenne (date",), ("(date not stated)",)),
    "53 to the Parliament": ("decl-rome", ("Parlement européen (date non renseignée)",), ()),
    "54 2023 to 2024": ("cifer", ("2023–2024",), ("2023–2024",)),
    "55 in five countries": (
        "cifer",
        ("(Slovénie)", "(Croatie)", "(Hongrie)", "(France)", "(Suède)", "5 pays"),
        ("(Slovenia)", "(Croatia)", "(Hungary)", "(France)", "(Sweden)", "5 countries"),
    ),
    "56 in five cities": (
        "cifer",
        ("Paris", "Malmö", "Zagreb", "Ljubljana", "Budapest", "5 villes"),
        ("Paris", "Malmö", "Zagreb", "Ljubljana", "Budapest", "5 cities"),
    ),
    "57 two good-practice countries": (
        "cifer",
        (
            "Paris (France) – pays de bonnes pratiques",
            "Malmö (Suède) – pays de bonnes pratiques",
            "France terre d’asile (France",
        ),
        ("Paris (France) – good-practice country", "Malmö (Sweden) – good-practice country"),
    ),
    "58 three action plans": (
        "cifer",
        (
            "Zagreb (Croatie) – pays doté d’un plan d’action",
            "Budapest (Hongrie) – pays doté d’un plan d’action",
            "Ljubljana (Slovénie) – pays doté d’un plan d’action",
            "Plans d’action contre le racisme (Slovénie, Hongrie, Croatie, prévu)",
        ),
        ("Action plans against racism (Slovenia, Hungary, Croatia, planned)",),
    ),
    "59 studies and reports, planned": (
        "cifer",
        (
            "Études de ville sur le racisme",
            "Rapports nationaux (d’après l’enquête, prévu)",
            "Rapports transnationaux (d’après l’enquête, prévu)",
        ),
        (
            "City studies on racism",
            "National reports (based on the survey, planned)",
            "Transnational reports (based on the survey, planned)",
        ),
    ),
    "60 led from Poland": (
        "niem",
        ("Piloté par Institut des affaires publiques (Pologne)",),
        ("(Poland)",),
    ),
    "61 six years": ("niem", ("Durée 6 ans",), ("Duration 6 years",)),
    "62 14 Member States, France among them": (
        "niem",
        ("14 États membres de l’Union européenne", "France – État évalué"),
        ("14 Member States of the European Union", "France – evaluated State"),
    ),
    "63 nearly 170 indicators": (
        "niem",
        ("environ 170 indicateurs",),
        ("about 170 indicators",),
    ),
    "64 co-funded": (
        "niem",
        ("Financé par Fonds Asile, Migration et Intégration (FAMI)",),
        ("Funded by",),
    ),
    "65 portal and two reports": (
        "niem",
        (
            "Portail de référence du projet",
            "Rapport national 2018 (édition 2018, France, publié)",
            "Dernier rapport national (France, septembre 2020)",
        ),
        (
            "Reference portal of the project",
            "National report 2018 (edition 2018, France, published)",
            "Latest national report (France, September 2020)",
        ),
    ),
    "66 two leads": (
        "mipex",
        ("Piloté par Barcelona Centre for International Affairs Migration Policy Group",),
        ("Led by Barcelona Centre for International Affairs Migration Policy Group",),
    ),
    "67 27 States and others, 52 countries in 2019": (
        "mipex",
        ("27 États membres de l’Union européenne, ainsi que", "52 pays dans l’édition 2019"),
        ("27 Member States of the European Union, and other", "52 countries in the 2019 edition"),
    ),
    "68 national expert since 2010": (
        "mipex",
        ("France terre d’asile (France, expert national, depuis 2010)",),
        ("France terre d’asile (France, national expert, since 2010)",),
    ),
    "69 edition 2019, published in December 2020": (
        "mipex",
        ("Données MIPEX 2019 (édition 2019, 52 pays, décembre 2020)",),
        ("MIPEX 2019 data (edition 2019, 52 countries, December 2020)",),
    ),
    "70 since January 2018": ("swim", ("depuis janvier 2018",), ("since January 2018",)),
    "71 in five States": (
        "swim",
        ("Italie – ", "Royaume-Uni – ", "Roumanie – ", "Suède – ", "France – ", "5 États"),
        ("Italy – ", "United Kingdom – ", "Romania – ", "Sweden – ", "France – ", "5 States"),
    ),
    "72 six associations, two of them Italian": (
        "swim",
        ("6 associations", "Croix Rouge italienne (Italie", "Fondation ISMU Italie (Italie"),
        ("6 associations", "(Italy"),
    ),
    "73 training, workshops, translated material": (
        "swim",
        ("formation", "ateliers d’information", "supports d’information traduits"),
        ("training", "information workshops", "translated information material"),
    ),
    "74 four themes of the past": (
        "past-projects",
        (
            "mineurs isolés étrangers",
            "le genre dans les systèmes d’asile européens",
            "traite des êtres humains et torture",
            "procédure Dublin",
        ),
        (
            "unaccompanied foreign minors",
            "gender in European asylum systems",
            "trafficking in human beings and torture",
            "Dublin procedure",
        ),
    ),
    "75 past funders": (
        "past-projects",
        ("EPIM", "EuropeAid", "Fonds européen pour l’intégration"),
        ("EPIM", "EuropeAid"),
    ),
    "77 three Red Cross societies of three countries": (
        "swim",
        (
            "Croix Rouge italienne (Italie",
            "Croix Rouge britannique (Royaume-Uni",
            "Croix Rouge suédoise (Suède",
        ),
        ("(Italy", "(United Kingdom", "(Sweden"),
    ),
}


def words(entry: Entry) -> str:
    """Return an entry as it is read."""
    said = [entry.title, *entry.also, entry.text]
    for fact in entry.facts:
        said += [fact.label, *(line.text for line in fact.lines)]
    return re.sub(r"[\s\u00a0\u202f]+", " ", " ".join(said))


@pytest.fixture(scope="module")
def draft(site) -> Draft:
    """Return the page as on a day when it was true."""
    with acting_as(db.session, SYSTEM):
        return composition.draft(THEN)


@pytest.fixture(scope="module")
def entries(site, draft) -> dict[tuple[str, str], Entry]:
    """Return the entries of the page by language and by their ids in the files."""
    with acting_as(db.session, SYSTEM):
        keys = {site.record(record).id: record for record, *_words in FACTS.values()}
    return {
        (language, keys[entry.record_id]): entry
        for language, page in draft.pages.items()
        for section in page.sections
        for entry in section.entries
        if entry.record_id in keys
    }


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("what", FACTS)
def test_the_page_says(entries, what, language):
    record, french, english = FACTS[what]
    said = words(entries[language, record])
    for expected in french if language == "fr" else english:
        assert expected in said, f"{expected!r} is not in {said!r}"


def sections(draft, language="fr"):
    return {section.key: section for section in draft.pages[language].sections}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_31_three_networks_in_europe_and_two_in_the_world(draft, language):
    found = sections(draft, language)
    assert len(found["networks_europe"].entries) == 3
    assert len(found["networks_international"].entries) == 2


def test_32_we_belong_to_five_networks(draft):
    found = sections(draft)
    links = [
        fact.lines[0].text
        for key in ("networks_europe", "networks_international")
        for entry in found[key].entries
        for fact in entry.facts
        if fact.key == "link"
    ]
    assert len(links) == 5


def test_76_four_current_projects_of_ours(draft):
    entries = sections(draft)["projects_current"].entries
    assert len(entries) == 4
    assert all("France terre d’asile" in words(entry) for entry in entries)


def test_78_every_entry_names_its_source(draft):
    for page in draft.pages.values():
        for section in page.sections:
            for entry in section.entries:
                assert any("000_4d4de4e1b694929a.txt" in source for source in entry.sources)
                assert all(fact.source for fact in entry.facts)


def test_all_78_facts_are_tested():
    numbers = {int(what.split()[0]) for what in FACTS} | {31, 32, 76, 78}
    assert numbers == set(range(1, 79))


def test_the_page_of_the_example_data_may_be_published(draft):
    assert draft.unsourced == []
    assert draft.unworded == []
    assert draft.unsaid == []
    assert draft.is_ready


def test_nothing_english_is_left_on_the_french_page(draft):
    english = re.compile(
        r"\b(the|of|and|with|since|members?|countries|planned|published|regular|yearly|status)\b"
    )
    names = {"CIFER", "NIEM", "MIPEX", "SWIM"}
    for section in draft.pages["fr"].sections:
        for entry in section.entries:
            said = [entry.text, *(fact.label for fact in entry.facts)]
            said += [line.text for fact in entry.facts for line in fact.lines]
            for text in said:
                assert not english.search(text) or names & set(text.split()), text


def test_today_a_project_whose_end_has_passed_is_a_past_one(site):
    with acting_as(db.session, SYSTEM):
        found = sections(composition.draft(date(2026, 11, 26)))
    assert len(found["projects_current"].entries) == 3
    assert "CIFER" in " ".join(entry.title for entry in found["projects_past"].entries)
