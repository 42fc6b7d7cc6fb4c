"""Mails as programs save them."""

from base64 import b64encode
from email.message import EmailMessage

TEXT = """Bonjour Claire,

La note est prête.

Bien à vous,
Maria Exemple

Le jeu. 12 nov. 2026 à 09:14, Claire Équipe <claire@team.example.org> a écrit :

> Bonjour Maria,
> où en est la note ?
"""


def mail(
    sender="Maria Exemple <maria@ecre.example.org>",
    to="Claire Équipe <claire@team.example.org>",
    text=TEXT,
    files=(),
    **headers,
):
    """Return a mail; headers that are None are left out."""
    message = EmailMessage()
    values = {
        "From": sender,
        "To": to,
        "Subject": "Re: note détention",
        "Date": "Thu, 12 Nov 2026 23:30:00 +0000",
        **headers,
    }
    for name, value in values.items():
        if value is not None:
            message[name] = value
    message.set_content(text)
    for name, content in files:
        message.add_attachment(
            content, maintype="application", subtype="octet-stream", filename=name
        )
    return message


def pdf(size=2_000):
    """Return what begins like a PDF."""
    return b"%PDF-1.7\n" + b"x" * size


def with_large_file(sent, megabytes):
    """Return the bytes of a mail with files, one of them large, and a small one behind it."""
    content = sent.as_bytes()
    boundary = content.split(b'boundary="')[1].split(b'"')[0]
    head, _end = content.rsplit(b"--" + boundary + b"--", 1)
    large = (
        b"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n"
        b'Content-Disposition: attachment; filename="large.pdf"\n\n'
    )
    lines = (b64encode(b"x" * 57) + b"\n") * (megabytes * 1024 * 1024 // 57)
    last = (
        b'Content-Type: text/plain\nContent-Disposition: attachment; filename="last.txt"\n\nlast\n'
    )
    part = b"--" + boundary + b"\n"
    return b"".join((head, part, large, lines, part, last, b"--", boundary, b"--\n"))
