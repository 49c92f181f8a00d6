"""The report as ETSI TS 119 102-2 wants it exchanged: XML that other validators and archives can read.

One SignatureValidationReport for each signature, in the order of the document; certificates and document time-stamps
are validation objects that it refers to. Certificates are named by their digests: who archives the report archives the
document, and has them there.
"""

from base64 import b64encode
from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from absah.kernel.clock import Instant
from absah.validation.checks import Check, CheckLevel
from absah.validation.conclusion import Conclusion, SubIndication, because
from absah.validation.report import Report
from absah.validation.report_parts import CertificateView, Process, SignatureReport, TimestampReport

_REPORT: Final = "http://uri.etsi.org/19102/v1.4.1#"
_SIGNATURE: Final = "http://www.w3.org/2000/09/xmldsig#"
_POLICY: Final = "http://uri.etsi.org/01903/v1.3.2#"
_SHA256: Final = "http://www.w3.org/2001/04/xmlenc#sha256"
_URN: Final = "urn:etsi:019102"
_PROCESSES: Final = {Process.BASIC: "Basic", Process.WITH_TIME: "LTVM", Process.ARCHIVE: "LTA"}

for _prefix, _space in (("vr", _REPORT), ("ds", _SIGNATURE), ("xades", _POLICY)):
    register_namespace(_prefix, _space)


def report_xml(report: Report, /) -> bytes:
    """The whole document, UTF-8."""
    root = Element(_vr("ValidationReport"))
    for number, signature in enumerate(report.signatures, start=1):
        _signature(root, number, signature, report)
    if not report.signatures:  # the schema wants one at least: there was nothing to validate
        _status(SubElement(root, _vr("SignatureValidationReport")), because(SubIndication.SIGNED_DATA_NOT_FOUND))
    objects = list(_objects(report))
    if objects:
        SubElement(root, _vr("SignatureValidationObjects")).extend(objects)
    indent(root, " ")
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _vr(name: str) -> str:
    return f"{{{_REPORT}}}{name}"


def _text(parent: Element, name: str, text: str) -> Element:
    child = SubElement(parent, _vr(name))
    child.text = _legible(text)
    return child


def _legible(text: str) -> str:
    """Without the characters that XML cannot hold at all (XML 1.0 §2.2)."""
    return "".join(letter for letter in text if letter in "\t\n" or (letter >= " " and letter not in "\ufffe\uffff"))


def _time(moment: Instant) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _digest(parent: Element, name: str, sha256: str) -> None:
    child = SubElement(parent, _vr(name))
    SubElement(child, f"{{{_SIGNATURE}}}DigestMethod", {"Algorithm": _SHA256})
    SubElement(child, f"{{{_SIGNATURE}}}DigestValue").text = b64encode(bytes.fromhex(sha256)).decode()


def _signature(root: Element, number: int, one: SignatureReport, report: Report) -> None:
    told = SubElement(root, _vr("SignatureValidationReport"))
    identifier = SubElement(told, _vr("SignatureIdentifier"), {"id": f"S-{number}"})
    _text(identifier, "HashOnly", "false")
    _text(identifier, "DocHashOnly", "false")
    _text(identifier, "DAIdentifier", one.field_name)
    _constraints(told, one, report)
    times = SubElement(told, _vr("ValidationTimeInfo"))
    _text(times, "ValidationTime", _time(report.checked_at))
    best = SubElement(times, _vr("BestSignatureTime"))
    _text(best, "POETime", _time(report.checked_at if one.proven_time is None else one.proven_time.at))
    _text(best, "TypeOfProof", f"{_URN}:poetype:validation")
    _digest(SubElement(told, _vr("SignersDocument")), "DigestAlgAndValue", report.document.sha256)
    _attributes(told, one)
    if one.chain:
        signer = SubElement(told, _vr("SignerInformation"))
        SubElement(signer, _vr("SignerCertificate"), {"VOReference": _name(one.chain[0])})
        _text(signer, "Signer", one.chain[0].subject)
    if one.processes:
        process = SubElement(told, _vr("SignatureValidationProcess"))
        last = _PROCESSES[one.processes[-1].process]
        _text(process, "SignatureValidationProcessID", f"{_URN}:validationprocess:{last}")
    _chain(_status(told, one.conclusion), one)


