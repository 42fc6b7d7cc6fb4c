"""Reading a list of people as it was received."""

import pytest

from crm.core.errors import InvalidValue
from crm.meetings.pasting import MOST_LINES, decoded, read


def people(text):
    return [(line.name, line.organisation, line.email) for line in read(text).lines]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Zofia Łukaszewska", [("Zofia Łukaszewska", "", "")]),
        ("Ada Test, Refuge Europe", [("Ada Test", "Refuge Europe", "")]),
        ("- Mme Ada Test <ada@example.org>", [("Ada Test", "", "ada@example.org")]),
        ("3. Jean Exemple (ECRE)", [("Jean Exemple", "ECRE", "")]),
        ("Ada Test\tCaritas\tada@example.org", [("Ada Test", "Caritas", "ada@example.org")]),
        ("Ada Test – Refuge Europe", [("Ada Test", "Refuge Europe", "")]),
        ("Ada Test; Refuge Europe; Lyon", [("Ada Test", "Refuge Europe", "")]),
        ("Марія Шевченко", [("Марія Шевченко", "", "")]),
        ("ليلى حداد, ملجأ", [("ليلى حداد", "ملجأ", "")]),
        ("ada@example.org", [("", "", "ada@example.org")]),
        ("Dr. Ada Test", [("Ada Test", "", "")]),
        ("Marie Dupont-Exemple", [("Marie Dupont-Exemple", "", "")]),
        ("\n  \nAda Test\n\n", [("Ada Test", "", "")]),
        (
            'To: Ada Test <ada@example.org>, "Exemple, Jean" <jean@example.org>; bob@example.org',
            [
                ("Ada Test", "", "ada@example.org"),
                ("Exemple, Jean", "", "jean@example.org"),
                ("", "", "bob@example.org"),
            ],
        ),
        (
            "Nom;Prénom;Organisation;Courriel\nTest;Ada;Refuge;ada@example.org\n",
            [("Ada Test", "Refuge", "ada@example.org")],
        ),
        (
            'Name,Email,Organisation\nAda Test,ada@example.org,"Refuge, Lyon"\n',
            [("Ada Test", "Refuge, Lyon", "ada@example.org")],
        ),
    ],
)
def test_a_line_is_read_in_the_way_it_was_written(text, expected):
    assert people(text) == expected


TEAMS = (
    "1. Summary\nMeeting title\tPlenary\nAttended participants\t2\n\n"
    "2. Participants\n"
    "Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole\n"
    "Ada Test\t11/23/26, 9:01\t11/23/26, 12:00\t2h\tada@example.org\tada@example.org\tOrganizer\n"
    "Jean Exemple (Guest)\t11/23/26, 9:05\t11/23/26, 12:00\t2h 55m\t\t\tPresenter\n\n"
    "3. In-Meeting Activities\nName\tJoin Time\tLeave Time\nAda Test\t9:01\t12:00\n"
)
ZOOM = (
    "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest\n"
    "Ada Test,ada@example.org,23/11/2026 09:01,23/11/2026 12:00,179,No\n"
    "Laptop 3 (Jean Exemple),,23/11/2026 09:05,23/11/2026 12:00,175,Yes\n"
)


@pytest.mark.parametrize("text", [TEAMS, ZOOM])
def test_the_file_of_a_video_call_says_who_was_there(session, text):
    pasted = read(text)
    assert pasted.was_there
    assert [line.name for line in pasted.lines] == ["Ada Test", "Jean Exemple"]
    assert pasted.lines[0].email == "ada@example.org"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_a_file_is_read_in_whatever_encoding_it_comes(encoding):
    text = "Nom;Organisation\nZoë Müller;Réseau d’Asile\n"
    assert people(decoded(text.encode(encoding))) == [("Zoë Müller", "Réseau d’Asile", "")]


@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\x1a\n" + bytes(4000), b"PK\x03\x04\x00\x00" * 80]
)
def test_a_file_that_is_no_text_gets_one_sentence(session, content):
    with pytest.raises(InvalidValue) as refused:
        decoded(content)
    assert refused.value.field == "upload"


@pytest.mark.parametrize("line", ["12345", "- ;", "x" * 5000, "…", "<>"])
def test_a_line_of_which_nobody_can_be_read_says_why_and_stays(session, line):
    (read_line,) = read(line).lines
    assert read_line.problem
    assert read_line.raw


@pytest.mark.parametrize("text", ["", "  \n ", "Ada Test\n" * (MOST_LINES + 1), "x" * 1_100_000])
def test_an_empty_or_endless_list_is_refused_at_its_field(session, text):
    with pytest.raises(InvalidValue) as refused:
        read(text)
    assert refused.value.field == "text"
