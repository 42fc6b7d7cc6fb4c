"""What docs/usability.md says that a job takes; a test measures it and finds the same."""

from pathlib import Path

import crm

PAGE = Path(crm.__file__).parent.parent / "docs" / "usability.md"


def told(job: str) -> dict[str, tuple[int, int, int]]:
    """Return the keys, clicks and pages loaded of each way to do a job, by its words."""
    section = PAGE.read_text().partition(f"## {job}\n")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| ")]
    return {
        cells[0].strip(): tuple(int(cell) for cell in cells[1:4])
        for cells in rows[1:]
        if cells[1].strip().isdigit()
    }
