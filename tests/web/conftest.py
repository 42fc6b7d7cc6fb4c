"""Fixtures of these tests."""

from tests.web.fresh import fresh_requests

__all__ = ["fresh_requests"]
