"""Mails are read whatever they are: the words, who and when, the files; one sentence at worst."""

import tracemalloc
from contextlib import suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from io import BytesIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crm.capture import message
from crm.capture.message import Address
from crm.core.errors import InvalidValue
from tests.capture.mails import TEXT, mail, pdf, with_large_file

MEGABYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def words(app):
    """Say sentences in English, as the pages of tests do."""
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        yield


def read(content):
    return message.read(BytesIO(content if isinstance(content, bytes) else content.as_bytes()))


def test_a_mail_says_who_wrote_it_to_whom_and_when(app):
    found = read(mail(Cc='"TEST, Paul" <Paul@Example.org>, nobody'))
    assert found.sender == [Address("Maria Exemple", "maria@ecre.example.org")]
    assert found.recipients == [Address("Claire Équipe", "claire@team.example.org")]
    assert found.copied == [Address("Paul TEST", "paul@example.org")]
    assert found.sent_at == datetime(2026, 11, 12, 23, 30, tzinfo=UTC)
    assert found.subject == "Re: note détention"
    assert found.text == TEXT.strip()
    assert (found.files, found.notices) == ([], [])


def test_files_come_with_their_names_and_what_is_not_kept_is_named(app):
    files = [("note.pdf", pdf()), ("tool.exe", b"MZ" + bytes(90)), ("wrong.pdf", b"not one")]
    found = read(mail(files=files))
    assert [(each.name, each.content) for each in found.files] == [("note.pdf", pdf())]
    kind, content = found.notices
    assert kind.startswith("“tool.exe” is not kept: Files of this kind are not kept. Save it as")
    assert content.startswith("“wrong.pdf” is not kept: This file is not what its name says")


def test_a_file_of_40_megabytes_is_left_out_and_the_rest_is_kept(app):
    whole = with_large_file(mail(files=[("small.pdf", pdf())]), megabytes=40)
    assert len(whole) > 53 * MEGABYTE
    stream = BytesIO(whole)
    tracemalloc.start()
    found = message.read(stream)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [each.name for each in found.files] == ["small.pdf", "last.txt"]
    assert found.notices == [
        "“large.pdf” is not kept: This file is larger than 20 MB. Send a smaller one"
    ]
    assert found.text == TEXT.strip()
    assert peak < 180 * MEGABYTE


def test_a_mail_that_never_ends_is_refused_before_it_is_held_whole(app):
    class Endless:
        def __init__(self):
            self.given = 0

        def readline(self, most):
            self.given += 1
            return b"--" + b"x" * 60_000 + b"\n"

    stream = Endless()
    with pytest.raises(InvalidValue, match="larger than 60 MB"):
        message.read(stream)
    assert stream.given * 60_000 < 70 * MEGABYTE


def test_a_mail_in_html_alone_becomes_its_words(app):
    html = (
        "<html><head><title>No</title><style>p {color: red}</style></head><body><p>Bonjour,</p>"
        "<p>La note <b>est</b> prête.<br>À bientôt</p><script>alert(1)</script></body></html>"
    )
    sent = EmailMessage()
    sent["From"] = "ada@example.org"
    sent.set_content(html, subtype="html")
    assert read(sent).text == "Bonjour,\n\nLa note est prête.\nÀ bientôt"


def test_the_plain_words_come_before_those_in_html(app):
    sent = mail(text="Plain")
    sent.add_alternative("<p>Marked</p>", subtype="html")
    assert read(sent).text == "Plain"


def test_an_invitation_is_a_file_and_not_its_text(app):
    sent = mail(text="Come")
    sent.add_attachment("BEGIN:VCALENDAR", subtype="calendar", filename="invite.ics")
    found = read(sent)
    assert found.text == "Come"
    assert found.notices[0].startswith("“invite.ics” is not kept")


def test_a_mail_within_a_mail_is_a_file_and_not_its_text(app):
    inner = mail(text="Inner words", Subject="Deep / inside")
    sent = mail(text="Outer words")
    sent.add_attachment(inner)
    found = read(sent)
    assert found.text == "Outer words"
    [file] = found.files
    assert file.name == "Deep - inside.eml"
    assert b"Inner words" in file.content


