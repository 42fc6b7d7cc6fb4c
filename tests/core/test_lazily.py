"""Libraries that few requests need: loaded late, and some let go of."""

import gc
import subprocess
import sys

import pytest

from crm.core.lazily import LoadedWhenUsed, used_for_now
from tests.cli.processes import ROOT, environment


def test_a_library_is_loaded_when_something_of_it_is_used(monkeypatch):
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    colours = LoadedWhenUsed("colorsys")
    assert "colorsys" not in sys.modules
    assert colours.rgb_to_hls(0, 0, 0) == (0, 0, 0)
    assert "colorsys" in sys.modules


def test_one_that_is_not_installed_is_told_when_it_is_used():
    absent = LoadedWhenUsed("no_such_library")
    with pytest.raises(ImportError):
        _ = absent.anything


def test_a_library_that_is_needed_for_a_moment_is_let_go_of():
    for _time in range(2):
        assert used_for_now("zxcvbn", lambda library: library.zxcvbn("secret")["score"]) == 0
        assert not [each for each in sys.modules if each.startswith("zxcvbn")]


def test_to_let_go_of_it_only_what_is_young_is_gone_through():
    gone_through = []

    def note(phase, details):
        if phase == "start":
            gone_through.append(details["generation"])

    gc.disable()
    gc.callbacks.append(note)
    try:
        used_for_now("zxcvbn", lambda library: library.zxcvbn("secret"))
    finally:
        gc.callbacks.remove(note)
        gc.enable()
    assert gone_through == [1]


def test_it_is_let_go_of_when_something_goes_wrong_too():
    with pytest.raises(ZeroDivisionError):
        used_for_now("zxcvbn", lambda _library: 1 / 0)
    assert "zxcvbn" not in sys.modules


def test_a_server_that_nobody_has_asked_holds_none_of_them(tmp_path):
    told = subprocess.run(
        [sys.executable, "-c", "import sys, crm.app; print(*sys.modules)"],
        env=environment(tmp_path),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    rare = {"docx", "html_text", "icalendar", "lxml", "phonenumbers", "puremagic", "pyhanko"}
    rare |= {"rapidfuzz", "typst", "xlsxwriter", "zxcvbn"}
    assert not rare & set(told.stdout.split())
