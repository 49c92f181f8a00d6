"""What a lint says: a finding, and how bad it is.

Codes name clause and fact, `norm.clause.fact`, as pkilint spells them. A report is a value; whoever must stop on it
asks `blocking`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from absah.kernel.refs import Citation


class Severity(StrEnum):
    """An error breaks a MUST, a warning a SHOULD or our CPS; a notice is for the reader."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One departure from a norm. `message` is an English sentence for engineers."""

    code: str
    severity: Severity
    message: str
    citation: Citation | None = None


def blocking(findings: Iterable[Finding], /) -> tuple[Finding, ...]:
    """Those that forbid issuance: errors and warnings."""
    return tuple(finding for finding in findings if finding.severity is not Severity.NOTICE)
