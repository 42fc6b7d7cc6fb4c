"""Invented names in twenty languages and ten scripts; nobody in particular bears them."""

from dataclasses import dataclass
from random import Random

COMMON = ("Müller", "Mueller", "Muller")
"""One name in its three spellings; who looks for one finds all."""
COMMON_SHARE = 0.04
COMMON_WORD = "muller"
RARE = "Zwentibold"
"""Borne by one person."""
ABSENT = "qwyxjvk"
"""Borne by nobody, and like no word that is."""


@dataclass(frozen=True)
class Language:
    """What names of a language are made of."""

    code: str
    country: str
    given: tuple[str, ...]
    stems: tuple[str, ...]
    endings: tuple[str, ...]

    def family(self, chance: Random) -> str:
        """Return a family name."""
        return chance.choice(self.stems) + chance.choice(self.endings)


def _language(code: str, country: str, given: str, stems: str, endings: str) -> Language:
    return Language(
        code,
        country,
        tuple(given.split()),
        tuple(stems.split()),
        tuple(each.strip("-") for each in endings.split()),
    )


LANGUAGES = (
    _language(
        "fr",
        "FR",
        "Zoé Hélène Françoise Gaëlle Maëlys Chloé Éloïse Benoît Jérôme Loïc Rémi Stéphane",
        "Beau Clair Dubois Fontai Grand Haute Lagarde Mont Perri Roch Sauva Val",
        "-ville -mont -lieu -chêne -ret -fort -bœuf -rière",
    ),
    _language(
        "en",
        "IE",
        "Alice Beth Colin Deirdre Edward Fiona Gareth Hazel Ivor Judith Keith Laura",
        "Ash Brook Carr Dun Elm Fair Green Hart Kirk Long Moor Wood",
        "-ton -ley -ford -field -worth -bridge -well -wick",
    ),
    _language(
        "de",
        "DE",
        "Jürgen Käthe Günther Anneliese Björn Cäcilie Dörte Götz Heike Ingeborg Jörg Lütfi",
        "Süß Groß Weiß Schön Grün König Bär Löw Fröh Strauß Krüg Böhm",
        "-mann -berger -er -feld -bach -lich -stein -wald",
    ),
    _language(
        "es",
        "ES",
        "Begoña Íñigo José Ángel María Concepción Óscar Ramón Sofía Verónica Adrián Lucía",
        "Núñ Ibáñ Yáñ Martín Gutiérr Domíngu Jiménez-Or Velázqu Márqu Ordóñ Peñ Muñoz-Ib",
        "-ez -eza -ero -ares -ondo -ida -era -alba",
    ),
    _language(
        "pt",
        "PT",
        "João Conceição Inês Luís Gonçalo Mónica Sebastião Tomás Vítor Beatriz Duarte Leonor",
        "Assunç Magalh Guimar Simõ Camõ Sá Brand Coimbr Falc Mour Proenç Leit",
        "-ães -ão -es -eira -eiro -inho -alho -oso",
    ),
    _language(
        "it",
        "IT",
        "Niccolò Noè Benedetta Chiara Davide Elisabetta Giosuè Ilaria Lucia Mattia Ottavia",
        "Bel Cor De'Ros Fior Gal Lom Man Mor Pel Ric Sant Vent",
        "-ini -etti -ucci -aldi -asso -one -ello -igliò",
    ),
    _language(
        "nl",
        "NL",
        "Anneke Bregje Coen Daniël Femke Geert Hidde Iris Joost Liesbeth Maarten Noël",
        "Van·den·Berg Van·der·Meer De·Boer Ten·Have Bos Dijk Hoek Kuip Mole Schip Veld Water",
        "- -sma -stra -mans -huis -kamp -ink -je",
    ),
    _language(
        "pl",
        "PL",
        "Łucja Małgorzata Zdzisław Bożena Grażyna Jerzy Kazimierz Paweł Świętosława Żaneta",
        "Wiśni Kowal Zieli Brzęczy Szczepa Dąbr Gołąb Jabło Lewan Śliw Źród Majch",
        "-ewski -ewska -owski -owska -icz -ak -czyk -ński",
    ),
    _language(
        "cs",
        "CZ",
        "Jiří Kateřina Ondřej Přemysl Růžena Štěpán Vojtěch Zdeněk Žofie Bořivoj Eliška Hynek",
        "Dvořá Němeč Říh Šťast Čer Havlíč Kučer Pospíš Růžič Svobod Vaně Žížal",
        "-ek -ková -ka -ný -ná -il -ík -ovský",
    ),
    _language(
        "ro",
        "RO",
        "Ștefan Țîru Ioana Răzvan Mădălina Cătălin Dănuț Ecaterina Făt Gheorghiță Ilinca",
        "Popă Ciobă Dumitră Fătu Ghiță Lupă Moldov Rădu Stănă Tără Ungur Văcă",
        "-escu -eanu -anu -oiu -aru -uță -rescu -șan",
    ),
    _language(
        "hu",
        "HU",
        "Árpád Bőség Csenge Dezső Erzsébet Győző Hajnalka István Jenő Kökény László Ödön",
        "Szűcs Győr Kővár Nagy Füzes Hegyes Őr Tűz Vörös Zöld Szőlő Fehér",
        "-i -fi -falvi -házy -völgyi -kúti -hegyi -ligeti",
    ),
    _language(
        "tr",
        "TR",
        "Çağla Doğukan Gülşen İbrahim Işıl Ömer Özgür Şükrü Tuğba Ünal Yiğit Zeynep",
        "Demir Öz Yıldız Çelik Kılıç Güneş Dağ Şahin Aydın Taş Kaya Gök",
        "-oğlu -türk -ci -soy -kaya -han -er -taş",
    ),
    _language(
        "sv",
        "SE",
        "Åsa Björn Gösta Håkan Märta Örjan Agnetha Göran Ingrid Kjell Lovisa Ulrika",
        "Sjö Ö Lång Älv Ström Berg Lind Hög Ny Ek Åker Vass",
        "-berg -ström -gren -lund -kvist -dahl -mark -sson",
    ),
    _language(
        "el",
        "GR",
        "Αθηνά Βασίλης Γεωργία Δημήτρης Ελένη Ζωή Ηλίας Θεοδώρα Ιωάννης Κατερίνα Λεωνίδας Ουρανία",
        "Παπαδ Καραγιανν Οικονομ Νικολα Μακρ Βλάχ Σταύρ Χριστοδούλ Αλεξ Δήμ Ζαφείρ Κουτσ",
        "-όπουλος -οπούλου -ίδης -ίδου -άκης -άκη -ης -ου",
    ),
    _language(
        "uk",
        "UA",
        "Ганна Богдан Віра Ґалина Єва Жанна Іван Їжа Леся Микола Оксана Юрій",
        "Шевч Коваль Бондар Кравч Ткач Мельн Гонч Лис Пономар Яворн Щерб Хомен",
        "-енко -чук -ук -ський -ська -ак -ець -юк",
    ),
    _language(
        "bg",
        "BG",
        "Божидар Величка Георги Деница Живко Здравка Йордан Красимир Любомира Огнян Първан Ъгъл",
        "Димитр Иван Петк Стоян Тодор Христ Цанк Чавдар Янк Гроздан Беле Мангър",
        "-ов -ова -ев -ева -ски -ска -чев -чева",
    ),
    _language(
        "ar",
        "TN",
        "أمينة بلال جميلة حسن خديجة رشيد زينب سامي طارق عائشة فاطمة يوسف",
        "الحد النجا الخيا العطا البنا القاس الصبا الزيا الجبا الفلا الرفا الشعا",
        "-د -ر -ط -ن -غ -ح -وي -ني",
    ),
    _language(
        "fa",
        "IR",
        "آرش بهار پروین جمشید داریوش ژاله سیمین شیرین فرهاد کاوه گلناز مهرداد",
        "کریم رضای چراغ گلستان پهلوان حسین جعفر صادق طاهر نور محمود قاسم",
        "-ی -زاده -پور -یان -نژاد -فر -وند -دوست",
    ),
    _language(
        "vi",
        "VN",
        "Ánh Bảo Cường Đức Giang Hằng Khánh Linh Mỹ Ngọc Phương Thảo",
        "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ",
        "- ·Thị ·Văn ·Hữu ·Đình ·Quang ·Minh ·Xuân",
    ),
    _language(
        "he",
        "IL",
        "אביגיל ברוך גאולה דוד הדס זאב חנה טליה יעקב מרים נועם שירה",
        "כה לו שפיר גולד רוזנ ברק אלמו דגנ ירקונ שלומ צבר ארז",
        "-ן -י -ברג -שטיין -ובר -סון -אי -מן",
    ),
)

