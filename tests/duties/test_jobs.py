"""Renewing from the list of duties, counted action by action."""

import pytest
from playwright.sync_api import expect

from tests.web_pages.conftest import chromium, server, visit
from tests.web_pages.meter import Meter

__all__ = ["chromium", "server", "visit"]

pytestmark = [pytest.mark.browser, pytest.mark.slow]


