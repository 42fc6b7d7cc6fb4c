"""Reads the decisions of the United Nations on consultative status, where the files are at hand.

The files lie beside the project, never in it; they are named by ``PASSERELLE_SHARED_DATA``.
They say what the Committee decided and when. The Council decides on its report: in July on that
of a session of the first half of the year, in December on that of the second. No file says the day,
so the month is all that is noted. A status whose beginning no file tells is open on that side.
"""

import csv
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from crm.core.partial_date import PartialDate
from crm.core.text import clean_line, fold
from crm.networks.models import Step

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data"
FOLDER = Path(os.environ.get("PASSERELLE_SHARED_DATA", BESIDE)) / "un-ecosoc-decisions"
FILES = {
    "granted": "1_ecosoc_status_granted",
    "renamed": "2_name_changes",
    "closed": "3_ecosoc_closedrequests_failedrespond",
    "application withdrawn": "4_ecosoc_application_withdrawn",
    "declined": "5_ecosoc_status_declined",
    "status withdrawn": "6_ecosoc_status_withdrawn_ownrequest",
    "deferred": "7_applications_deferred",
    "reclassification deferred": "11_deferred_status_reclassification",
    "merged": "12_mergers_organizations",
}
STEPS = {
    "closed": Step.CLOSED,
    "application withdrawn": Step.WITHDRAWN,
    "declined": Step.DECLINED,
    "status withdrawn": Step.WITHDRAWN,
    "deferred": Step.DEFERRED,
    "reclassification deferred": Step.DEFERRED,
}
RECLASSIFICATION = "Reclassification"
NO_SESSION = "2023-09-16"
"""Stands in the renames alone; all other files have a session that ends on 2022-09-16."""