_TOWNS = (
    *("Abérance", "Birkenau-Süd", "Čáslavice", "Dunmoor", "Évrolles", "Føllenes", "Gdyńsk"),
    *("Heraklía", "Izmirli", "Jászvár", "Kostinbrod", "Łękawa", "Mértola", "Näsby", "Orvietta"),
    *("Porto Claro", "Quimperel", "Râmnicel", "Saint-Oblas", "Târgu Nou", "Uzhlytsia", "Varnava"),
)
_BODIES = (
    *(
        "Accueil",
        "Aide",
        "Alianza",
        "Amici",
        "Asyl",
        "Bridge",
        "Caritative",
        "Dialogue",
        "Entraide",
    ),
    *("Foyer", "Forum", "Hilfe", "Haven", "Insertion", "Migration", "Open Door", "Port", "Passage"),
    *("Refuge", "Solidarité", "Toit", "Welcome", "Zuflucht", "Rifugio", "Apoyo", "Pomoc", "Stöd"),
)
_FORMS = ("Association", "Centre", "Council", "Fondation", "Netzwerk", "Rete", "Stichting", "Union")
_THEMES = ("asile", "housing", "mineurs", "integration", "santé", "détention", "frontières", "work")
_TITLES = (
    "Director",
    "Policy officer",
    "Juriste",
    "Chargée de mission",
    "Referentin",
    "Presidente",
)


