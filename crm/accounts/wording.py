"""What each permission means, in words, for the page that shows who may do what."""

from typing import Any

from crm.core.i18n import _l
from crm.permissions import Permission

MEANING: dict[Permission, Any] = {
    Permission.RECORDS_VIEW: _l(
        "Read organisations, people, meetings and all other records of the team; search"
    ),
    Permission.ACCOUNT_OWN: _l("Change one’s own name, language and password; end one’s sessions"),
    Permission.INTERACTIONS_EDIT: _l("Log calls, e-mails, meetings and visits"),
    Permission.RECORDS_EDIT: _l("Add and change records; undo a change"),
    Permission.FILES_EDIT: _l("Add and remove files"),
    Permission.PACKS_MAKE: _l("Prepare briefing packs"),
    Permission.RECORDS_BULK: _l("Give many records an owner or a status at once"),
    Permission.RECORDS_TRASH: _l("Move records to the trash and restore them"),
    Permission.RECORDS_CONFIDENTIAL: _l("See and set records for managers only"),
    Permission.NETWORKS_MANAGE: _l("Renew, end, replace and suspend our links with networks"),
    Permission.REVIEWS_MAKE: _l("Review any partnership; read the reasons of reviews"),
    Permission.LISTS_EDIT: _l("Edit kinds of link, rules of statuses and templates of duties"),
    Permission.DECLARATIONS_MANAGE: _l("Open, close and submit declarations"),
    Permission.PAGE_PUBLISH: _l("Decide what the public page says, and publish it"),
    Permission.EXPORTS_MAKE: _l("Make files of lists: what leaves the house"),
    Permission.VIEWS_SHARE: _l("Share saved views with the team, and look after those"),
    Permission.EXPORTS_LARGE: _l("Make files of more than 5,000 rows"),
    Permission.ADMIN_USERS: _l("Invite people, change roles, turn accounts off, see jobs"),
    Permission.ADMIN_SETTINGS: _l("See the settings of the installation"),
}
"""In the order of the page. ``Permission.PUBLIC`` needs no sign-in and is not shown."""
