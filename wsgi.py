"""The application, for a server that asks for ``wsgi:app``."""

import config
from crm.app import create_app
from crm.web.application import settle

app = create_app(config.read())
settle()
