"""What the page of the signatories shows: the list, its counts, and whether all of it agrees."""

from collections.abc import Sequence
from typing import Any

from flask_login import current_user

from crm.core.countries import country_name
from crm.core.db import db
from crm.core.i18n import _, _n
from crm.core.text import sort_key
from crm.declarations import frozen
from crm.declarations.models import Declaration, FrozenList
from crm.declarations.proof import verify
from crm.declarations.signatories import ORDER, ListFormat, SignatoryList, list_of
from crm.permissions import Permission
from crm.records import queries as records
from crm.records.kinds import registry
from crm.web.tables import HeaderCell, Row
from crm.web.templating import NavEntry, locale_code


def context(declaration: Declaration, *, is_public: bool) -> dict[str, Any]:
    """Return what the template needs."""
    listed = list_of(declaration, is_public=is_public)
    number = HeaderCell(_("How many"), numeric=True)
    return {
        "listed": listed,
        "counts": counts(declaration, listed),
        "category_columns": [HeaderCell(_("Category")), number],
        "category_rows": [Row([kind.label, count]) for kind, count in listed.by_category],
        "country_columns": [HeaderCell(_("Country")), number],
        "country_rows": [Row([name, count]) for name, count in listed.by_country],
        "heading_columns": [HeaderCell(_("Heading")), number],
        "heading_rows": [Row([name, count]) for name, count in listed.by_heading],
        "verification": verify(declaration),
        "tabs": _tabs(declaration, is_public=is_public),
        "is_public": is_public,
        "file_url": _file_url(declaration),
        "formats": list(ListFormat),
        "language": locale_code(),
        "empty": _("Nobody has agreed to be named in public yet")
        if is_public
        else _("No signatory is named here yet"),
    }


def frozen_context(listed: FrozenList) -> dict[str, Any]:
    """Return what the page of a frozen list needs: the lines whose signatory one may see."""
    found = frozen.read(listed)
    ids = set(db.session.scalars(records.visible_ids([each.signatory_id for each in found])))
    lines = sorted(
        frozen.visible(found, ids),
        key=lambda each: (ORDER.index(each.category), sort_key(each.name, drop_article=True)),
    )
    language = locale_code()
    return {
        "listed": listed,
        "is_sound": listed.fingerprint() == listed.sha256,
        "columns": [
            HeaderCell(_("Name as printed")),
            HeaderCell(_("Category")),
            HeaderCell(_("Country")),
            HeaderCell(_("Text signed")),
        ],
        "rows": [
            Row(
                [
                    line.name,
                    line.category.label,
                    country_name(line.country, language) or line.country,
                    line.text_sha256[:12],
                ]
            )
            for line in lines
        ],
    }


def how_many(listed: SignatoryList) -> str:
    """Return how many are on the list."""
    return _n("%(num)d signatory", "%(num)d signatories", listed.count)


def counts(declaration: Declaration, listed: SignatoryList) -> str:
    """Return how many are on the list, and how many were announced and by whom (R-7.2)."""
    parts = [how_many(listed)]
    if listed.withheld:
        parts.append(_n("%(num)d more not named", "%(num)d more not named", listed.withheld))
    if declaration.announced_count is not None:
        source = declaration.announced_source
        announced = _n("%(num)d announced", "%(num)d announced", declaration.announced_count)
        parts.append(f"{announced} ({source})" if source else announced)
    return " · ".join(parts)


def _tabs(declaration: Declaration, *, is_public: bool) -> Sequence[NavEntry]:
    kind = registry.kind_of(declaration)
    everybody = kind.url(declaration, "signatories")
    public = kind.url(declaration, "signatories", audience="public")
    return [
        NavEntry(_("Everybody who signed"), everybody, current=not is_public),
        NavEntry(_("For publication"), public, current=is_public),
    ]


def _file_url(declaration: Declaration) -> str | None:
    """Return where the list is made as a file: it shows what the whole team may see."""
    if declaration.is_confidential or not current_user.can(Permission.PACKS_MAKE):
        return None
    return registry.kind_of(declaration).url(declaration, "list_file")
