"""The only writers of agencies, people and requests. Each change leaves its row in the ledger, or does not happen."""

from absah_site.enrolment.actions.activation import (
    ActivatedCredential,
    ActivationForm,
    activate,
    reconcile,
)
from absah_site.enrolment.actions.activation_steps import OwnAccount, SignIn
from absah_site.enrolment.actions.agencies import (
    appoint_by_letter,
    appoint_verifikator,
    change_agency,
    register_agency,
    release_verifikator,
    renew_agreement,
    resume_agency,
    suspend_agency,
)
from absah_site.enrolment.actions.app_binding import AppTicket, bind_app, confirm_app
from absah_site.enrolment.actions.decisions import (
    approve_request,
    reject_request,
    send_back_request,
    verify_checked,
    verify_request,
)
from absah_site.enrolment.actions.entry import (
    AccountLinked,
    AlreadyOpen,
    adopt_account,
    cancel_request,
    complete_identity,
    enter_and_invite,
    enter_applicant,
    invite,
    register_person,
)
from absah_site.enrolment.actions.evidence import attach_letter, attach_picture, erase_old_pictures
from absah_site.enrolment.actions.handling import (
    ask_for_help,
    assign_request,
    escalate_overdue,
    release_requests_of,
    take_request,
)
from absah_site.enrolment.actions.imports import (
    attach_letter_to_list,
    begin_list,
    check_list,
    enter_list,
    erase_old_lists,
)
from absah_site.enrolment.actions.lessons import keep_agreement, take_lesson
from absah_site.enrolment.actions.life import change_person, leave, resume_person, suspend_person
from absah_site.enrolment.actions.mandates import end_mandate, give_mandate
from absah_site.enrolment.actions.own_keys import OwnKeyCertificate, activate_own_key
from absah_site.enrolment.actions.passphrases import change_passphrase
from absah_site.enrolment.actions.renewing import (
    ask_renewal,
    finish_open_renewals,
    finish_renewal,
    remind_of_ends,
    start_replacement,
)
from absah_site.enrolment.actions.stopping import erase_addresses, erase_stopped
from absah_site.enrolment.actions.viewing import reveal_nik, view_evidence

__all__ = [
    "AccountLinked",
    "ActivatedCredential",
    "ActivationForm",
    "AlreadyOpen",
    "AppTicket",
    "OwnAccount",
    "OwnKeyCertificate",
    "SignIn",
    "activate",
    "activate_own_key",
    "adopt_account",
    "appoint_by_letter",
    "appoint_verifikator",
    "approve_request",
    "ask_for_help",
    "ask_renewal",
    "assign_request",
    "attach_letter",
    "attach_letter_to_list",
    "attach_picture",
    "begin_list",
    "bind_app",
    "cancel_request",
    "change_agency",
    "change_passphrase",
    "change_person",
    "check_list",
    "complete_identity",
    "confirm_app",
    "end_mandate",
    "enter_and_invite",
    "enter_applicant",
    "enter_list",
    "erase_addresses",
    "erase_old_lists",
    "erase_old_pictures",
    "erase_stopped",
    "escalate_overdue",
    "finish_open_renewals",
    "finish_renewal",
    "give_mandate",
    "invite",
    "keep_agreement",
    "leave",
    "reconcile",
    "register_agency",
    "register_person",
    "reject_request",
    "release_requests_of",
    "release_verifikator",
    "remind_of_ends",
    "renew_agreement",
    "resume_agency",
    "resume_person",
    "reveal_nik",
    "send_back_request",
    "start_replacement",
    "suspend_agency",
    "suspend_person",
    "take_lesson",
    "take_request",
    "verify_checked",
    "verify_request",
    "view_evidence",
]
