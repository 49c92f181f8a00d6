"""Lint: reading a certificate against RFC 5280 and its profile. Runs before every issuance and on request.

Our own checks are fast (well under a millisecond) and block. pkilint, where it is installed, is a second opinion at
the command line and a judge in tests; it is never asked while a key waits.
"""

from absah.pki.lint.findings import Finding, Severity, blocking
from absah.pki.lint.profile_checks import checks_for, subject_kind_of
from absah.pki.lint.rfc5280 import CHECKS
from absah.pki.lint.subject import Linted
from absah.pki.profiles import Profile

__all__ = ["Finding", "Severity", "blocking", "lint_certificate", "subject_kind_of"]


def lint_certificate(certificate_der: bytes, profile: Profile | None, /) -> tuple[Finding, ...]:
    """Everything the checks have to say, in their order; nothing found is the empty tuple.

    Raises CertificateUnreadable.
    """
    linted = Linted(certificate_der)
    checks = CHECKS if profile is None else CHECKS + checks_for(profile)
    return tuple(finding for check in checks for finding in check(linted))
