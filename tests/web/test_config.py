"""The variables of the environment: what each may be, and one sentence for what it may not."""

import stat

import pytest

import config
from config import WrongSetting

SECRET = "only for tests, and long enough to be taken 0123456789"


@pytest.fixture
def read(tmp_path):
    """Return a function that reads a configuration."""

    def reader(**environment):
        return config.read(
            {"PASSERELLE_INSTANCE": str(tmp_path / "instance"), "SECRET_KEY": SECRET, **environment}
        )

    return reader


WRONG = [
    ("DATABASE_URL", "hello"),
    ("DATABASE_URL", ":memory:"),
    ("DATABASE_URL", "mysql://host/name"),
    ("DATABASE_URL", "postgresql://host:port/name"),
    ("DATABASE_URL", "postgresql://[::1/name"),
    ("SECRET_KEY", "short"),
    ("PASSERELLE_BASE_URL", "crm.example.org"),
    ("PASSERELLE_BASE_URL", "ftp://crm.example.org"),
    ("PASSERELLE_BASE_URL", "https://"),
    ("PASSERELLE_BASE_URL", "https://["),
    ("PASSERELLE_BASE_URL", "https://crm.example.org:port"),
    ("PASSERELLE_BASE_URL", "https://crm.example.org/below"),
    ("PASSERELLE_BASE_URL", "https://crm.example.org?x"),
    ("PASSERELLE_BASE_URL", "https://user@crm.example.org"),
    ("PASSERELLE_BASE_URL", "https://crm.example.org\nx"),
    ("SMTP_URL", "mail.example.org"),
    ("SMTP_URL", "https://mail.example.org"),
    ("SMTP_URL", "smtp://mail.example.org:port"),
    ("SMTP_URL", "smtp://mail.example.org:99999"),
    ("SMTP_URL", "smtp://"),
    ("MAIL_FROM", "nobody"),
    ("MAIL_FROM", "@example.org"),
    ("MAIL_FROM", "a@example.org\nBcc: b@example.org"),
    ("PASSERELLE_TRUSTED_PROXIES", "-1"),
    ("PASSERELLE_TRUSTED_PROXIES", "one"),
    ("PASSERELLE_TRUSTED_PROXIES", "100"),
    ("PASSERELLE_TRUSTED_PROXIES", "²"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_named_in_one_sentence_without_being_quoted(read, name, value):
    with pytest.raises(WrongSetting, match=name) as refused:
        read(**{name: value})
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert len(sentence.splitlines()) == 1


def test_a_password_in_an_address_is_never_quoted(read):
    for name in ("DATABASE_URL", "SMTP_URL"):
        with pytest.raises(WrongSetting) as refused:
            read(**{name: "gopher://user:hunter2@host"})
        assert "hunter2" not in str(refused.value)


def test_without_any_variable_the_database_is_a_file_of_the_instance(read, tmp_path):
    found = read()
    assert found["SQLALCHEMY_DATABASE_URI"] == f"sqlite:///{tmp_path}/instance/passerelle.sqlite"
    assert found["FILES_DIR"] == tmp_path / "instance" / "files"
    assert not found["SESSION_COOKIE_SECURE"]
    assert found["WTF_CSRF_TIME_LIMIT"] is None


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_an_address_of_postgresql_is_taken_as_hosts_write_it(read, scheme):
    found = read(DATABASE_URL=f"{scheme}://user:p%40ss@host:5433/name")
    assert found["SQLALCHEMY_DATABASE_URI"] == "postgresql+psycopg://user:p%40ss@host:5433/name"


def test_the_secret_is_made_once_and_read_by_nobody_else(read, tmp_path):
    first = read(SECRET_KEY="")["SECRET_KEY"]
    assert len(first) >= 64
    assert read(SECRET_KEY="")["SECRET_KEY"] == first
    kept = tmp_path / "instance" / "secret_key"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700


def test_a_damaged_secret_stops_the_start(read, tmp_path):
    read()
    (tmp_path / "instance" / "secret_key").write_text("")
    with pytest.raises(WrongSetting, match="damaged"):
        read(SECRET_KEY="")


def test_https_makes_cookies_secure(read):
    found = read(PASSERELLE_BASE_URL="https://crm.example.org/")
    assert found["BASE_URL"] == "https://crm.example.org"
    assert found["SESSION_COOKIE_SECURE"]
    assert found["SESSION_COOKIE_NAME"] == "__Host-session"


def test_former_secrets_are_kept_while_they_are_replaced(read):
    assert read(SECRET_KEY_FALLBACKS=" a , b,")["SECRET_KEY_FALLBACKS"] == ["a", "b"]


def test_an_instance_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    for path in ("file", "file/below"):
        with pytest.raises(WrongSetting, match="PASSERELLE_INSTANCE"):
            config.read({"PASSERELLE_INSTANCE": str(tmp_path / path)})
