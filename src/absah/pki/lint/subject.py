"""What a check looks at: a certificate, its extensions by type, and its profile when there is one."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from cryptography import x509

from absah.kernel.refs import Citation, Norm
from absah.pki.lint.findings import Finding, Severity

_Extension = TypeVar("_Extension", bound=x509.ExtensionType)


@dataclass(frozen=True, slots=True, kw_only=True)
class Linted:
    """A certificate under the lens."""

    certificate: x509.Certificate

    def find(self, kind: type[_Extension], /) -> x509.Extension[_Extension] | None:
        """An extension of the certificate, with its critical flag."""
        try:
            return self.certificate.extensions.get_extension_for_class(kind)
        except x509.ExtensionNotFound:
            return None

    @property
    def is_self_issued(self) -> bool:
        return self.certificate.subject == self.certificate.issuer

    @property
    def is_authority(self) -> bool:
        found = self.find(x509.BasicConstraints)
        return found is not None and found.value.ca


Check: TypeAlias = Callable[[Linted], Iterator[Finding]]


def error(norm: Norm, clause: str, fact: str, message: str) -> Finding:
    """A broken MUST; the code is made of norm, clause and fact."""
    prefix = re.sub(r"[^a-z0-9.]+", "_", norm.value.lower().replace("etsi ", "etsi.")).strip("_")
    return Finding(
        code=f"{prefix}.{clause}.{fact}",
        severity=Severity.ERROR,
        message=message,
        citation=Citation(norm=norm, clause=clause),
    )
