"""Flask-Login, set up once; accounts say how a session is found."""

from flask import g
from flask_login import LoginManager

login_manager = LoginManager()
login_manager.login_view = "accounts.sign_in"
login_manager.login_message = None
login_manager.session_protection = None  # The server keeps its own register of sessions.

_KNOWN = "_login_user"  # Where Flask-Login keeps who sent this request.


def treat_as_stranger() -> None:
    """Take the visitor for nobody if that was not looked up yet: the database cannot be asked."""
    if _KNOWN not in g:
        setattr(g, _KNOWN, login_manager.anonymous_user())
