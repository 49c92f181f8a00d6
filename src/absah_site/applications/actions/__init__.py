"""The only writers of applications and of what they asked."""

from absah_site.applications.actions.client_certificates import bind_certificate, release_certificate
from absah_site.applications.actions.following import follow, reconcile
from absah_site.applications.actions.registering import (
    DrawnPassword,
    NewApplication,
    change_application,
    draw_password,
    register_application,
    switch_application,
)
from absah_site.applications.actions.registration import register_person
from absah_site.applications.actions.using import (
    WINDOW,
    SigningUse,
    record_uses,
    same_asked,
    shown_mark,
)

__all__ = [
    "WINDOW",
    "DrawnPassword",
    "NewApplication",
    "SigningUse",
    "bind_certificate",
    "change_application",
    "draw_password",
    "follow",
    "reconcile",
    "record_uses",
    "register_application",
    "register_person",
    "release_certificate",
    "same_asked",
    "shown_mark",
    "switch_application",
]
