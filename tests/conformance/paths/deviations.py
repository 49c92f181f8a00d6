"""Every x509-limbo case that we answer differently from the suite, with the reason in one sentence.

The suite holds rules of RFC 5280 and of the CA/Browser Forum side by side, some of which contradict one another. The
engine is run with `strict`, as a verifier of RFC 5280 that also asks for what §4 demands of issuers.
"""

from typing import Final

#: Cases in the suite, and how many of them expect each answer: the tests compare, the page tells.
PKITS: Final = 256
BETTERTLS: Final = 9572
LIMBO: Final = 207

_COMMON_NAME = (
    "Only the CA/Browser Forum (BR 7.1.4.3) wants the common name to repeat a subjectAltName; we never read it."
)
_ROOT_KEY = "Only the CA/Browser Forum (BR 7.1.2.1.3) forbids this field in a root; RFC 5280 §4.2.1.1 allows it."
_PURPOSE = "Only the CA/Browser Forum (BR 7.1.2) forbids this; RFC 5280 §4.2.1.12 allows it."
_PUBLIC_SUFFIX = "Needs the list of public suffixes, which is a matter of TLS clients and no part of RFC 5280."
_RSA_SIZE = (
    "Only the CA/Browser Forum (BR 6.1.5) wants the modulus in whole octets; 2052 bits are not weaker than 2048."
)
_AUTHORITY = "Only the CA/Browser Forum (BR 7.1.2.7) forbids an authority's certificate here; the suite's own rfc5280::ca-as-leaf expects it to pass."  # noqa: E501

DEVIATIONS: Final[dict[str, str]] = {
    "cve::cve-2024-0567": "The cross-certificates carry no authorityKeyIdentifier, which the suite elsewhere (rfc5280::aki) refuses, as §4.2.1.1 does; without `strict` the path is found.",  # noqa: E501
    "webpki::aki::root-with-aki-authoritycertissuer": _ROOT_KEY,
    "webpki::aki::root-with-aki-authoritycertserialnumber": _ROOT_KEY,
    "webpki::aki::root-with-aki-all-fields": _ROOT_KEY,
    "webpki::cn::ipv4-hex-mismatch": _COMMON_NAME,
    "webpki::cn::ipv4-leading-zeros-mismatch": _COMMON_NAME,
    "webpki::cn::ipv6-uppercase-mismatch": _COMMON_NAME,
    "webpki::cn::ipv6-uncompressed-mismatch": _COMMON_NAME,
    "webpki::cn::ipv6-non-rfc5952-mismatch": _COMMON_NAME,
    "webpki::cn::punycode-not-in-san": _COMMON_NAME,
    "webpki::cn::utf8-vs-punycode-mismatch": _COMMON_NAME,
    "webpki::cn::not-in-san": _COMMON_NAME,
    "webpki::cn::case-mismatch": _COMMON_NAME,
    "webpki::eku::ee-anyeku": _PURPOSE,
    "webpki::eku::ee-critical-eku": _PURPOSE,
    "webpki::eku::ee-without-eku": _PURPOSE,
    "webpki::eku::root-has-eku": _PURPOSE,
    "webpki::nc::permitted-dns-match-noncritical": "§4.2.1.10 wants the extension critical and the suite's own rfc5280::nc::permitted-dns-match-noncritical expects a refusal; the CA/Browser Forum makes an exception.",  # noqa: E501
    "webpki::san::public-suffix-multi-label-wildcard-san": _PUBLIC_SUFFIX,
    "webpki::san::public-suffix-private-namespace-wildcard-san": _PUBLIC_SUFFIX,
    "webpki::san::san-critical-with-nonempty-subject": "Only the CA/Browser Forum (BR 7.1.2.7.12) forbids it; §4.2.1.6 says SHOULD.",  # noqa: E501
    "webpki::explicit-curve": "The library reads explicit parameters only where they are those of a named curve, so nothing is weaker for them.",  # noqa: E501
    "webpki::malformed-aia": "authorityInfoAccess is not critical and no part of §6; what is not used is not read.",
    "webpki::forbidden-rsa-not-divisible-by-8-in-root": _RSA_SIZE,
    "webpki::forbidden-rsa-key-not-divisible-by-8-in-leaf": _RSA_SIZE,
    "webpki::ee-basicconstraints-ca": _AUTHORITY,
    "webpki::ca-as-leaf": _AUTHORITY,
}