@pytest.mark.parametrize("charset", ["x-nonsense", "utf-8", "ascii", "utf-16", "idna", "base64"])
def test_a_character_set_that_is_wrong_costs_no_words(app, charset):
    content = (
        f"From: ada@example.org\nContent-Type: text/plain; charset={charset}\n"
        "Content-Transfer-Encoding: 8bit\n\n"
    ).encode() + "Été à l’école.".encode("cp1252")
    found = read(content)
    assert "cole" in found.text or charset == "utf-16"
    if charset in ("x-nonsense", "utf-8", "ascii"):
        assert found.text == "Été à l’école."
        assert found.notices == [
            "The text names a character set it is not in: some signs may be wrong"
        ]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"=?utf-8?q?D=C3=A9tention?=", "Détention"),
        (b"=?nonsense?q?D=C3=A9tention?=", "=?nonsense?q?D=C3=A9tention?="),
        ("Détention".encode(), "Détention"),
        (b"=?utf-8?b?%%%?=", "=?utf-8?b?%%%?="),
        (b"a\tb\n c", "a b c"),
    ],
)
def test_a_subject_is_read_whatever_it_is_written_in(app, raw, words):
    assert read(b"From: ada@example.org\nSubject: " + raw + b"\n\nx").subject == words


@pytest.mark.parametrize(
    "date", [None, "", "yesterday", "99 Foo 2026", "Thu, 12 Nov 99999 10:00:00 +0000", "0", "1 1 1"]
)
def test_a_date_that_cannot_be_read_is_none(app, date):
    assert read(mail(Date=date) if date is None else _dated(date)).sent_at is None


def _dated(text):
    return f"From: ada@example.org\nDate: {text}\n\nx".encode()


def test_a_mail_may_name_nobody(app):
    found = read(b"Subject: x\nFrom: undisclosed\nTo: ;;,,<>\n\nwords")
    assert (found.sender, found.recipients, found.text) == ([], [], "words")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is empty"),
        (b"\n \r\n\n", "This file is empty"),
        (b"\x00\xff" * 5_000, "This file is no mail"),
        (b"Dear all,\nno mail at all", "This file is no mail"),
        (pdf(), "This file is no mail"),
    ],
)
def test_what_is_no_mail_is_refused_in_one_sentence(app, content, sentence):
    with pytest.raises(InvalidValue) as refused:
        read(content)
    assert refused.value.field == "upload"
    assert str(refused.value.message).startswith(sentence)


def test_a_mail_of_very_many_parts_in_each_other_is_read_or_refused(app):
    head = b"From: ada@example.org\n"
    deep = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(3_000)
    )
    with suppress(InvalidValue):
        assert read(head + deep + b"\nx").sender


def test_a_text_without_end_is_cut_and_that_is_said(app):
    found = read(mail(text="word " * 50_000))
    assert len(found.text) == message.MOST_CHARACTERS
    assert found.notices == ["The text of the mail was cut after 100000 characters"]


HEADS = st.lists(
    st.sampled_from(
        [
            b"From: =?utf-8?q?=ff?= <a@b>\n",
            b"To: " + b"a@b.example, " * 20 + b"\n",
            b"Date: \xff\n",
            b"Subject: =?x?b?=?=\n",
            b"Content-Type: multipart/mixed; boundary=x\n",
            b"Content-Type: multipart/alternative; boundary=\n",
            b"Content-Type: message/rfc822\n",
            b"Content-Type: text/html; charset=\xff\n",
            b"Content-Type: text/plain; charset*=utf-8''%ff; name*0=a\n",
            b"Content-Transfer-Encoding: base64\n",
            b"Content-Transfer-Encoding: uuencode\n",
            b"Content-Disposition: attachment; filename*=utf-8''%ff%\n",
            b"\n",
            b"--x\n",
            b"--x--\n",
            b"<p>x",
        ]
    ),
    max_size=14,
).map(b"".join)


@given(st.one_of(st.binary(max_size=500), st.builds(bytes.__add__, HEADS, st.binary(max_size=60))))
@example(b"From: a@b\nContent-Type: text/plain; charset=\x00\n\nx")
@example(b"From: =?utf\xff-8?q?x?= <a@b>\n\nx")
@example(b"From:\nContent-Type: message/rfc822\n\nContent-Type: multipart/\n\x80")
def test_no_bytes_make_it_fail(app, content):
    with suppress(InvalidValue):
        assert read(content).text is not None


def nested(depth):
    lines = ["From: ada@example.org", "Subject: x"]
    for level in range(depth):
        lines += [f'Content-Type: multipart/mixed; boundary="b{level}"', "", f"--b{level}"]
    return "\r\n".join([*lines, "Content-Type: text/plain", "", "hello"]).encode()


@pytest.mark.parametrize(
    "content",
    [nested(400), nested(2000), b"From: a@example.org\nTo: " + b"(" * 200_000 + b"\n\nx"],
    ids=["parts in parts", "very many parts in parts", "brackets in brackets"],
)
def test_what_nobody_writes_is_refused_in_one_sentence(app, content):
    with pytest.raises(InvalidValue, match="no mail"):
        message.read(BytesIO(content))
