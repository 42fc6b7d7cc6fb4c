"""``crm run``: from an empty folder to signing in, and through a restart."""

import re
import socket
import time

import pytest
from aiosmtpd.controller import Controller

from tests.accounts.people import OTHER_PASSWORD, PASSWORD
from tests.cli.processes import Visitor, crm, free_port, running
from tests.web.apps import url_of

pytestmark = pytest.mark.slow

FIRST = {"name": "Claire Durand", "email": "claire@example.org"}


def choose(visitor, address, password=PASSWORD, **form):
    return visitor.send(address, {"password": password, "repeat": password, **form})


def sign_in(server, email, password=PASSWORD):
    visitor = Visitor()
    visitor.send(f"{server.address}/sign-in", {"email": email, "password": password})
    status, address, _text = visitor.get(f"{server.address}/account")
    return visitor if status == 200 and address.endswith("/account") else None


def test_from_an_empty_folder_to_signing_in_and_through_a_restart(database, tmp_path):
    instance = tmp_path / "instance"
    variables = {"DATABASE_URL": url_of(database, "first_run")}
    with running(instance, **variables) as server:
        assert f"Passerelle: {server.address}" in server.output
        link = server.first_link()
        assert link.startswith(server.address)
        _status, address, _text = choose(Visitor(), link, **FIRST)
        assert address == f"{server.address}/sign-in"
        assert choose_again_fails(link)
        visitor = sign_in(server, "claire@example.org")
        assert visitor
        status, _address, text = visitor.send(
            f"{server.address}/admin/users/new",
            {"name": "Paul", "email": "paul@example.org", "role": "viewer", "locale": "fr"},
        )
        assert status == 200
        invitation = re.search(r"http://[^\"]+/link/\w+", text)[0]
        assert invitation.startswith(server.address)
    with running(instance, **variables) as server:
        assert "/link/" not in server.output, "somebody has come in already"
        kept = visitor.get(f"{server.address}/account")
        assert kept[0] == 200
        path = invitation[invitation.index("/link/") :]
        _status, address, _text = choose(Visitor(), server.address + path, OTHER_PASSWORD)
        assert address == f"{server.address}/sign-in"
        assert sign_in(server, "paul@example.org", OTHER_PASSWORD)
        assert not sign_in(server, "paul@example.org", PASSWORD)
    for secret in (PASSWORD, OTHER_PASSWORD, "claire", "paul", "Durand"):
        assert secret not in server.output


def choose_again_fails(link):
    status, _address, _text = Visitor().get(link)
    return status == 404


def test_until_somebody_comes_in_each_start_prints_a_new_link(tmp_path):
    links = []
    for _ in range(2):
        with running(tmp_path / "instance") as server:
            links.append(server.first_link().rpartition("/")[2])
            status, _address, _text = Visitor().get(server.first_link())
            assert status == 200
            if len(links) == 2:
                assert Visitor().get(f"{server.address}/link/{links[0]}")[0] == 404
    assert len(set(links)) == 2


class Kept:
    """Keeps the mails it receives."""

    def __init__(self):
        self.contents = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.contents.append((envelope.rcpt_tos, envelope.content.decode()))
        return "250 kept"


def test_an_invitation_leaves_by_mail_and_its_link_works(tmp_path):
    kept = Kept()
    controller = Controller(kept, hostname="127.0.0.1", port=free_port())
    controller.start()
    instance = tmp_path / "instance"
    variables = {
        "SMTP_URL": f"smtp://127.0.0.1:{controller.port}",
        "PASSERELLE_BASE_URL": "http://crm.example.org",
    }
    try:
        with running(instance, **variables) as server:
            link = server.first_link().replace("http://crm.example.org", server.address)
            choose(Visitor(), link, **FIRST)
            visitor = sign_in(server, "claire@example.org")
            form = {"name": "Paul", "email": "paul@example.org", "role": "viewer", "locale": "en"}
            visitor.send(f"{server.address}/admin/users/new", form)
            until = time.monotonic() + 30
            found = None
            while found is None and time.monotonic() < until:
                time.sleep(0.2)
                texts = [text for to, text in kept.contents if to == ["paul@example.org"]]
                found = re.search(r"/link/\w+", "".join(texts).replace("=\r\n", ""))
            assert found, kept.contents
            choose(Visitor(), server.address + found[0], OTHER_PASSWORD)
            assert sign_in(server, "paul@example.org", OTHER_PASSWORD)
    finally:
        controller.stop()


def test_mails_wait_for_a_worker_of_their_own(tmp_path):
    kept = Kept()
    controller = Controller(kept, hostname="127.0.0.1", port=free_port())
    controller.start()
    instance = tmp_path / "instance"
    variables = {
        "SMTP_URL": f"smtp://127.0.0.1:{controller.port}",
        "PASSERELLE_BASE_URL": "http://crm.example.org",
    }
    try:
        with running(instance, "--no-worker", **variables) as server:
            link = server.first_link().replace("http://crm.example.org", server.address)
            choose(Visitor(), link, **FIRST)
        assert kept.contents == []
        done = crm(instance, "worker", "--once", **variables)
        assert done.returncode == 0, done.stderr
        assert [to for to, _text in kept.contents] == [["claire@example.org"]]
    finally:
        controller.stop()


def test_a_port_in_use_is_one_sentence_and_touches_no_database(tmp_path):
    instance = tmp_path / "instance"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = crm(instance, "run", "--port", str(port), "--no-example")
    assert done.returncode != 0
    [sentence] = done.stderr.splitlines()
    assert str(port) in sentence
    assert "--port" in sentence
    assert not (instance / "passerelle.sqlite").exists()


def test_others_may_not_connect_until_all_is_mended(tmp_path):
    instance = tmp_path / "instance"
    done = crm(instance, "run", "--host", "0.0.0.0", "--port", str(free_port()))  # noqa: S104
    assert done.returncode != 0
    assert "D01" in done.stderr
    assert "Traceback" not in done.stderr


def test_every_line_of_the_log_is_json_and_names_nobody(tmp_path):
    with running(tmp_path / "instance") as server:
        choose(Visitor(), server.first_link(), **FIRST)
        Visitor().get(f"{server.address}/Kanarienvogel?q=Kanarienvogel")
        sign_in(server, "Kanarienvogel@example.org")
        output = [line for line in server.said if line.startswith("{")]
    assert len(output) > 5
    assert not [line for line in server.said if "Kanarienvogel" in line]
    rest = [line for line in server.said if not line.startswith("{")]
    assert [line.split(":")[0] for line in rest] == [
        "Passerelle",
        "Sign in for the first time, once",
    ]
