"""The seal of published files: whole it proves them, and any change shows."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    pkcs12,
)
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

import config as configuration
from config import WrongSetting
from crm.core.db import Base
from crm.core.lazily import LoadedWhenUsed
from crm.documents import seal
from crm.documents.seal import SealFile
from tests.factories.declarations import DeclarationFactory, SignatureFactory

PASSWORD = "only for tests"


@pytest.fixture(scope="module")
def certificate():
    """Return a certificate that signs itself, and its key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Refuge example")])
    begins = datetime.now(UTC) - timedelta(days=1)
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=False, crl_sign=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    found = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=30))
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    return found, key


@pytest.fixture
def seal_file(certificate, tmp_path):
    found, key = certificate
    path = tmp_path / "seal.p12"
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"seal", key, found, None, BestAvailableEncryption(PASSWORD.encode())
        )
    )
    return SealFile(path, PASSWORD)


def status_of(content, certificate):
    """Return what whoever trusts the certificate finds."""
    found, _key = certificate
    root = asn1.Certificate.load(found.public_bytes(Encoding.DER))
    [embedded] = PdfFileReader(BytesIO(content)).embedded_signatures
    return validate_pdf_signature(embedded, ValidationContext(trust_roots=[root]))


@pytest.fixture
def listed(browser, session):
    declaration = DeclarationFactory(name="Declaration of Rome")
    SignatureFactory(declaration_id=declaration.id, displayed_name="Refuge", may_publish=True)
    browser.sign_in("contributor")

    def make(**asked):
        return browser.get(
            "declarations.list_file",
            place=f"{declaration.id}-{declaration.slug}",
            **{"format": "pdf", "language": "en", "audience": "public", **asked},
        ).response.get_data()

    return make


def test_a_published_list_is_sealed_and_any_change_shows(
    listed, seal_file, certificate, monkeypatch
):
    monkeypatch.setitem(Base.metadata.info, "seal_file", seal_file)
    content = listed()
    status = status_of(content, certificate)
    assert status.bottom_line, "intact, trusted, the whole file"
    assert status.coverage.name == "ENTIRE_FILE"
    place = content.index(b"stream", 2000) + 20
    altered = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
    assert not status_of(altered, certificate).intact


def test_what_stays_in_the_house_and_other_formats_are_not_sealed(listed, seal_file, monkeypatch):
    monkeypatch.setitem(Base.metadata.info, "seal_file", seal_file)
    assert b"/Type /Sig" not in listed(audience="").replace(b"/Type/Sig", b"/Type /Sig")
    assert listed(format="docx")[:2] == b"PK"


def test_without_a_certificate_a_list_is_made_without_a_seal(listed):
    assert not PdfFileReader(BytesIO(listed())).embedded_signatures


@pytest.mark.parametrize("wrong", ["password", "missing", "rubbish"])
def test_a_certificate_that_cannot_be_used_stops_the_start_in_a_sentence(
    seal_file, tmp_path, wrong
):
    path, password = seal_file.path, PASSWORD
    if wrong == "password":
        password = "another"
    elif wrong == "missing":
        path = tmp_path / "none.p12"
    else:
        path.write_bytes(b"rubbish")
    environment = {
        "PASSERELLE_INSTANCE": str(tmp_path),
        "PASSERELLE_SEAL_FILE": str(path),
        "PASSERELLE_SEAL_PASSWORD": password,
    }
    with pytest.raises(WrongSetting, match="PASSERELLE_SEAL_FILE cannot be opened"):
        configuration.read(environment)


def test_without_the_library_the_start_says_what_to_install(seal_file, tmp_path, monkeypatch):
    monkeypatch.setattr(seal, "signing", LoadedWhenUsed("no_such_library"))
    environment = {
        "PASSERELLE_INSTANCE": str(tmp_path),
        "PASSERELLE_SEAL_FILE": str(seal_file.path),
    }
    with pytest.raises(WrongSetting, match=r"requirements/seal\.txt"):
        configuration.read(environment)
