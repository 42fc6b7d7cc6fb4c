"""What it adds to Passerelle to publish what the records say."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_login import current_user

from crm.core.features import Feature, NavItem
from crm.core.i18n import _, _l
from crm.permissions import Permission
from crm.publishing import forms, queries, services
from crm.publishing.cli import publish
from crm.publishing.models import Presentation, PublicSection
from crm.publishing.views import bp
from crm.records.kinds import Column, ListKind, Panel, PartKind
from crm.records.models import Record
from crm.web.cells import Action, Long
from crm.web.templating import yes_no

ON = ("organisation", "meeting", "declaration", "project")


def _may_publish() -> bool:
    return bool(current_user.can(Permission.PAGE_PUBLISH))


def _words(record: Record, row: Presentation) -> Sequence[Action]:
    if not _may_publish():
        return []
    return [Action(_("Texts"), url_for("publishing.words", record_id=record.id))]


def _long(text: str | None) -> Any:
    return Long(text) if text else None


PRESENTATION = PartKind(
    name="public",
    model=Presentation,
    label=_l("Place on the public page"),
    add_label=_l("Put on the public page"),
    form=forms.PresentationForm,
    owners=dict.fromkeys(ON, "record_id"),
    permission=Permission.PAGE_PUBLISH,
    create=services.add_presentation,
    is_single=True,
)

FEATURE = Feature(
    name="publishing",
    blueprints=(bp,),
    commands=(publish,),
    parts=(PRESENTATION,),
    lists=(
        ListKind(
            name="public-sections",
            model=PublicSection,
            label=_l("Sections of the public page"),
            about=_l(
                "In which order the public page tells what, and the words that introduce it. "
                "The first one stands for the whole page."
            ),
            form=forms.SectionForm,
            title=lambda row: row.label,
            columns=(
                Column("position", _l("Place in the list"), lambda row: row.position, numeric=True),
                Column("label", _l("Heading"), lambda row: row.label),
                Column("intro_fr", _l("Introduction in French"), lambda row: _long(row.intro_fr)),
                Column("intro_en", _l("Introduction in English"), lambda row: _long(row.intro_en)),
                Column("active", _l("In use"), lambda row: yes_no(row.is_active)),
            ),
        ),
    ),
    panels=(
        Panel(
            key="public",
            title=_l("On the public page"),
            on=ON,
            query=queries.presentation_of,
            part=PRESENTATION,
            side=True,
            order=95,
            row_actions=_words,
            columns=(
                Column("fr", _l("In French"), lambda row: _long(row.text_fr)),
                Column("en", _l("In English"), lambda row: _long(row.text_en)),
                Column("position", _l("Order in its section"), lambda row: row.position),
            ),
        ),
    ),
    nav=(
        NavItem(
            _l("Public page"),
            "publishing.index",
            order=90,
            group="more",
            permission=Permission.PAGE_PUBLISH,
        ),
    ),
)