def _constraints(told: Element, one: SignatureReport, report: Report) -> None:
    """The policy by name and digest, and each check with its weight and what came out."""
    listed = SubElement(told, _vr("ValidationConstraintsEvaluationReport"))
    policy = SubElement(listed, _vr("SignatureValidationPolicy"))
    identifier = SubElement(policy, _vr("SignaturePolicyIdentifier"))
    named = SubElement(SubElement(identifier, f"{{{_POLICY}}}SignaturePolicyId"), f"{{{_POLICY}}}SigPolicyId")
    SubElement(named, f"{{{_POLICY}}}Identifier").text = f"urn:absah:policy:{report.policy.name}"
    value = SubElement(identifier[0], f"{{{_POLICY}}}SigPolicyHash")
    SubElement(value, f"{{{_SIGNATURE}}}DigestMethod", {"Algorithm": _SHA256})
    SubElement(value, f"{{{_SIGNATURE}}}DigestValue").text = b64encode(bytes.fromhex(report.policy.digest)).decode()
    _text(policy, "PolicyName", f"{report.policy.name} {report.policy.version}")
    for check in (*report.findings, *one.checks):
        _constraint(listed, check)


def _constraint(listed: Element, check: Check) -> None:
    told = SubElement(listed, _vr("ValidationConstraint"))
    _text(told, "ValidationConstraintIdentifier", f"urn:absah:check:{check.name}")
    for name, value in (("citation", str(check.citation)), ("level", check.level.value), *check.details):
        parameter = SubElement(told, _vr("ValidationConstraintParameter"))
        _text(parameter, "Type", f"urn:absah:detail:{name}")
        _text(parameter, "Value", value)
    status = SubElement(told, _vr("ConstraintStatus"))
    applied = "applied" if check.level is CheckLevel.FAIL or check.reason is None else "overridden"
    _text(status, "Status", f"{_URN}:constraintStatus:{applied}")
    if applied == "overridden":
        _text(status, "OverriddenBy", f"urn:absah:level:{check.level}")
    _status(told, None if check.reason is None else because(check.reason), name="ValidationStatus", part=True)


def _status(
    parent: Element, conclusion: Conclusion | None, *, name: str = "SignatureValidationStatus", part: bool = False
) -> Element:
    """An indication with its reason. A part of a validation is passed or failed, the whole totally so."""
    told = SubElement(parent, _vr(name))
    word = "total-passed" if conclusion is None else conclusion.indication.value.lower()
    _text(told, "MainIndication", f"{_URN}:mainindication:{word.removeprefix('total-') if part else word}")
    if conclusion is not None and conclusion.reason is not None:
        _text(told, "SubIndication", f"{_URN}:subindication:{conclusion.reason}")
    return told


def _attributes(told: Element, one: SignatureReport) -> None:
    listed = Element(_vr("SignatureAttributes"))
    if one.claimed_time is not None:
        _text(SubElement(listed, _vr("SigningTime"), {"Signed": "true"}), "Time", _time(one.claimed_time))
    if one.reason:
        _text(SubElement(listed, _vr("Reason"), {"Signed": "true"}), "ReasonElement", one.reason)
    if len(listed):
        told.append(listed)


def _chain(status: Element, one: SignatureReport) -> None:
    if not one.chain:
        return
    data = SubElement(status, _vr("AssociatedValidationReportData"))
    chain = Element(_vr("CertificateChain"))
    first, *above = one.chain
    SubElement(chain, _vr("SigningCertificate"), {"VOReference": _name(first)})
    between = above[:-1] if one.chain_trusted else above
    for certificate in between:
        SubElement(chain, _vr("IntermediateCertificate"), {"VOReference": _name(certificate)})
    if one.chain_trusted and above:
        SubElement(data, _vr("TrustAnchor"), {"VOReference": _name(above[-1])})
        SubElement(chain, _vr("TrustAnchor"), {"VOReference": _name(above[-1])})
    data.append(chain)


def _name(certificate: CertificateView) -> str:
    return f"C-{certificate.sha256}"


def _objects(report: Report) -> Iterator[Element]:
    """Every certificate once, and every document time-stamp with its own status."""
    chains = (*(one.chain for one in report.signatures), *(one.chain for one in report.timestamps))
    certificates = {certificate.sha256: certificate for chain in chains for certificate in chain}
    for certificate in certificates.values():
        made = _object(_name(certificate), "certificate")
        _digest(made[1], "DigestAlgAndValue", certificate.sha256)
        yield made
    for number, stamp in enumerate(report.timestamps, start=1):
        yield _stamp(number, stamp)


def _object(identifier: str, kind: str) -> Element:
    made = Element(_vr("ValidationObject"), {"id": identifier})
    _text(made, "ObjectType", f"{_URN}:validationObject:{kind}")
    SubElement(made, _vr("ValidationObjectRepresentation"))
    return made


def _stamp(number: int, stamp: TimestampReport) -> Element:
    made = _object(f"T-{number}", "timestamp")
    _text(made[1], "URI", f"urn:absah:field:{number}")
    if stamp.time is not None:
        proof = SubElement(made, _vr("POE"))
        _text(proof, "POETime", _time(stamp.time))
        _text(proof, "TypeOfProof", f"{_URN}:poetype:validation")
    _status(SubElement(made, _vr("ValidationReport")), stamp.conclusion)
    return made
