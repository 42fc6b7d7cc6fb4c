"""Files of the pages: addresses that follow their content, compressed copies beside them."""

import gzip
import os
from pathlib import Path

from crm.web.assets import compress


def test_a_copy_follows_its_source_whatever_its_date(tmp_path):
    source = tmp_path / "app.css"
    copy = tmp_path / "app.css.gz"
    source.write_text("old")
    os.utime(source, (1000, 1000))
    compress(tmp_path)
    assert gzip.decompress(copy.read_bytes()) == b"old"
    source.write_text("new")
    os.utime(source, (2000, 2000))
    compress(tmp_path)
    assert gzip.decompress(copy.read_bytes()) == b"new"
    assert not list(tmp_path.glob(".*"))


def test_a_copy_that_is_there_is_left_alone(tmp_path):
    (tmp_path / "app.js").write_text("x")
    (tmp_path / "logo.png").write_bytes(b"x")
    compress(tmp_path)
    first = (tmp_path / "app.js.gz").stat().st_ino
    compress(tmp_path)
    assert (tmp_path / "app.js.gz").stat().st_ino == first
    assert not (tmp_path / "logo.png.gz").exists()


def test_styles_and_scripts_go_out_compressed(app, browser):
    page = browser.get("accounts.sign_in")
    [address] = page.select("//script/@src")
    with browser.client.get(address, headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "immutable" in answer.headers["Cache-Control"]


def test_scripts_of_our_own_stay_small(app):
    """A page loads no other: 11 KB is what a slow telephone takes in a quarter of a second."""
    script = Path(app.static_folder) / "js" / "app.js"
    assert len(gzip.compress(script.read_bytes(), 9)) <= 11 * 1024
