"""The only writers of agencies, people and requests. Each change leaves its row in the ledger, or does not happen."""

from absah_site.enrolment.actions.activation import (
    ActivatedCredential,
    ActivationForm,
    OwnAccount,
    SignIn,
    activate,
    reconcile,
)
from absah_site.enrolment.actions.agencies import appoint_verifikator, register_agency
from absah_site.enrolment.actions.decisions import approve_request, reject_request, verify_request
from absah_site.enrolment.actions.entry import cancel_request, complete_identity, enter_applicant, invite

__all__ = [
    "ActivatedCredential",
    "ActivationForm",
    "OwnAccount",
    "SignIn",
    "activate",
    "appoint_verifikator",
    "approve_request",
    "cancel_request",
    "complete_identity",
    "enter_applicant",
    "invite",
    "reconcile",
    "register_agency",
    "reject_request",
    "verify_request",
]
