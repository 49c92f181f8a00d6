"""The only writers of oversight: proposals and what follows from them."""

from absah_site.oversight.actions.mass_revocation import (
    IssuedBy,
    Listed,
    Selection,
    WithKey,
    carry_out_mass_revocation,
    carry_out_open,
    propose_mass_revocation,
)
from absah_site.oversight.actions.proposals import approve, refuse

__all__ = [
    "IssuedBy",
    "Listed",
    "Selection",
    "WithKey",
    "approve",
    "carry_out_mass_revocation",
    "carry_out_open",
    "propose_mass_revocation",
    "refuse",
]
