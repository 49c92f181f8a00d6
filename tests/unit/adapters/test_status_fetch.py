"""Completing what a document lacks, from a web that is a dictionary."""

from dataclasses import dataclass, field
from datetime import timedelta

from tests.fixtures_pki import NOW, Pki, make_pki
from tests.unit.validation.samples import (
    DIGEST,
    LATER,
    after,
    context,
    document,
    make_cms,
    make_crl,
    make_ocsp,
    revoked,
    signature,
    stamped,
)

from absah.adapters.status_fetch import StatusFetcher
from absah.adapters.web_guard import AddressSilent
from absah.kernel.clock import FixedClock
from absah.pki import oids
from absah.pki.algorithms import DigestAlgorithm, KeyAlgorithm, sign_bytes
from absah.pki.cms import build_signed_attributes, build_signed_data
from absah.validation.conclusion import Indication, SubIndication
from absah.validation.evidence import DocumentEvidence
from absah.validation.process import validate
from absah.validation.report import Report
from absah.validation.trust import TrustAnchors


@dataclass
class FakeWeb:
    pages: dict[str, bytes]
    asked: list[str] = field(default_factory=list)
    clock: FixedClock | None = None

    def get(self, address: str, /, *, most: int) -> bytes:
        return self._answer(address, most)

    def post(self, address: str, body: bytes, kind: str, /, *, most: int) -> bytes:
        assert (body[:1], kind) == (b"\x30", "application/ocsp-request")
        return self._answer(address, most)

    def _answer(self, address: str, most: int) -> bytes:
        self.asked.append(address)
        if self.clock is not None:
            self.clock.advance(timedelta(seconds=30))
        for ending, page in self.pages.items():
            if address.endswith(ending):
                assert len(page) <= most
                return page
        raise AddressSilent(host=address[:100])


def judged(web: FakeWeb, evidence: DocumentEvidence | None = None, **changes: object) -> Report:
    clock = web.clock or FixedClock(LATER)
    known = context(**{"crls": (make_crl(make_pki().root),), **changes})
    evidence = evidence or document(signature())
    return validate(evidence, StatusFetcher(web, clock).completed(evidence, known))


LIST = "http://pki.absah.example/repo/crl/issuer.crl"


def lists(pki: Pki) -> dict[str, bytes]:
    return {LIST: make_crl(pki.issuing)}


def test_lists_from_the_network_settle_what_was_open(pki: Pki):
    web = FakeWeb(lists(pki))
    report = judged(web)
    assert report.indication is Indication.TOTAL_PASSED
    told = report.to_dict()["online"]
    assert [one["outcome"] for one in told if one["address"] in web.pages] == ["found"]
    assert all(one["outcome"] == "fetch.address-silent" for one in told if one["address"] not in web.pages)


def test_a_responder_is_asked_before_a_list(pki: Pki):
    answer = make_ocsp(pki.issuing, pki.person, pki.responder, until=after(days=1))
    web = FakeWeb({"/ocsp": answer})
    report = judged(web)
    assert report.indication is Indication.TOTAL_PASSED
    assert [address.rsplit("/", 1)[1] for address in web.asked] == ["ocsp"]


def test_a_revocation_from_the_network_counts(pki: Pki):
    pages = {one: make_crl(pki.issuing, revoked(pki.person, NOW)) for one in lists(pki)}
    report = judged(FakeWeb(pages))
    assert report.conclusion.reason in {SubIndication.REVOKED, SubIndication.REVOKED_NO_POE}


def test_what_is_no_list_is_noted_and_changes_nothing(pki: Pki):
    report = judged(FakeWeb(dict.fromkeys(lists(pki), b"<html>")))
    assert report.conclusion.reason is SubIndication.TRY_LATER
    assert "found" not in {one.outcome for one in report.online}


def test_an_issuer_is_fetched_and_then_what_it_issued_is_asked_about(pki: Pki):
    root = TrustAnchors(name="test", taken_at=NOW, certificates=(pki.root.certificate,))

    signed = build_signed_attributes(oids.DATA, DIGEST, pki.person.certificate, DigestAlgorithm.SHA256)
    alone = build_signed_data(
        content=None, content_type=oids.DATA, certificates=(pki.person.certificate,), signed_attributes=signed,
        signature=sign_bytes(pki.person.key, signed, DigestAlgorithm.SHA256), digest=DigestAlgorithm.SHA256,
        key_algorithm=KeyAlgorithm.P256,
    )  # fmt: skip
    web = FakeWeb({**lists(pki), ".cer": pki.issuing.certificate})
    report = judged(web, document(signature(alone)), anchors=root)
    assert report.indication is Indication.TOTAL_PASSED
    stranger = judged(FakeWeb({}), document(signature(alone)), anchors=root)
    assert stranger.conclusion.reason is SubIndication.NO_CERTIFICATE_CHAIN_FOUND


def test_lists_are_kept_until_they_are_renewed(pki: Pki):
    web, clock = FakeWeb(lists(pki)), FixedClock(LATER)
    fetcher = StatusFetcher(web, clock)
    evidence = document(signature())
    for expected in (1, 1):
        fetcher.completed(evidence, context(crls=(make_crl(pki.root),)))
        assert len([one for one in web.asked if one in web.pages]) == expected
    fetcher.completed(evidence, context(crls=(), now=after(days=31)))
    assert len([one for one in web.asked if one in web.pages]) == 3


def test_a_document_costs_a_limited_time(pki: Pki):
    web = FakeWeb({}, clock=FixedClock(LATER))
    report = judged(web, document(signature(stamped(make_cms()))))
    assert len(web.asked) == 1
    assert "not-asked" in {one.outcome for one in report.online}


def test_where_nothing_is_missing_nobody_is_asked(pki: Pki):
    web = FakeWeb({})
    judged(web, crls=(make_crl(pki.root), make_crl(pki.issuing)))
    assert web.asked == []
