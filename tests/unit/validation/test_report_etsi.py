"""The report in the XML of ETSI TS 119 102-2."""

from dataclasses import replace
from xml.etree.ElementTree import Element, fromstring

from tests.fixtures_pki import NOW
from tests.unit.validation.samples import document_stamp, judge, make_cms, signature, stamped

from absah.validation.evidence import DigestFact, NotCovered, Statements, UnreadableSignature
from absah.validation.report import Report
from absah.validation.report_etsi import report_xml
from absah.validation.trust import TrustAnchors

VR = "{http://uri.etsi.org/19102/v1.4.1#}"


def written(report: Report) -> Element:
    return fromstring(report_xml(report))  # noqa: S314 - our own output


def texts(root: Element, name: str) -> list[str | None]:
    return [one.text for one in root.iter(VR + name)]


def test_each_signature_is_told_with_its_status_and_process():
    root = written(judge(signature(stamped(make_cms())), document_stamp()))
    (one,) = root.findall(VR + "SignatureValidationReport")
    (status,) = one.findall(VR + "SignatureValidationStatus")
    assert texts(status, "MainIndication") == ["urn:etsi:019102:mainindication:total-passed"]
    assert texts(one, "SignatureValidationProcessID") == ["urn:etsi:019102:validationprocess:LTVM"] or texts(
        one, "SignatureValidationProcessID"
    ) == ["urn:etsi:019102:validationprocess:LTA"]
    assert texts(one, "Signer") == ["Siti Contoh Rahayu"]
    assert texts(one, "ReasonElement") == ["Persetujuan"]
    assert texts(one, "PolicyName")[0].startswith("absah ")


def test_a_reason_becomes_a_sub_indication_and_a_part_is_not_total():
    altered = judge(signature(digests=(DigestFact(algorithm=signature().digests[0].algorithm, value=bytes(32)),)))
    root = written(altered)
    (status,) = root.iter(VR + "SignatureValidationStatus")
    assert texts(status, "MainIndication") == ["urn:etsi:019102:mainindication:total-failed"]
    assert texts(status, "SubIndication") == ["urn:etsi:019102:subindication:HASH_FAILURE"]
    parts = {text for one in root.iter(VR + "ValidationConstraint") for text in texts(one, "MainIndication")}
    assert "urn:etsi:019102:mainindication:failed" in parts
    assert not any("total" in str(text) for text in parts)


def test_a_check_that_does_not_decide_is_overridden():
    legacy = judge(signature(sub_filter="adbe.pkcs7.detached"))
    overridden = texts(written(legacy), "OverriddenBy")
    assert overridden == ["urn:absah:level:inform"]


def test_every_reference_leads_to_an_object():
    reports = (
        judge(signature(stamped(make_cms())), document_stamp()),
        judge(signature(), anchors=TrustAnchors(name="none", taken_at=NOW)),
        judge(UnreadableSignature(field_name="x", problem="p"), signature(statements=Statements())),
        judge(signature(), document_stamp(cms=b"", coverage=NotCovered(problem="p"))),
        judge(),
    )
    for report in reports:
        root = written(report)
        named = {one.get("VOReference") for one in root.iter() if one.get("VOReference")}
        known = [one.get("id") for one in root.iter(VR + "ValidationObject")]
        assert named <= set(known)
        assert len(known) == len(set(known))
        assert root.findall(VR + "SignatureValidationReport")


def test_a_signer_that_is_its_own_anchor_has_a_chain_of_one():
    report = judge(signature())
    alone = replace(report.signatures[0], chain=report.signatures[0].chain[:1])
    root = written(replace(report, signatures=(alone,)))
    assert not list(root.iter(VR + "TrustAnchor"))


def test_what_xml_cannot_hold_is_left_out():
    odd = judge(signature(field_name="a\x00b\ufffec", statements=Statements(reason="x\x1by")))
    root = written(odd)
    assert texts(root, "DAIdentifier") == ["abc"]
    assert texts(root, "ReasonElement") == ["xy"]
