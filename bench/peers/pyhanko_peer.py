"""pyHanko in this process, as its documentation shows it, and as fast as it goes without changing it.

The second keeps the key as `cryptography` has it (pyHanko's own signer loads it anew for each signature) and says how
much room the CMS takes (otherwise it is built twice).
"""

import io
from collections.abc import Callable
from functools import cache

from asn1crypto import keys, x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

from absah.pki.algorithms import DigestAlgorithm, SigningKey, sign_bytes
from bench.credentials import Holder

_RESERVED = 2 * 16 * 1024


class KeptKeySigner(signers.Signer):
    """A signer around an opened key."""

    def __init__(self, holder: Holder, /) -> None:
        super().__init__(signing_cert=_certificate(holder.certificate), cert_registry=_registry(holder))
        self._key: SigningKey = holder.key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: FBT001, FBT002  (pyHanko's signature)
        """See pyHanko."""
        return bytes(512) if dry_run else sign_bytes(self._key, data, DigestAlgorithm(digest_algorithm))


def _certificate(der: bytes) -> x509.Certificate:
    return x509.Certificate.load(der)


def _registry(holder: Holder) -> SimpleCertificateStore:
    store = SimpleCertificateStore()
    store.register_multiple(_certificate(one) for one in holder.above)
    return store


@cache
def _stock_signer(holder: Holder) -> signers.Signer:
    key = holder.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return signers.SimpleSigner(
        signing_cert=_certificate(holder.certificate),
        signing_key=keys.PrivateKeyInfo.load(key),
        cert_registry=_registry(holder),
    )


def _signing(document: bytes, signer: signers.Signer, reserved: int | None) -> bytes:
    made = signers.sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(document)),
        signers.PdfSignatureMetadata(
            field_name="Signature1", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, name="Siti Contoh Rahayu"
        ),
        signer=signer,
        bytes_reserved=reserved,
    )
    return bytes(made.getbuffer())


def stock(document: bytes, holder: Holder) -> Callable[[], bytes]:
    """As its documentation shows it."""
    return lambda: _signing(document, _stock_signer(holder), None)


def kept_key(document: bytes, holder: Holder) -> Callable[[], bytes]:
    """As fast as it goes."""
    signer = KeptKeySigner(holder)
    return lambda: _signing(document, signer, _RESERVED)
