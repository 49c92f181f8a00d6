"""What a check looks at: a certificate, its extensions by type, and its profile when there is one."""

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias, TypeVar, cast, final

from cryptography import x509

from absah.kernel.refs import Citation, Norm
from absah.pki.certificates import fields_in, read_certificate
from absah.pki.lint.findings import Finding, Severity

_Extension = TypeVar("_Extension", bound=x509.ExtensionType)


@final
class Linted:
    """A certificate under the lens; what every check asks for is found once."""

    __slots__ = ("_extensions", "certificate", "fields", "is_authority", "is_self_issued")

    def __init__(self, certificate_der: bytes, /) -> None:
        """Raises CertificateUnreadable."""
        self.certificate = certificate = read_certificate(certificate_der)
        self._extensions = {type(extension.value): extension for extension in certificate.extensions}
        self.fields = fields_in(certificate_der)
        self.is_self_issued = self.fields.issuer == self.fields.subject
        constraints = self.find(x509.BasicConstraints)
        self.is_authority = constraints is not None and constraints.value.ca

    def find(self, kind: type[_Extension], /) -> x509.Extension[_Extension] | None:
        """An extension of the certificate, with its critical flag."""
        return cast("x509.Extension[_Extension] | None", self._extensions.get(kind))


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
