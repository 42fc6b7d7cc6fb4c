"""Seals PDF files with the certificate of the installation (PAdES): who reads one sees any change.

The library is optional: an installation that seals installs the extra ``seal``.
"""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from crm.core.db import Base
from crm.core.lazily import LoadedWhenUsed

signing = LoadedWhenUsed("pyhanko.sign.signers")
fields = LoadedWhenUsed("pyhanko.sign.fields")
writing = LoadedWhenUsed("pyhanko.pdf_utils.incremental_writer")

FIELD = "Seal"


class CannotSeal(Exception):
    """The certificate cannot be used; the message says what to do."""


@dataclass(frozen=True)
class SealFile:
    """A certificate with its key, as PKCS #12."""

    path: Path
    password: str

    def load(self) -> Any:
        """Return what signs.

        :raises CannotSeal: when the library is missing, or the file or its password is wrong.
        """
        try:
            loaded = signing.SimpleSigner.load_pkcs12(
                str(self.path), passphrase=self.password.encode()
            )
        except ImportError:
            raise CannotSeal(
                "PASSERELLE_SEAL_FILE needs the library pyHanko: "
                "pip install --require-hashes -r requirements/seal.txt"
            ) from None
        except (OSError, ValueError):
            loaded = None
        if loaded is None:
            raise CannotSeal(
                "PASSERELLE_SEAL_FILE cannot be opened: check it and PASSERELLE_SEAL_PASSWORD."
            )
        return loaded


def sealed(content: bytes) -> bytes:
    """Return a PDF file with the seal of the installation; as it was where there is none.

    Filling in, commenting and signing it again all break the seal (DocMDP, no changes).
    """
    seal_file: SealFile | None = Base.metadata.info.get("seal_file")
    if seal_file is None:
        return content
    meta = signing.PdfSignatureMetadata(
        field_name=FIELD,
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    written = BytesIO()
    signing.sign_pdf(
        writing.IncrementalPdfFileWriter(BytesIO(content)),
        meta,
        signer=seal_file.load(),
        output=written,
    )
    return written.getvalue()
