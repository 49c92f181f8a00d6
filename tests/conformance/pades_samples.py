"""Documents signed by somebody else, pyHanko, over our test PKI: an independent producer for our verifier."""

import io
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import pikepdf
from asn1crypto import crl as asn1_crl
from asn1crypto import keys as asn1_keys
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import tsp as asn1_tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator import ValidationContext as PyhankoContext
from pyhanko_certvalidator.registry import SimpleCertificateStore
from tests.fixtures_pki import NOW, Party, Pki, make_pki

from absah.kernel.clock import Instant, instant
from absah.kernel.rng import Serial
from absah.pki.algorithms import DigestAlgorithm
from absah.pki.crl import CrlPlan, RevokedEntry, build_crl
from absah.pki.ocsp import OcspPlan, SingleStatus, build_ocsp_response, cert_id_for
from absah.pki.revocation import Good, RevocationReason
from absah.pki.tsp import (
    Accuracy,
    build_timestamp_token,
    parse_timestamp_request,
    plan_for,
    timestamp_response,
)
from absah.validation.process import ValidationContext
from absah.validation.trust import TrustAnchors

LATER = instant(NOW + timedelta(minutes=5))


def asn1_certificate(certificate_der: bytes) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate_der)


class OwnTimeStamper(TimeStamper):
    """Asks our TSA, in this process; the time is ours to set."""

    def __init__(self, tsa: Party, chain: tuple[bytes, ...], at: Instant) -> None:
        super().__init__()
        self._tsa, self._chain, self._at = tsa, chain, at
        self._serial = 1

    async def async_request_tsa_response(self, req: asn1_tsp.TimeStampReq) -> asn1_tsp.TimeStampResp:
        self._serial += 1
        request = parse_timestamp_request(req.dump())
        plan = plan_for(
            request, policy="2.25.1", serial=Serial(self._serial), time=self._at, accuracy=Accuracy(seconds=1)
        )
        token = build_timestamp_token(plan, self._chain, self._tsa.key)
        return asn1_tsp.TimeStampResp.load(timestamp_response(token))


@dataclass(frozen=True)
class Bench:
    """Our PKI with lists of revoked certificates, and what pyHanko needs of it."""

    pki: Pki
    crls: tuple[bytes, ...]
    ocsps: tuple[bytes, ...] = ()

    def signer(self, party: Party | None = None) -> signers.SimpleSigner:
        party = party or self.pki.person
        store = SimpleCertificateStore()
        store.register(asn1_certificate(self.pki.issuing.certificate))
        key = party.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return signers.SimpleSigner(
            signing_cert=asn1_certificate(party.certificate),
            signing_key=asn1_keys.PrivateKeyInfo.load(key),
            cert_registry=store,
        )

    def stamper(self, at: Instant = NOW) -> OwnTimeStamper:
        return OwnTimeStamper(self.pki.tsa, (self.pki.tsa.certificate, self.pki.issuing.certificate), at)

    def pyhanko_context(self) -> PyhankoContext:
        return PyhankoContext(
            trust_roots=[asn1_certificate(self.pki.root.certificate)],
            other_certs=[asn1_certificate(self.pki.issuing.certificate)],
            crls=[asn1_crl.CertificateList.load(crl) for crl in self.crls],
            ocsps=[asn1_ocsp.OCSPResponse.load(answer) for answer in self.ocsps],
            allow_fetching=False,
            moment=NOW + timedelta(seconds=1),
        )

    def context(self, *, now: Instant = LATER, register: bool = True, **changes: object) -> ValidationContext:
        values = {
            "anchors": TrustAnchors(name="test", taken_at=NOW, certificates=(self.pki.root.certificate,)),
            "now": now,
            "trial": True,
            "crls": self.crls if register else (),
        } | changes
        return ValidationContext(**values)


def make_crl(issuer: Party, *entries: RevokedEntry, at: Instant = NOW, days: int = 30) -> bytes:
    plan = CrlPlan(
        issuer_der=issuer.certificate,
        number=1,
        this_update=at,
        next_update=instant(at + timedelta(days=days)),
        entries=entries,
    )
    return build_crl(plan, issuer.key)


def make_ocsp(pki: Pki, party: Party, at: Instant = NOW) -> bytes:
    single = SingleStatus(
        cert_id=cert_id_for(pki.issuing.certificate, party.serial, DigestAlgorithm.SHA1),
        status=Good(),
        this_update=at,
        next_update=instant(at + timedelta(days=1)),
    )
    plan = OcspPlan(responder_der=pki.responder.certificate, produced_at=at, responses=(single,))
    return build_ocsp_response(plan, pki.responder.key)


def revoked(party: Party, at: Instant) -> RevokedEntry:
    return RevokedEntry(serial=party.serial, at=at, reason=RevocationReason.KEY_COMPROMISE)


@cache
def bench() -> Bench:
    pki = make_pki()
    return Bench(pki=pki, crls=(make_crl(pki.root), make_crl(pki.issuing)))


@cache
def blank_pdf(pages: int = 1) -> bytes:
    pdf = pikepdf.new()
    for number in range(pages):
        pdf.add_blank_page(page_size=(595, 842))
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        pdf.pages[number].obj["/Resources"] = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=pdf.make_indirect(font)))
        text = b"BT /F1 14 Tf 72 720 Td (Perjanjian contoh, halaman %d) Tj ET" % (number + 1)
        pdf.pages[number].obj["/Contents"] = pdf.make_stream(text)
    written = io.BytesIO()
    pdf.save(written, static_id=True, compress_streams=False)
    return written.getvalue()


def sign(
    document: bytes,
    *,
    field: str = "Signature1",
    level: str = "B-B",
    signer: signers.SimpleSigner | None = None,
    at: Instant = NOW,
    using: Bench | None = None,
    subfilter: fields.SigSeedSubFilter = fields.SigSeedSubFilter.PADES,
    box: tuple[int, int, int, int] | None = None,
    certify: fields.MDPPerm | None = None,
    page: int = 1,
) -> bytes:
    """Sign with pyHanko at a level; visibly on a page where a box is given."""
    using = using or bench()
    long_term = level in {"B-LT", "B-LTA"}
    metadata = signers.PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        subfilter=subfilter,
        reason="Persetujuan",
        location="Kota Contoh",
        embed_validation_info=long_term,
        use_pades_lta=level == "B-LTA",
        validation_context=using.pyhanko_context() if long_term else None,
        certify=certify is not None,
        docmdp_permissions=certify or fields.MDPPerm.FILL_FORMS,
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(document))
    spec = fields.SigFieldSpec(field, on_page=page - 1, box=box) if box else fields.SigFieldSpec(field)
    pdf_signer = signers.PdfSigner(
        metadata,
        signer=signer or using.signer(),
        timestamper=None if level == "B-B" else using.stamper(at),
        new_field_spec=spec,
    )
    return pdf_signer.sign_pdf(writer).getvalue()