@dataclass(frozen=True)
class PersonName:
    """A name as its language writes it."""

    given: str
    family: str
    language: str
    country: str

    @property
    def full(self) -> str:
        """Return the name in one line."""
        return f"{self.given} {self.family}"


def person_name(chance: Random) -> PersonName:
    """Return a name; one in twenty-five is the common one, in one of its spellings."""
    language = chance.choice(LANGUAGES)
    given = chance.choice(language.given)
    if chance.random() < 0.3:
        given = f"{given} {chance.choice(language.given)}"
    common = chance.random() < COMMON_SHARE
    family = chance.choice(COMMON) if common else language.family(chance)
    return PersonName(given, family.replace("·", " "), language.code, language.country)


def organisation_name(chance: Random, number: int) -> str:
    """Return the name of an organisation; the number keeps namesakes apart."""
    return f"{chance.choice(_FORMS)} {chance.choice(_BODIES)} {town(chance)} {number}"


def meeting_name(chance: Random) -> str:
    """Return the name of a meeting."""
    return f"{chance.choice(_BODIES)} – {theme(chance)}, {town(chance)}"


def town(chance: Random) -> str:
    """Return a town that is on no map."""
    return chance.choice(_TOWNS)


def theme(chance: Random) -> str:
    """Return what people talk about."""
    return chance.choice(_THEMES)


def job_title(chance: Random) -> str:
    """Return what somebody does."""
    return chance.choice(_TITLES)
