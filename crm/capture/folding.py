"""Tells what somebody wrote from what a mail drags along: signature, warnings, older mails.

Rules on lines, in French and English and for the headings of German and Italian programs. The
libraries for this hide answers that stand between quoted lines, and take seconds for hostile text.
"""

import re
from collections.abc import Sequence

from crm.core.text import fold
from crm.people import vocabulary as words

MOST_OF_GREETING = 5
MOST_OF_SIGNATURE = 12
MOST_BELOW_MARK = 40
"""Lines that may follow “--”, which says by itself that a signature begins."""
LONGEST_LINE = 90
LONGEST_HEADING = 300
MOST_HEADING_LINES = 3
HEADER_LINES = 5

_FORWARDED = re.compile(
    r"(?:message d origine|message transfere|courriel original|original message|forwarded message"
    r"|(?:debut du )?message (?:transfere|reexpedie)|begin forwarded message"
    r"|ursprungliche nachricht|weitergeleitete nachricht|messaggio (?:originale|inoltrato))"
)
_WROTE = re.compile(
    r"(?:le|on|am|il giorno|il)\b.*\b(?:a ecrit|ecrit|wrote|schrieb.*|ha scritto)", re.DOTALL
)
_FROM = re.compile(r"\W*(?:De|From|Von|Da)\s*:\s*\S", re.IGNORECASE)
_OTHER_HEADER = re.compile(
    r"\W*(?:Envoyé|Date|Sent|À|A|To|Objet|Subject|Gesendet|An|Betreff|Inviato|Oggetto|Cc)\s*:",
    re.IGNORECASE,
)
_SENT_FROM = re.compile(
    r"(?:envoye (?:de|depuis|a partir)|sent (?:from|with|via)|(?:get|obtenez) outlook)\b"
)
_WARNS = re.compile(r"confiden|disclaim|destinat|recipient|addressee|intended|erreur|error|virus")
"""What a sentence that begins like a warning says if it is one."""
_RULE = re.compile(r"\s*[_-]{5,}\s*")
_MARK = ("--", "—", "__")


def fold_away(text: str) -> tuple[str, str]:
    """Return what was written, and what was folded away, both in order."""
    own, older = _without_older(text.split("\n"))
    own, signature = _without_signature(own)
    return _joined(own), _joined([*signature, *([""] if signature and older else []), *older])


def _joined(lines: Sequence[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


# Older mails


def _without_older(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the lines that are new, and those of older mails.

    Lines under a heading are old to the end, unless quotation marks say which ones are.
    """
    own: list[str] = []
    older: list[str] = []
    at = 0
    while at < len(lines):
        heading = _heading_size(lines, at)
        if heading:
            older += lines[at : at + heading]
            at += heading
            if not _is_quoted_below(lines, at):
                older += lines[at:]
                break
        else:
            (older if lines[at].startswith(">") else own).append(lines[at])
            at += 1
    return own, older


def _is_quoted_below(lines: Sequence[str], at: int) -> bool:
    following = next((line for line in lines[at:] if line.strip()), "")
    return following.startswith(">")


def _heading_size(lines: Sequence[str], at: int) -> int:
    """Return how many lines above an older mail say whose it is, 0 where none begins here."""
    line = lines[at]
    if not line.strip() or len(line) > LONGEST_HEADING:
        return 0
    if _RULE.fullmatch(line) and any(_FROM.match(each) for each in lines[at + 1 : at + 3]):
        return 1
    if _FORWARDED.fullmatch(fold(line)) and (line.strip()[:1] in "-_" or line.rstrip()[-1:] == ":"):
        return 1
    if _FROM.match(line) and any(
        _OTHER_HEADER.match(each) for each in lines[at + 1 : at + HEADER_LINES]
    ):
        return 1
    return _attribution_size(lines, at)


def _attribution_size(lines: Sequence[str], at: int) -> int:
    """Return of how many lines “On … somebody wrote:” is, which programs break as they like."""
    for size in range(1, MOST_HEADING_LINES + 1):
        part = lines[at : at + size]
        if not all(line.strip() for line in part):
            return 0
        if part[-1].rstrip().endswith(":"):
            said = fold(" ".join(part)[:LONGEST_HEADING])
            return size if re.search(r"\d", said) and _WROTE.fullmatch(said) else 0
    return 0


# The signature


def _without_signature(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the lines above a signature, and those from where it begins."""
    said = [at for at, line in enumerate(lines) if line.strip()]
    last = said[-MOST_BELOW_MARK - 1 :]
    starts = (at for at in last if at != said[0] and _begins_signature(lines, at, last))
    start = next(starts, len(lines))
    return list(lines[:start]), list(lines[start:])


def _begins_signature(lines: Sequence[str], at: int, last: Sequence[int]) -> bool:
    """Tell whether a line, with those below, says who wrote rather than anything else.

    :param last: the places of the last lines that are not empty.
    """
    if lines[at].strip() in _MARK:
        return True
    folded = fold(lines[at])
    below = [lines[place] for place in last if place > at]
    if len(below) > MOST_OF_SIGNATURE:
        return False
    if _SENT_FROM.match(folded) or (words.CAUTION.match(folded) and _WARNS.search(folded)):
        return True
    is_greeting = words.GREETING.match(folded) and len(folded.split()) <= MOST_OF_GREETING
    return bool(is_greeting and below) and all(
        len(line) <= LONGEST_LINE and not line.rstrip().endswith("?") for line in below
    )
