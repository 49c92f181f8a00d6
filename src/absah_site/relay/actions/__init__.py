"""The only writers of errands: signing through the national service, and what people decide of what stayed open."""

from absah_site.relay.actions.codes import send_code, send_code_to
from absah_site.relay.actions.deciding import accept_upload, look_for, reconcile, release, take_document
from absah_site.relay.actions.signing import check_ready_elsewhere, look_at, sign_elsewhere

__all__ = [
    "accept_upload",
    "check_ready_elsewhere",
    "look_at",
    "look_for",
    "reconcile",
    "release",
    "send_code",
    "send_code_to",
    "sign_elsewhere",
    "take_document",
]
