"""Counts what a person does on a page: keys, clicks and pages loaded."""

from playwright.sync_api import Locator, Page


class Meter:
    """Drives a page the way a person does and counts every action."""

    def __init__(self, page: Page) -> None:
        """Begin at nothing, on a page that has arrived."""
        self.page, self.keys, self.clicks, self.loads = page, 0, 0, 0
        self._arrive()
        page.on("domcontentloaded", self._load)

    def _load(self, _page: Page) -> None:
        self.loads += 1

    def _arrive(self) -> None:
        """Wait for the scripts of the page: what it shows may be seen before it listens to keys."""
        self.page.wait_for_load_state("domcontentloaded")

    @property
    def counted(self) -> tuple[int, int, int]:
        """Return the keys, clicks and loads so far."""
        self._arrive()
        return self.keys, self.clicks, self.loads

    def press(self, *names: str) -> None:
        """Press keys; one with modifiers counts as one."""
        for name in names:
            self._arrive()
            self.page.keyboard.press(name)
            self.keys += 1

    def find(self, text: str) -> None:
        """Type to find something: each character counts."""
        self._arrive()
        self.page.keyboard.type(text)
        self.keys += len(text)

    def write(self, text: str) -> None:
        """Write what is to be kept: it is as long as it is, and does not count."""
        self._arrive()
        self.page.keyboard.insert_text(text)

    def click(self, locator: Locator) -> None:
        """Click once."""
        self._arrive()
        locator.click()
        self.clicks += 1

    def assert_within(self, *, keys: int = 0, clicks: int = 0, loads: int = 0) -> None:
        """Refuse more actions than these."""
        counted = self.counted
        limits = (keys, clicks, loads)
        assert all(found <= limit for found, limit in zip(counted, limits, strict=True)), (
            f"{counted} over {limits}"
        )
