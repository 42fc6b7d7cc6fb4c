"""Words that tell the lines of a signature apart, in French, English, German and Italian.

All are folded, as :func:`crm.core.text.fold` does. A word ending in ``*`` is the beginning of one.
"""

import re
from collections.abc import Iterable


def _pattern(words: str) -> re.Pattern[str]:
    """Return what finds one of the words in a folded text."""
    found = [
        re.escape(word[:-1]) + "[a-z]*" if word.endswith("*") else re.escape(word)
        for word in words.replace("\n", " ").split()
    ]
    return re.compile(rf"\b(?:{'|'.join(found).replace('_', ' ')})\b")


def _phrases(phrases: Iterable[str]) -> re.Pattern[str]:
    """Return what finds one of the phrases at the beginning of a folded line."""
    return re.compile(rf"(?:{'|'.join(phrases)})\b")


GREETING = _phrases((
    "bien a vous", "bien a toi", "cordialement", "bien cordialement", "tres cordialement", "cdlt",
    "respectueusement", "bonne journee", "bonne soiree", "bonne reception", "bonne semaine",
    "merci d avance", "merci", "amicalement", "a bientot", "salutations", "sinceres salutations",
    "avec mes remerciements", "dans l attente",
    "best", "best regards", "kind regards", "warm regards", "regards", "many thanks", "thanks",
    "thank you", "yours sincerely", "yours faithfully", "yours truly", "sincerely", "cheers",
    "all the best", "with best wishes", "best wishes",
    "mit freundliche[nmr]* gru(?:ss|s)e*n?", "mit besten gru", "freundliche gru[a-z]*",
    "viele gru[a-z]*", "beste gru[a-z]*", "herzliche gru[a-z]*", "liebe gru[a-z]*", "lg", "mfg",
    "vg", "hochachtungsvoll", "schone gru[a-z]*",
    "cordiali saluti", "distinti saluti", "cordialmente", "un caro saluto", "cari saluti",
    "saluti", "un saluto", "a presto", "grazie", "buona giornata", "buon lavoro",
    "met vriendelijke groet", "saludos", "atentamente",
))  # fmt: skip

CAUTION = _phrases((
    "ce message", "ce courriel", "ce mail", "cet e mail", "les informations contenues",
    "this e ?mail", "this message", "the information (?:contained )?in this", "confidentiality",
    "disclaimer", "the views expressed", "if you (?:are not|have received)", "notice ",
    "diese e ?mail", "diese nachricht", "der inhalt dieser", "wenn sie nicht der",
    "le informazioni contenute", "questo messaggio", "questa e ?mail", "ai sensi del",
))  # fmt: skip
"""After the first of these nothing more is said of anybody."""

NOISE = _phrases((
    "envoye (?:de|depuis|a partir)", "sent (?:from|with|via)", "get outlook", "obtenez outlook",
    "von meine[mr]", "gesendet (?:von|mit)", "inviato da", "inviata da", "telecharger outlook",
    "p avant d imprimer", "avant d imprimer", "pensez a l", "please consider the environment",
    "please think", "think before you print", "prima di stampare", "bitte denken sie", "save paper",
    "suivez", "follow us", "folgen sie", "seguici", "retrouvez", "join us", "visit us",
    "twitter", "linkedin", "facebook", "instagram", "skype", "mastodon", "youtube", "bluesky",
    "x com", "cid", "logo", "image", "orcid", "pronouns", "pronoms", "pronomen", "pronomi",
    "registered (?:charity|in|office)", "charity (?:no|number)", "siret", "siren", "iban",
    "this firm", "authorised", "geschaftsfuhrer(?:in)? ", "amtsgericht", "steuernummer",
    "vorstand ", "sitz der", "partita iva", "p iva", "codice fiscale",
    "je travaille", "i work", "my working", "ich arbeite", "merci de ne pas",
    "im auftrag$", "p o", "p p", "ihre?$", "il dirigente$", "gez ",
))  # fmt: skip
"""Lines that say nothing of who it is."""

TITLES = _pattern("""
    directeur* directric* director* direttor* direktor* chef cheffe chief head leiter* leitung
    responsabil* responsable* charge chargee coordinat* coordonnat* koordinator* koordinatorin
    president* prasident* presidente* vice secretaire* secretary segretari* sekretar* adjoint*
    assistant* assistent* assistente* conseill* adviser* advisor* berater* beraterin consulent*
    consultant* officer* manager* managerin delegue* delegat* delegierte* depute* juriste* jurist*
    giurist* avocat* avvocat* lawyer* solicitor* barrister* rechtsanwalt* anwalt* anwaltin
    chercheur* chercheuse* researcher* ricercat* forscher* wissenschaft* professeur* professor*
    professore* professoressa maitre_de lecturer* dozent* docente docenti fellow analyst*
    analyste* analista referent* referentin referatsleit* sachbearbeit* geschaftsfuhr*
    bereichsleit* projektleit* abteilungsleit* amtsleit* beauftragt* integrationsbeauftragt*
    pressesprech* sprecher* sprecherin portavoce porte_parole spokes* sozialarbeit* social_worker
    assistente_sociale assistante_sociale mediat* operatric* operator* operatore oberkirchen*
    expert* esperto esperta chair chairman chairwoman chairperson founder cofounder fondat*
    grunder* ceo cfo coo treasurer tresorier* ispett* inspect* inspektor* dirigente* funzionar*
    fonctionnaire* chargeede intern stagiaire praktikant* tirocinante attache* ambassad* consul
    ministre maire mayor burgermeister* sindaco rapporteur* sous_directeur* policy_officer
    redact* editor journalist* traduct* translator* interpret* dolmetsch* pasteur pastor*
    technicien* ingenieur* engineer* comptable* accountant* buchhalt* gestionnaire* animat*
    volunteer* benevole* gestor* tecnico lead leader lehrer* educat* psycholog*
""")

