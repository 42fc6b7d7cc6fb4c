"""``crm export``: lists as files, without a browser."""

import csv

import pytest

from crm.records.models import Visibility
from tests.factories.interactions import exchange_with
from tests.factories.organisations import OrganisationFactory


@pytest.fixture
def run(app, session, tmp_path):
    """Run the command with the files going into a folder of the test's own."""

    def command(*arguments):
        options = ["export", *arguments, "--out", str(tmp_path)]
        return app.test_cli_runner().invoke(args=options)

    return command


def test_a_list_becomes_a_file_of_what_the_team_may_see(run, session, tmp_path):
    lamp = OrganisationFactory(name="Lampe", country="IT")
    OrganisationFactory(name="Cachée", country="IT", visibility=Visibility.MANAGERS)
    OrganisationFactory(name="Ombre", country="FR")
    exchange_with(lamp, subject="Appel")
    done = run("organisations", "country=IT", "--format", "csv")
    assert done.exit_code == 0, done.output
    [path] = tmp_path.iterdir()
    assert f"{path} (1 rows)" in done.output
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    assert [row[0] for row in rows] == ["Nom", "Lampe"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nothing"], "There is no list “nothing”"),
        (["organisations", "contry=IT"], "contry"),
        (["interactions", "--audience", "partner"], "This list is for the team alone"),
        (["meetings", "--format", "workbook"], "A workbook begins with organisations"),
    ],
)
def test_what_makes_no_sense_is_said_in_one_sentence(run, tmp_path, arguments, sentence):
    done = run(*arguments)
    assert done.exit_code == 1
    assert sentence in done.output
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_said(app, session, tmp_path):
    OrganisationFactory(name="Lampe")
    taken = tmp_path / "taken"
    taken.write_text("a file")
    done = app.test_cli_runner().invoke(
        args=["export", "organisations", "--out", str(taken / "below")]
    )
    assert done.exit_code == 1
    assert "The file cannot be written" in done.output
