"""The only writers of oversight: proposals and what follows from them."""

from absah_site.oversight.actions.ending import carry_out_ending, carry_out_open, propose_ending, record_handover
from absah_site.oversight.actions.mass_revocation import (
    IssuedBy,
    Listed,
    Selection,
    WithKey,
    carry_out_mass_revocation,
    propose_mass_revocation,
)
from absah_site.oversight.actions.profiles import accept_profile, check_accepted, propose_profile
from absah_site.oversight.actions.proposals import approve, refuse

__all__ = [
    "IssuedBy",
    "Listed",
    "Selection",
    "WithKey",
    "accept_profile",
    "approve",
    "carry_out_ending",
    "carry_out_mass_revocation",
    "carry_out_open",
    "check_accepted",
    "propose_ending",
    "propose_mass_revocation",
    "propose_profile",
    "record_handover",
    "refuse",
]
