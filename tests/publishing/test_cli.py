"""``crm publish``: the page as files, or one clear sentence and nothing."""

import pytest

from tests.cli.processes import crm

pytestmark = pytest.mark.slow
FILES = {
    "style.css",
    "index.html",
    "feed.xml",
    "feed.json",
    "en/index.html",
    "en/feed.xml",
    "en/feed.json",
}


@pytest.fixture(scope="module")
def instance(tmp_path_factory):
    """Return an instance with the example data."""
    made = tmp_path_factory.mktemp("publish") / "instance"
    assert crm(made, "upgrade").returncode == 0
    assert crm(made, "example").returncode == 0
    return made


def names(folder):
    return {str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()}


def test_the_page_is_written_whole_and_again_when_nothing_changed(instance, tmp_path):
    folder = tmp_path / "site"
    done = crm(instance, "publish", str(folder))
    assert done.returncode == 0, done.stderr
    assert names(folder) == FILES
    assert "Membre depuis 1981" in (folder / "index.html").read_text("utf-8")
    assert "Member since 1981" in (folder / "en" / "index.html").read_text("utf-8")
    assert "Edition of" in done.stdout
    again = crm(instance, "publish", str(tmp_path / "other"))
    assert again.returncode == 0
    assert "unchanged since." in again.stdout
    for name in FILES:
        assert (folder / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


def test_an_empty_database_has_nothing_to_publish(tmp_path):
    instance = tmp_path / "instance"
    crm(instance, "upgrade")
    done = crm(instance, "publish", str(tmp_path / "site"))
    assert done.returncode != 0
    assert "No record is marked public yet" in done.stderr
    assert not (tmp_path / "site").exists()


def test_a_folder_that_cannot_be_written_is_named_and_nothing_is_left_behind(instance, tmp_path):
    place = tmp_path / "file"
    place.write_text("not a folder")
    done = crm(instance, "publish", str(place / "site"))
    assert done.returncode != 0
    assert str(place) in done.stderr
    assert "Traceback" not in done.stderr
    folder = tmp_path / "site"
    (folder / "en").mkdir(parents=True)
    (folder / "en" / "feed.xml").mkdir()  # Something in the way of one file.
    done = crm(instance, "publish", str(folder))
    assert done.returncode != 0
    assert not list(folder.rglob("*.new"))


def test_help_shows_an_example(instance):
    assert "crm publish /var/www/networks" in crm(instance, "publish", "--help").stdout
