"""Flask-Login, set up once; accounts say how a session is found."""

from flask_login import LoginManager

login_manager = LoginManager()
login_manager.login_view = "accounts.sign_in"
login_manager.login_message = None
login_manager.session_protection = None  # The server keeps its own register of sessions.
