"""Who may do what: the whole access policy on one page."""

from enum import StrEnum


class Permission(StrEnum):
    """What a route can ask for, written ``<feature>:<action>``. Keep sorted."""

    PUBLIC = "public"  # No sign-in needed.

    ACCOUNT_OWN = "account:own"
    ADMIN_SETTINGS = "admin:settings"
    ADMIN_USERS = "admin:users"
    DECLARATIONS_MANAGE = "declarations:manage"
    EXPORTS_LARGE = "exports:large"  # More than 5,000 rows at once.
    EXPORTS_MAKE = "exports:make"  # Take lists out of the house as files.
    FILES_EDIT = "files:edit"
    INTERACTIONS_EDIT = "interactions:edit"
    LISTS_EDIT = "lists:edit"
    NETWORKS_MANAGE = "networks:manage"  # Renew, end, suspend our links.
    PACKS_MAKE = "packs:make"
    PAGE_PUBLISH = "page:publish"  # Decide what strangers read.
    RECORDS_BULK = "records:bulk"  # Give many records an owner or a status at once.
    RECORDS_CONFIDENTIAL = "records:confidential"  # May see and set the level "managers".
    RECORDS_EDIT = "records:edit"
    RECORDS_TRASH = "records:trash"
    RECORDS_VIEW = "records:view"
    REVIEWS_MAKE = "reviews:make"  # Review any partner, read why others decided as they did.
    VIEWS_SHARE = "views:share"  # Give a saved view to the whole team, look after those it has.


_VIEWER = frozenset({Permission.PUBLIC, Permission.ACCOUNT_OWN, Permission.RECORDS_VIEW})
_CONTRIBUTOR = _VIEWER | {
    Permission.FILES_EDIT,
    Permission.INTERACTIONS_EDIT,
    Permission.PACKS_MAKE,
    Permission.RECORDS_EDIT,
}
_MANAGER = _CONTRIBUTOR | {
    Permission.DECLARATIONS_MANAGE,
    Permission.EXPORTS_MAKE,
    Permission.LISTS_EDIT,
    Permission.NETWORKS_MANAGE,
    Permission.PAGE_PUBLISH,
    Permission.RECORDS_BULK,
    Permission.RECORDS_CONFIDENTIAL,
    Permission.RECORDS_TRASH,
    Permission.REVIEWS_MAKE,
    Permission.VIEWS_SHARE,
}
_ADMIN = _MANAGER | {
    Permission.ADMIN_SETTINGS,
    Permission.ADMIN_USERS,
    Permission.EXPORTS_LARGE,
}

ROLES: dict[str, frozenset[Permission]] = {
    "viewer": _VIEWER,
    "contributor": _CONTRIBUTOR,
    "manager": _MANAGER,
    "admin": _ADMIN,
}
"""Each role includes the one before it."""
