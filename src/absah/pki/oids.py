"""Object identifiers by the name their norm gives them, as dotted strings.

`TEST_ARC` hangs under the enterprise number that RFC 5612 keeps for examples; it marks certificates of tests and
demonstrations. (The free arc 2.25 with a UUID breaks RFC 5280 appendix B, where arcs stay below 2^28.) No policy
identifier of a real authority stands here.
"""

from typing import Final

# RFC 5280: extensions and their parts
SUBJECT_KEY_IDENTIFIER: Final = "2.5.29.14"
KEY_USAGE: Final = "2.5.29.15"
SUBJECT_ALTERNATIVE_NAME: Final = "2.5.29.17"
CRL_NUMBER: Final = "2.5.29.20"
CRL_REASON: Final = "2.5.29.21"
ISSUING_DISTRIBUTION_POINT: Final = "2.5.29.28"
EXPIRED_CERTS_ON_CRL: Final = "2.5.29.60"  # ITU-T X.509 §9.5.2.8
AUTHORITY_KEY_IDENTIFIER: Final = "2.5.29.35"
ANY_POLICY: Final = "2.5.29.32.0"
QC_STATEMENTS: Final = "1.3.6.1.5.5.7.1.3"

# Extended key usages
TIME_STAMPING: Final = "1.3.6.1.5.5.7.3.8"
SERVER_AUTH: Final = "1.3.6.1.5.5.7.3.1"
CLIENT_AUTH: Final = "1.3.6.1.5.5.7.3.2"
OCSP_SIGNING: Final = "1.3.6.1.5.5.7.3.9"
DOCUMENT_SIGNING: Final = "1.3.6.1.5.5.7.3.36"  # RFC 9336 §3.1

# RFC 6960
OCSP_BASIC: Final = "1.3.6.1.5.5.7.48.1.1"
OCSP_NONCE: Final = "1.3.6.1.5.5.7.48.1.2"
OCSP_RESPONSE_TYPES: Final = "1.3.6.1.5.5.7.48.1.4"
OCSP_ARCHIVE_CUTOFF: Final = "1.3.6.1.5.5.7.48.1.6"
OCSP_PREFERRED_SIGNATURES: Final = "1.3.6.1.5.5.7.48.1.8"

# RFC 5652, 3161, 5035 and the PKCS #9 arc
DATA: Final = "1.2.840.113549.1.7.1"
SIGNED_DATA: Final = "1.2.840.113549.1.7.2"
CONTENT_TYPE: Final = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST: Final = "1.2.840.113549.1.9.4"
SIGNING_TIME: Final = "1.2.840.113549.1.9.5"
TST_INFO: Final = "1.2.840.113549.1.9.16.1.4"
SIGNING_CERTIFICATE: Final = "1.2.840.113549.1.9.16.2.12"
SIGNATURE_TIME_STAMP: Final = "1.2.840.113549.1.9.16.2.14"
SIGNING_CERTIFICATE_V2: Final = "1.2.840.113549.1.9.16.2.47"
REVOCATION_INFO_OCSP: Final = "1.3.6.1.5.5.7.16.2"  # RFC 5940 §2: an OCSP response among the CRLs of a SignedData

# Algorithms
RSA_ENCRYPTION: Final = "1.2.840.113549.1.1.1"
MGF1: Final = "1.2.840.113549.1.1.8"
RSASSA_PSS: Final = "1.2.840.113549.1.1.10"
EC_PUBLIC_KEY: Final = "1.2.840.10045.2.1"
ED25519: Final = "1.3.101.112"

#: The arc of tests. Below it: 1.1 individual signer, 1.2 organisation seal, 1.3 TSA, 1.4 OCSP, 1.5 TLS server, 1.6 TLS
#: client, 1.7 application; 2.1 time-stamps.
TEST_ARC: Final = "1.3.6.1.4.1.32473.2026"

#: The policy under which time-stamp tokens of tests and demonstrations are made.
TEST_TIMESTAMP_POLICY: Final = f"{TEST_ARC}.2.1"