ORGANISATIONS = _pattern("""
    association* associazione verein* e_v ev foundation* fondation* fondazione stiftung* ngo ong
    onlus odv aps gmbh ggmbh llp ltd limited inc asbl aisbl vzw sarl sas spa srl council* conseil
    consiglio rat fluchtlingsrat committee* comite* comitato komitee* federation* federazione
    verband* bund union* unione network* reseau* rete netzwerk* ministere* ministry ministerium*
    ministero commission* commissione kommission* agency agence* agenzia agentur bundesamt* amt_fur
    universite* university universita* universitat* hochschule* institut* institute* istituto
    observatoire* observatory osservatorio ville_de city_of stadt comune commune_de mairie*
    municipality provincia province_of region regione departement_de land kreis caritas diakonie*
    croix_rouge red_cross rotes_kreuz croce_rossa secours collectif* collective collettivo
    cooperat* kooperativ* plateforme* platform* plattform forum* coalition* alliance* allianz
    maison_d* maison house_of haus casa centre_d* centre_for center_for zentrum_fur centro_studi
    entraide* refuge* refugee* fluchtling* rifugi* relief rescue aid international church eglise
    kirche* testkirche* chiesa comunita* communaute* community cabinet studio_legale kanzlei*
    partners consulting group groupe gruppe_der parliament* parlement* parlament* soccorso
    seebrucke* service_jesuite cooperativa societe society gesellschaft* hilfe* werk hilfswerk*
    musterhilfe* beispielhilfe*
""")

DEPARTMENTS = _pattern("""
    service* departement department* dipartimento abteilung* referat* direction* directorate*
    direzione direktion* pole unit unite unita ufficio office_of bureau* amt_fur division*
    divisione faculte faculty facolta fakultat* school_of ecole_de section sektion sezione dg gruppe
    ripartizione settore zentrum_migration team equipe sekretariat stabsstelle fachbereich* cellule
    bereich lehrstuhl* laboratoire*
""")

ADDRESS = _pattern(
    """
    rue avenue av boulevard bd place quai chemin allee impasse route cours cedex bp cs square
    street st road rd lane ave floor suite po_box drive court
    strasse str weg platz allee gasse ufer damm postfach
    via viale piazza piazzale corso largo vicolo cap
    straat laan plein
""".replace("*strasse", "")
)
_STREET_ENDS = re.compile(r"[a-z]+(?:strasse|str|weg|platz|allee|gasse|ufer|damm|straat|laan)\b")
_POSTAL_CODE = re.compile(r"\b(?:[a-z]{1,2} )?\d{4,5}\b|\b[a-z]{1,2}\d[a-z\d]? \d[a-z]{2}\b")

FAX = re.compile(r"(?:tele)?fax|telecop", re.IGNORECASE)
MOBILE = re.compile(
    r"\b(?:mob(?:il\w*)?|port(?:able)?|cell(?:ulare|phone)?|handy|gsm|whatsapp|signal|m)\b",
    re.IGNORECASE,
)

HONORIFICS = (
    "m", "mme", "mlle", "mr", "mrs", "ms", "mx", "dr", "prof", "pr", "monsieur", "madame", "herr",
    "frau", "sig", "sigra", "dott", "dottssa", "dottoressa", "avv", "ing", "mag", "maitre", "me",
    "sir", "dame", "rev", "jur", "phil", "med", "dipl", "arch", "okr", "okrin", "rer", "nat",
    "docteur", "professeur", "professor", "on", "ssa", "hc",
)  # fmt: skip
SUFFIXES = ("phd", "ma", "msc", "llm", "mba", "esq", "md", "ba", "mag", "mphil", "dphil")
BEFORE_NAMES = re.compile(
    r"^(?:i\.\s?a\.|i\.\s?v\.|p\.\s?[op]\.|p/o|gez\.|pour ordre|signé\s*:?|im auftrag)\s+",
    re.IGNORECASE,
)
PARTICLES = frozenset({
    "de", "du", "des", "la", "le", "les", "d", "l", "von", "van", "der", "den", "zu", "zum", "zur",
    "vom", "della", "del", "dello", "dei", "degli", "di", "da", "dal", "dos", "das", "e", "y",
    "al", "el", "ben", "bin", "ibn", "ter", "ten", "af", "av",
})  # fmt: skip


def is_address(folded: str) -> bool:
    """Tell whether a folded line is part of a postal address."""
    return bool(
        (ADDRESS.search(folded) and re.search(r"\d|\broma\b", folded))
        or (_STREET_ENDS.search(folded) and re.search(r"\d", folded))
        or (_POSTAL_CODE.search(folded) and len(folded.split()) <= 6)
        or re.search(r"\bb[a-z]* \d{3,4}\b|\bcedex\b", folded)
        or re.match(r"(?:rue|via|piazza|place|viale|avenue) ", folded)
    )
