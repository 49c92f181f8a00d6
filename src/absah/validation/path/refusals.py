"""Why a path is refused: one word for each rule, with the paragraph that the rule stands in.

Words are stable: reports and the tables of the conformance suites use them.
"""

from dataclasses import dataclass
from enum import StrEnum

from absah.validation.path.certificate import Certificate


class Reason(StrEnum):
    """What is wrong. The comment names the paragraph of RFC 5280, unless it says otherwise."""

    SIGNATURE_INVALID = "signature-invalid"  # §6.1.3 (a)(1)
    ALGORITHM_UNSUPPORTED = "algorithm-unsupported"  # §6.1.3 (a)(1): nobody here can compute it
    ALGORITHM_MISMATCH = "algorithm-mismatch"  # §4.1.1.2
    ALGORITHM_WEAK = "algorithm-weak"  # the caller's algorithm policy
    KEY_PARAMETERS_MISSING = "key-parameters-missing"  # §6.1.4 (f): nothing to inherit
    BEFORE_VALIDITY = "before-validity"  # §6.1.3 (a)(2)
    AFTER_VALIDITY = "after-validity"  # §6.1.3 (a)(2)
    REVOKED = "revoked"  # §6.1.3 (a)(3)
    REVOCATION_UNKNOWN = "revocation-unknown"  # §6.1.3 (a)(3), §6.3.3
    NAME_CHAINING = "name-chaining"  # §6.1.3 (a)(4)
    NAME_NOT_PERMITTED = "name-not-permitted"  # §6.1.3 (b)
    NAME_EXCLUDED = "name-excluded"  # §6.1.3 (c)
    NAME_UNREADABLE = "name-unreadable"  # §4.2.1.6, §4.2.1.10: a name under constraint that is none of its form
    NAME_FORM_UNSUPPORTED = "name-form-unsupported"  # §4.2.1.10: "MUST either process the constraint or reject"
    NAME_CONSTRAINT_UNREADABLE = "name-constraint-unreadable"  # §4.2.1.10
    TOO_MANY_NAMES = "too-many-names"  # our limit on names times constraints
    POLICY_REQUIRED = "policy-required"  # §6.1.3 (f), §6.1.5 (g)
    POLICY_MAPPING_ANY = "policy-mapping-any"  # §6.1.4 (a)
    TOO_MANY_POLICIES = "too-many-policies"  # RFC 9618 §5.4: our limit
    EMPTY_ISSUER = "empty-issuer"  # §4.1.2.4
    NOT_AN_AUTHORITY = "not-an-authority"  # §6.1.4 (k)
    PATH_TOO_LONG = "path-too-long"  # §6.1.4 (l), (m), or the caller's limit
    MAY_NOT_SIGN_CERTIFICATES = "may-not-sign-certificates"  # §6.1.4 (n)
    CRITICAL_EXTENSION = "critical-extension"  # §6.1.4 (o), §6.1.5 (f)
    KEY_USAGE = "key-usage"  # §4.2.1.3, for the first certificate
    EXTENDED_KEY_USAGE = "extended-key-usage"  # §4.2.1.12
    ISSUER_CONDUCT = "issuer-conduct"  # §4: what a conforming authority never issues (`conduct`)
    SEARCH_LIMIT = "search-limit"  # ours: the search was ended before it was over
    NO_PATH = "no-path"  # no anchor was reached


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A reason, the certificate it was found at, and the detail that a reader may want."""

    reason: Reason
    certificate: Certificate
    detail: str = ""
