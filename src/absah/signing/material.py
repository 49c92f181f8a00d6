"""Certificates and revocation data that let a signature be checked later (EN 319 142-1 §5.4: the DSS)."""

from dataclasses import dataclass
from typing import Final, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationMaterial:
    """DER of certificates, CRLs and OCSP responses, without repetition and in the order they were found."""

    certificates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing to embed."""
        return not (self.certificates or self.crls or self.ocsps)

    def merged_with(self, other: Self, /) -> "ValidationMaterial":
        """Both together; what both have appears once."""
        return ValidationMaterial(
            certificates=tuple(dict.fromkeys(self.certificates + other.certificates)),
            crls=tuple(dict.fromkeys(self.crls + other.crls)),
            ocsps=tuple(dict.fromkeys(self.ocsps + other.ocsps)),
        )


NO_MATERIAL: Final = ValidationMaterial()
