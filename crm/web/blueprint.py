"""A blueprint whose every route names the permission it needs."""

from collections.abc import Callable
from typing import Any

import flask

from crm.permissions import Permission

View = Callable[..., Any]


class Blueprint(flask.Blueprint):
    """A blueprint on which a route without ``permission=`` cannot be written.

    :param is_secret: each of its addresses holds a secret, which stands for the token that forms
        carry elsewhere: its pages set no cookie (decision 0014).
    """

    def __init__(self, *args: Any, is_secret: bool = False, **options: Any) -> None:
        """Make a blueprint without routes."""
        super().__init__(*args, **options)
        self.is_secret = is_secret

    def route(  # type: ignore[override]
        self, rule: str, *, permission: Permission, **options: Any
    ) -> Callable[[View], View]:
        """Register a view and note the permission it needs."""

        def register(view: View) -> View:
            view.permission = permission  # type: ignore[attr-defined]
            registered: View = super(Blueprint, self).route(rule, **options)(view)
            return registered

        return register

    def get(self, rule: str, *, permission: Permission, **options: Any) -> Callable[[View], View]:  # type: ignore[override]
        """Register a view for GET."""
        return self.route(rule, permission=permission, methods=["GET"], **options)

    def post(self, rule: str, *, permission: Permission, **options: Any) -> Callable[[View], View]:  # type: ignore[override]
        """Register a view for POST."""
        return self.route(rule, permission=permission, methods=["POST"], **options)
