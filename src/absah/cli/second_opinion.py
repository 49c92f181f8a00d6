"""pkilint as second opinion of `absah lint`, where it is installed (extra `ceremony`).

Its findings come back as ours, marked with their source. One exception is explained: certificates of tests point to
addresses that no public name server knows, and pkilint rightly says so (`etsi.internal_domain_name`).
"""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from absah.cli.offline import Document, Kind
from absah.pki.lint import Finding, Severity
from absah.pki.profiles import Profile, Purpose

_ETSI_TYPES = {
    Purpose.INDIVIDUAL_SIGNATURE: "NCP_NATURAL_PERSON_CERTIFICATE",
    Purpose.ORGANISATION_SEAL: "NCP_LEGAL_PERSON_CERTIFICATE",
}
_SEVERITIES = {
    "FATAL": Severity.ERROR,
    "ERROR": Severity.ERROR,
    "WARNING": Severity.WARNING,
    "NOTICE": Severity.NOTICE,
}
#: What is true of every certificate of a test and no fault of it.
_EXPLAINED_IN_TESTS = frozenset({"etsi.internal_domain_name"})


def is_installed() -> bool:
    """Whether pkilint can be asked."""
    return find_spec("pkilint") is not None


def _certificate_validator(profile: Profile | None) -> Any:
    certificate, etsi = import_module("pkilint.pkix.certificate"), import_module("pkilint.etsi")
    if profile is not None and profile.purpose in _ETSI_TYPES:
        etsi_type = import_module("pkilint.etsi.etsi_constants").CertificateType[_ETSI_TYPES[profile.purpose]]
        return certificate.create_pkix_certificate_validator_container(
            etsi.create_decoding_validators(etsi_type), etsi.create_validators(etsi_type)
        )
    name, extension = import_module("pkilint.pkix.name"), import_module("pkilint.pkix.extension")
    return certificate.create_pkix_certificate_validator_container(
        certificate.create_decoding_validators(name.ATTRIBUTE_TYPE_MAPPINGS, extension.EXTENSION_MAPPINGS),
        [
            certificate.create_issuer_validator_container([]),
            certificate.create_validity_validator_container(),
            certificate.create_subject_validator_container([]),
            certificate.create_extensions_validator_container([]),
            certificate.create_spki_validator_container([]),
        ],
    )


def _decoders() -> list[Any]:
    pkix, name = import_module("pkilint.pkix"), import_module("pkilint.pkix.name")
    extension = import_module("pkilint.pkix.extension")
    return [
        pkix.create_attribute_decoder(name.ATTRIBUTE_TYPE_MAPPINGS),
        pkix.create_extension_decoder(extension.EXTENSION_MAPPINGS),
    ]


def _crl_validator() -> Any:
    crl = import_module("pkilint.pkix.crl")
    return crl.create_pkix_crl_validator_container(
        _decoders(),
        [
            crl.create_issuer_validator_container([]),
            crl.create_validity_validator_container([]),
            crl.create_extensions_validator_container([]),
        ],
    )


def _ocsp_validator() -> Any:
    ocsp = import_module("pkilint.pkix.ocsp")
    return ocsp.create_pkix_ocsp_response_validator_container([ocsp.create_response_decoder(), *_decoders()], [])


def second_opinion(document: Document, profile: Profile | None, /) -> tuple[Finding, ...]:
    """What pkilint finds worth a notice or more. Kinds that it does not know give nothing."""
    loader = import_module("pkilint.loader")
    match document.kind:
        case Kind.CERTIFICATE:
            reader, validator = loader.RFC5280CertificateDocumentLoader(), _certificate_validator(profile)
        case Kind.CRL:
            reader, validator = loader.RFC5280CertificateListDocumentLoader(), _crl_validator()
        case Kind.OCSP_RESPONSE:
            reader, validator = loader.RFC6960OCSPResponseDocumentLoader(), _ocsp_validator()
        case _:
            return ()
    results = validator.validate(reader.load_der_document(document.der, document.path.name).root)
    is_test = profile is not None and profile.is_test
    return tuple(
        _ours(described, is_test=is_test)
        for result in results
        for described in result.finding_descriptions
        if described.finding.severity.name in _SEVERITIES
    )


def _ours(described: Any, *, is_test: bool) -> Finding:
    code = described.finding.code
    explained = is_test and code in _EXPLAINED_IN_TESTS
    return Finding(
        code=code,
        severity=Severity.NOTICE if explained else _SEVERITIES[described.finding.severity.name],
        message=described.message or "",
    )
