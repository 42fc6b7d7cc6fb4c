"""Counts what a person does on a page: keys, clicks and pages loaded."""

from playwright.sync_api import Locator, Page


class Meter:
    """Drives a page the way a person does and counts every action."""

    def __init__(self, page: Page) -> None:
        """Begin at nothing."""
        self.page, self.keys, self.clicks, self.loads = page, 0, 0, 0
        page.on("domcontentloaded", self._load)

    def _load(self, _page: Page) -> None:
        self.loads += 1

    def press(self, *names: str) -> None:
        """Press keys; one with modifiers counts as one."""
        for name in names:
            self.page.keyboard.press(name)
            self.keys += 1

    def click(self, locator: Locator) -> None:
        """Click once."""
        locator.click()
        self.clicks += 1

    def assert_within(self, *, keys: int = 0, clicks: int = 0, loads: int = 0) -> None:
        """Refuse more actions than these."""
        counted = (self.keys, self.clicks, self.loads)
        limits = (keys, clicks, loads)
        assert all(found <= limit for found, limit in zip(counted, limits, strict=True)), (
            f"{counted} over {limits}"
        )