_STATUS = re.compile(
    r"[,\s]*[(](?P<words>(?:(?:special|general|roster|[12][0-9]{3})[,;\s]*)+)[)]\s*$", re.IGNORECASE
)
_IN_STATUS = re.compile(
    r"[,\s]*[(]?(?:in special consultative status|(?:an )?(?:organization )?not in status with the"
    r" Council)[)]?[,\s]*$",
    re.IGNORECASE,
)


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a file."""
    with (FOLDER / f"{FILES[name]}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@dataclass
class Applicant:
    """An organisation under all its names, and what was decided about it.

    :param former: (name, until), the oldest first.
    :param granted: the sessions that recommended it.
    :param kinds: (code of the kind of link, since) as the renames tell them.
    :param steps: (day, what, detail) of everything but the status itself.
    :param left: the day on which it gave its status back.
    """

    name: str
    former: list[tuple[str, PartialDate]] = field(default_factory=list)
    granted: list[PartialDate] = field(default_factory=list)
    kinds: list[tuple[str, PartialDate | None]] = field(default_factory=list)
    steps: list[tuple[PartialDate, str, str | None]] = field(default_factory=list)
    left: PartialDate | None = None
    is_in_status: bool = False
    is_merged: bool = False

    @property
    def deferrals(self) -> int:
        """Return how often its application was deferred."""
        return sum(1 for _day, what, _detail in self.steps if what == "deferred")


@dataclass(frozen=True)
class Merger:
    """Organisations that went on as one."""

    old: tuple[str, ...]
    new: str
    day: PartialDate


@dataclass
class Decisions:
    """All files, by organisation, and what contradicts itself in them."""

    applicants: dict[str, Applicant]
    mergers: list[Merger]
    renames: list[tuple[str, str, PartialDate]]
    odd: Counter[str]
    keys: dict[str, str]

    def of(self, name: str) -> Applicant:
        """Return the organisation that bears or bore a name."""
        return self.applicants[self.keys.get(fold(name), fold(name))]


def council_after(session: PartialDate) -> PartialDate:
    """Return the month in which the Council decides on the report of a session."""
    return PartialDate(session.year, 7 if session.first_day.month < 7 else 12)


def plain(name: str) -> tuple[str, list[tuple[str, PartialDate | None]]]:
    """Return a name without what is said of its status, and that as kinds with their year."""
    name = clean_line(name)
    found = _STATUS.search(name)
    if found is None:
        return name, []
    kinds: list[tuple[str, PartialDate | None]] = []
    for word in re.findall(r"special|general|roster|[12][0-9]{3}", found["words"].lower()):
        if not word.isdigit():
            kinds.append((word if word == "roster" else f"{word}_status", None))
        elif kinds:
            kinds[-1] = (kinds[-1][0], PartialDate(int(word)))
        else:
            kinds.append(("special_status", PartialDate(int(word))))
    return name[: found.start()].strip(), kinds


def read() -> Decisions:
    """Return what the files say."""
    odd: Counter[str] = Counter()
    renames = _renames(odd)
    keys = _one_key_each(renames)
    found = Decisions({}, _mergers(odd), renames, odd, keys)
    for what, name, day, detail in _decisions(odd):
        applicant = _applicant(found, name)
        if what == "granted":
            applicant.granted.append(day)
        else:
            applicant.steps.append((day, what, detail))
        if what == "status withdrawn":
            applicant.left = day
            if detail == "(observer status withdrawn)":
                applicant.kinds.append(("observer", None))
        applicant.is_in_status |= what in ("status withdrawn", "reclassification deferred")
    _take_over_names(found)
    for merger in found.mergers:
        _applicant(found, merger.new).is_in_status = True
        for old in merger.old:
            merged = found.applicants.get(keys.get(fold(old), fold(old)))
            if merged is not None:
                merged.is_merged = True
    for applicant in found.applicants.values():
        applicant.granted.sort()
        applicant.steps.sort(key=lambda each: str(each[0]))
        _look_for_contradictions(applicant, odd)
    return found


def _applicant(found: Decisions, name: str) -> Applicant:
    key = found.keys.get(fold(name), fold(name))
    return found.applicants.setdefault(key, Applicant(name))


def _decisions(odd: Counter[str]) -> Iterator[tuple[str, str, PartialDate, str | None]]:
    for what in ("granted", *STEPS):
        for row in rows(what):
            name = clean_line(row["NGO_name"]).rstrip("*")
            if not fold(name):
                odd[f"{what}: no name"] += 1
                continue
            if name == "gGmbH":
                odd[f"{what}: the end of another name"] += 1
            detail = clean_line(row.get("info") or row.get("") or "")[:480] or None
            if what == "reclassification deferred":
                detail = f"{RECLASSIFICATION} {detail or ''}".strip()
            yield what, name, PartialDate.parse_iso(row["Session_number"]), detail


def _renames(odd: Counter[str]) -> list[tuple[str, str, PartialDate]]:
    """Return (old name, new name, day), the earliest first."""
    found = []
    for row in rows("renamed"):
        odd["renamed: on the day of no session"] += row["Session_number"] == NO_SESSION
        old, _kinds = plain(row["Old_name"])
        day = row["Session_number"].replace(NO_SESSION, "2022-09-16")
        found.append((old, clean_line(row["New_name"]), PartialDate.parse_iso(day)))
    pairs = Counter((fold(old), fold(new)) for old, new, _day in found)
    odd["renamed: twice to the same name"] = sum(count - 1 for count in pairs.values())
    targets = Counter(old for old, _new in pairs)
    odd["renamed: to two names"] = sum(count - 1 for count in targets.values())
    return sorted(found, key=lambda each: str(each[2]))


def _one_key_each(renames: list[tuple[str, str, PartialDate]]) -> dict[str, str]:
    """Return, for each name of an organisation that had several, the one all share."""
    keys: dict[str, str] = {}
    for old, new, _day in renames:
        one, other = keys.get(fold(old), fold(old)), keys.get(fold(new), fold(new))
        for name, key in list(keys.items()):
            if key == one:
                keys[name] = other
        keys[fold(old)] = keys[fold(new)] = other
    return keys


def _take_over_names(found: Decisions) -> None:
    """Give each organisation its last name, and its former ones with the day they ended."""
    for row in rows("renamed"):
        name, kinds = plain(row["Old_name"])
        applicant = _applicant(found, name)
        applicant.is_in_status = True
        applicant.kinds += [each for each in kinds if each not in applicant.kinds]
    by_key = defaultdict(list)
    for old, new, day in found.renames:
        by_key[found.keys[fold(old)]].append((old, new, day))
    for key, story in by_key.items():
        applicant = found.applicants[key]
        applicant.name = story[-1][1]
        known = {fold(applicant.name)}
        # What they were renamed to on the way was given up by the last rename, if by no other.
        names = [(old, day) for old, _new, day in story]
        names += [(new, story[-1][2]) for _old, new, _day in story]
        for text, day in names:
            if fold(text) not in known:
                known.add(fold(text))
                applicant.former.append((text, day))


def _mergers(odd: Counter[str]) -> list[Merger]:
    found = []
    for row in rows("merged"):
        names = tuple(
            _IN_STATUS.sub("", clean_line(row[key])).strip(" ,")
            for key in ("Old_name1", "Old_name2")
        )
        new = clean_line(row["New_name"])
        found.append(Merger(names, new, PartialDate.parse_iso(row["Session_number"])))
        odd["merged: into one of the two"] += fold(new) in {fold(name) for name in names}
    spelled = {fold(each.new) for each in found}
    odd["merged: names of those that go on"] = len(spelled)
    return found


def _look_for_contradictions(applicant: Applicant, odd: Counter[str]) -> None:
    odd["granted: more than once"] += max(0, len(applicant.granted) - 1)
    if not applicant.granted:
        return
    first = applicant.granted[0]
    for day, what, _detail in applicant.steps:
        if what == "status withdrawn":
            odd["status withdrawn: before it was granted"] += day.first_day < first.first_day
        elif what != "reclassification deferred" and day.first_day >= first.first_day:
            when = "in the session that granted it" if day == first else "after it was granted"
            odd[f"{what}: {when}"] += 1
