"""The page of a form, the same everywhere, and where one goes on to afterwards."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from crm.core.i18n import _


def form_page(
    form: Any,
    *,
    title: Any,
    action_url: str,
    cancel_url: str,
    submit_label: Any = None,
    **more: Any,
) -> ResponseReturnValue:
    """Return the page on which a form is filled in, with what is wrong with it above."""
    return render_template(
        "records/form.html",
        form=form,
        title=title,
        action_url=action_url,
        cancel_url=cancel_url,
        submit_label=submit_label or _("Save"),
        has_errors=bool(form.errors or form.form_errors),
        **more,
    )
