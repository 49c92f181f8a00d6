"""The only writers of the register, by what they write: authorities, certificates, their status, CRLs.

A key is used between two transactions: the first commits the intention, the second the result. What lies between when
a process dies is mended by `reconcile`.
"""

from absah_site.pki.actions.authorities import record_authority
from absah_site.pki.actions.catching_up import CaughtUp, catch_up, declare_nothing_newer, record_restore
from absah_site.pki.actions.eligibility import check_renewable
from absah_site.pki.actions.founding import AuthorityExists, found_by_certificate
from absah_site.pki.actions.issuance import issue_certificate, issue_certificates
from absah_site.pki.actions.issuance_requests import IssuanceRequest, IssuedCertificate
from absah_site.pki.actions.life import renew_certificate, supersede_certificate
from absah_site.pki.actions.material import RegisterRevocationSource, revocation_material
from absah_site.pki.actions.publishing import (
    partition_crls,
    publish_crls,
    publish_due_crls,
    publish_last_crls,
    publish_offline_crl,
)
from absah_site.pki.actions.reconciling import reconcile
from absah_site.pki.actions.responders import certify_responders, follow_responders
from absah_site.pki.actions.status import (
    reinstate_certificate,
    report_key_lost,
    revoke_certificate,
    revoke_for,
    suspend_certificate,
)

__all__ = [
    "AuthorityExists",
    "CaughtUp",
    "IssuanceRequest",
    "IssuedCertificate",
    "RegisterRevocationSource",
    "catch_up",
    "certify_responders",
    "check_renewable",
    "declare_nothing_newer",
    "follow_responders",
    "found_by_certificate",
    "issue_certificate",
    "issue_certificates",
    "partition_crls",
    "publish_crls",
    "publish_due_crls",
    "publish_last_crls",
    "publish_offline_crl",
    "reconcile",
    "record_authority",
    "record_restore",
    "reinstate_certificate",
    "renew_certificate",
    "report_key_lost",
    "revocation_material",
    "revoke_certificate",
    "revoke_for",
    "supersede_certificate",
    "suspend_certificate",
]
