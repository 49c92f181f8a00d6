"""What RFC 5280 §4 demands of those who issue certificates, for callers who want it kept (`Inputs.strict`).

§6 tells a relying party what to refuse, and does not ask for these. An old document must not fail because its
authority forgot a key identifier; an authority of our own, or one that wants to be accredited, should.
"""

from absah.validation.path.certificate import Certificate
from absah.validation.path.extensions import KeyUsage
from absah.validation.path.general_names import Form, GeneralName
from absah.validation.path.name_forms import NotAName, read_host
from absah.validation.path.names import EMPTY

_MAXIMUM_SERIAL_BITS = 159  # §4.1.2.2: at most 20 octets, and positive


def misconduct(certificate: Certificate, /, *, authority: bool, anchor: bool) -> str:
    """The first thing that a conforming authority would not have written, as a word; empty: nothing."""
    return (
        _serial(certificate, anchor=anchor)
        or _criticality(certificate)
        or _key_identifiers(certificate, authority=authority, anchor=anchor)
        or (_authority(certificate) if authority else _subscriber(certificate))
        or _names(certificate)
    )


def _serial(certificate: Certificate, *, anchor: bool) -> str:
    # Well-known roots bear the number zero; they are older than the rule, and believed for other reasons.
    if certificate.serial < 0 or (certificate.serial == 0 and not anchor):
        return "serial-not-positive"
    return "serial-too-long" if certificate.serial.bit_length() > _MAXIMUM_SERIAL_BITS else ""


def _criticality(certificate: Certificate) -> str:
    critical = certificate.extensions.critical
    for identifier, word in (("2.5.29.30", "name-constraints"), ("2.5.29.36", "policy-constraints")):
        if not critical.get(identifier, True):  # §4.2.1.10, §4.2.1.11: "MUST mark this extension as critical"
            return f"{word}-not-critical"
    if certificate.subject == EMPTY and not critical.get("2.5.29.17", False):  # §4.1.2.6, §4.2.1.6
        return "no-name-that-must-be-read"
    return ""


def _key_identifiers(certificate: Certificate, *, authority: bool, anchor: bool) -> str:
    listed = certificate.extensions
    if authority and listed.subject_key is None:  # §4.2.1.2
        return "no-subject-key-identifier"
    named = listed.authority_key
    if named is None:  # §4.2.1.1: it may be left out of self-signed certificates only
        return "" if anchor and certificate.self_issued else "no-authority-key-identifier"
    if named.identifier is None:
        return "no-authority-key-identifier"
    if anchor and certificate.self_issued and named.identifier != listed.subject_key:
        return "key-identifiers-differ"
    return ""


def _authority(certificate: Certificate) -> str:
    listed = certificate.extensions
    if listed.basic_constraints is None or not listed.critical["2.5.29.19"]:  # §4.2.1.9
        return "basic-constraints"
    if listed.basic_constraints.path_length is not None and not listed.allows(KeyUsage.KEY_CERT_SIGN):
        return "path-length-without-key-cert-sign"
    return "empty-subject" if certificate.subject == EMPTY else ""  # §4.1.2.6


def _subscriber(certificate: Certificate) -> str:
    """The certificate asked about. It may be an authority's, too; then it may have what authorities have."""
    listed = certificate.extensions
    if listed.authority:
        return ""
    if listed.name_constraints is not None:  # §4.2.1.10: "MUST be used only in a CA certificate"
        return "name-constraints-of-a-subscriber"
    if listed.key_usage is not None and KeyUsage.KEY_CERT_SIGN in listed.key_usage:  # §4.2.1.9
        return "key-cert-sign-of-a-subscriber"
    return ""


def _names(certificate: Certificate) -> str:
    return next((name.form.name.lower() for name in certificate.extensions.subject_names if not _lawful(name)), "")


def _lawful(name: GeneralName) -> bool:
    """§4.2.1.6: DNS names in the "preferred name syntax", in which there is no underscore and no address."""
    if name.form is not Form.DNS or not isinstance(name.value, str):
        return True
    try:
        host = read_host(name.value, wildcard=True)
    except NotAName:
        return False
    return "_" not in host and not host.rpartition(".")[2].isdecimal()
