"""The keys that do something, as people are told of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crm.core.i18n import _l


@dataclass(frozen=True)
class Shortcut:
    """A key, or keys pressed one after the other, and what it does.

    :param keys: as browsers name them; those of a combination are joined by "+".
    :param is_single: whether it is a letter or sign alone, which an account can switch off.
    """

    keys: Sequence[str]
    does: Any
    is_single: bool = True


SHORTCUTS: Sequence[tuple[Any, Sequence[Shortcut]]] = (
    (
        _l("Everywhere"),
        (
            Shortcut(("c",), _l("Log an exchange")),
            Shortcut(("/",), _l("Search")),
            Shortcut(("Ctrl+K",), _l("Search, also while typing"), is_single=False),
            Shortcut(("g", "t"), _l("Go to Today")),
            Shortcut(("g", "o"), _l("Go to organisations")),
            Shortcut(("g", "d"), _l("Go to duties")),
            Shortcut(("?",), _l("Open this page")),
            Shortcut(("Escape",), _l("Close a menu, a list or a dialog"), is_single=False),
        ),
    ),
    (
        _l("In lists and tables"),
        (
            Shortcut(("j",), _l("The next row")),
            Shortcut(("k",), _l("The row before")),
            Shortcut(("[",), _l("The page before")),
            Shortcut(("]",), _l("The next page")),
            Shortcut(("r",), _l("The next thing to renew")),
        ),
    ),
    (
        _l("In a review"),
        (
            Shortcut(("1",), _l("Deepen")),
            Shortcut(("2",), _l("Keep as it is")),
            Shortcut(("3",), _l("Watch")),
            Shortcut(("4",), _l("Pause")),
            Shortcut(("5",), _l("End it")),
            Shortcut(("j",), _l("Next partner")),
            Shortcut(("k",), _l("Partner before")),
        ),
    ),
    (
        _l("In forms"),
        (
            Shortcut(("Ctrl+Enter",), _l("Save"), is_single=False),
            Shortcut(("ArrowDown",), _l("Open the suggestions, go down in them"), is_single=False),
            Shortcut(("ArrowUp",), _l("Go up in the suggestions"), is_single=False),
            Shortcut(("Enter",), _l("Take the suggestion"), is_single=False),
        ),
    ),
)
