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
from absah_site.enrolment.actions.decisions import (
    approve_request,
    reject_request,
    send_back_request,
    verify_checked,
    verify_request,
)
from absah_site.enrolment.actions.entry import cancel_request, complete_identity, enter_applicant, invite
from absah_site.enrolment.actions.evidence import attach_letter, attach_picture, erase_old_pictures
from absah_site.enrolment.actions.lessons import keep_agreement, take_lesson
from absah_site.enrolment.actions.viewing import reveal_nik, view_evidence

__all__ = [
    "ActivatedCredential",
    "ActivationForm",
    "OwnAccount",
    "SignIn",
    "activate",
    "appoint_verifikator",
    "approve_request",
    "attach_letter",
    "attach_picture",
    "cancel_request",
    "complete_identity",
    "enter_applicant",
    "erase_old_pictures",
    "invite",
    "keep_agreement",
    "reconcile",
    "register_agency",
    "reject_request",
    "reveal_nik",
    "send_back_request",
    "take_lesson",
    "verify_checked",
    "verify_request",
    "view_evidence",
]
