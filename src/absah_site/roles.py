"""Roles, what each may do, and which one person may not hold together.

One table answers every question of permission (`GRANTS`); the actions ask it through `accounts.access.authorise`.
Roles are kept apart as ETSI EN 319 401 §7.1 demands: who checks is not who issues, and an auditor writes nothing.
"""

from collections.abc import Mapping
from enum import StrEnum
from itertools import combinations
from types import MappingProxyType
from typing import Final


class Role(StrEnum):
    """What a person is here. A person may hold several that are not kept apart."""

    SIGNER = "signer"
    VERIFIKATOR = "verifikator"
    RA = "ra"
    RA_COORDINATOR = "ra_coordinator"
    CA = "ca"
    OPERATOR = "operator"
    AGENCY_ADMIN = "agency_admin"
    AGREEMENT_OFFICER = "agreement_officer"
    PRIVACY_OFFICER = "privacy_officer"
    AUDITOR = "auditor"


class Acting(StrEnum):
    """How a role is held for a time: pelaksana tugas of a vacant post, pelaksana harian for somebody who is away."""

    PLT = "plt"
    PLH = "plh"


class Permission(StrEnum):
    """Something that an action does. Actions of every app name theirs here, so that this page shows all of them."""

    ACCOUNT_CREATE = "accounts:create"
    FACTOR_RESET = "accounts:reset-factors"
    ROLE_GRANT = "accounts:grant-role"
    ADMIN_GRANT = "accounts:grant-agency-admin"
    AUTHORITY_ROLE_GRANT = "accounts:grant-authority-role"
    AGENCY_REGISTER = "enrolment:register-agency"
    SUBSCRIBER_REGISTER = "enrolment:register-subscriber"
    REQUEST_SUBMIT = "enrolment:submit-request"
    REQUEST_CHECK = "enrolment:check-request"
    REQUEST_DECIDE = "enrolment:decide-request"
    REQUEST_OVERSEE = "enrolment:oversee-requests"
    IDENTITY_REVEAL = "enrolment:reveal-identity"
    CERTIFICATE_ISSUE = "pki:issue-certificate"
    CERTIFICATE_ACCEPT = "pki:accept-certificate"
    CERTIFICATE_REVOKE = "pki:revoke-certificate"
    CERTIFICATE_REVOKE_OWN = "pki:revoke-own-certificate"
    AUTHORITY_MANAGE = "pki:manage-authority"
    CRL_PUBLISH = "pki:publish-crl"
    CHANGE_PROPOSE = "oversight:propose-change"
    CHANGE_DECIDE = "oversight:decide-change"
    POLICY_DRAFT = "policies:draft"
    POLICY_APPROVE = "policies:approve"
    POLICY_RECEIVE = "policies:receive"
    SERVER_REQUEST = "servers:request"
    APPLICATION_MANAGE = "applications:manage"
    APPLICATION_OPEN = "applications:open-to-every-agency"
    DOCUMENT_SUBMIT = "signing:submit-document"
    DOCUMENT_SIGN = "signing:sign-document"
    DOCUMENT_SEAL = "signing:seal-document"
    ARCHIVE_KEEP = "archive:keep"
    NATIONAL_CONNECT = "national:connect"
    RELAY_DECIDE = "relay:decide-open"
    WEBHOOK_MANAGE = "webhooks:manage"
    AGREEMENT_DRAFT = "agreements:draft"
    AGREEMENT_READ = "agreements:read"
    AGREEMENT_ACT = "agreements:act"
    PRIVACY_ANSWER = "privacy:answer-request"
    PRIVACY_BREACH = "privacy:record-breach"
    LEDGER_READ = "audit:read-ledger"
    LEDGER_EXCHANGE = "ledger:exchange-checkpoints"
    JOB_RETRY = "jobs:retry"
    BRANDING_CHANGE = "branding:change"


GRANTS: Final[Mapping[Role, frozenset[Permission]]] = MappingProxyType(
    {
        Role.SIGNER: frozenset(
            {
                Permission.REQUEST_SUBMIT,
                Permission.CERTIFICATE_ACCEPT,
                Permission.CERTIFICATE_REVOKE_OWN,
                Permission.DOCUMENT_SUBMIT,
                Permission.DOCUMENT_SIGN,
            }
        ),
        Role.VERIFIKATOR: frozenset(
            {
                Permission.SUBSCRIBER_REGISTER,
                Permission.REQUEST_CHECK,
                Permission.IDENTITY_REVEAL,
                Permission.CERTIFICATE_REVOKE,
            }
        ),
        Role.RA: frozenset(
            {
                Permission.REQUEST_DECIDE,
                Permission.IDENTITY_REVEAL,
                Permission.CERTIFICATE_ISSUE,
                Permission.CERTIFICATE_REVOKE,
            }
        ),
        # Sees to it that the queue moves: gives what waits to another officer; opens and decides no request.
        Role.RA_COORDINATOR: frozenset({Permission.REQUEST_OVERSEE}),
        Role.CA: frozenset(
            {
                Permission.ACCOUNT_CREATE,
                Permission.FACTOR_RESET,
                Permission.ADMIN_GRANT,
                Permission.AGENCY_REGISTER,
                Permission.AUTHORITY_MANAGE,
                Permission.AUTHORITY_ROLE_GRANT,
                Permission.CRL_PUBLISH,
                Permission.CHANGE_PROPOSE,
                Permission.CHANGE_DECIDE,
                Permission.POLICY_DRAFT,
                Permission.POLICY_APPROVE,
                Permission.JOB_RETRY,
                Permission.APPLICATION_OPEN,
            }
        ),
        # CEN/TS 419261 §6.1.2: system operators run the services from day to day and decide nothing.
        Role.OPERATOR: frozenset(
            {
                Permission.CRL_PUBLISH,
                Permission.CHANGE_PROPOSE,
                Permission.POLICY_DRAFT,
                Permission.JOB_RETRY,
                Permission.BRANDING_CHANGE,
            }
        ),
        Role.AGENCY_ADMIN: frozenset(
            {
                Permission.ACCOUNT_CREATE,
                Permission.FACTOR_RESET,
                Permission.ADMIN_GRANT,
                Permission.ROLE_GRANT,
                Permission.SUBSCRIBER_REGISTER,
                Permission.DOCUMENT_SUBMIT,
                Permission.DOCUMENT_SEAL,
                Permission.ARCHIVE_KEEP,
                Permission.BRANDING_CHANGE,
                Permission.SERVER_REQUEST,
                Permission.APPLICATION_MANAGE,
                Permission.POLICY_RECEIVE,
                Permission.NATIONAL_CONNECT,
                Permission.RELAY_DECIDE,
                Permission.WEBHOOK_MANAGE,
            }
        ),
        Role.AGREEMENT_OFFICER: frozenset(
            {
                Permission.AGREEMENT_DRAFT,
                Permission.AGREEMENT_READ,
                Permission.AGREEMENT_ACT,
                Permission.LEDGER_EXCHANGE,
                Permission.DOCUMENT_SUBMIT,
                Permission.POLICY_RECEIVE,
            }
        ),
        # UU 27/2022 Pasal 53: who looks after the data of people for the agency, and answers them.
        Role.PRIVACY_OFFICER: frozenset({Permission.PRIVACY_ANSWER, Permission.PRIVACY_BREACH}),
        Role.AUDITOR: frozenset({Permission.LEDGER_READ, Permission.AGREEMENT_READ}),
    }
)

_HANDS: Final = (Role.VERIFIKATOR, Role.RA, Role.RA_COORDINATOR, Role.CA, Role.OPERATOR)

# ETSI EN 319 401 §7.1.2: conflicting duties and areas of responsibility are segregated. That an auditor holds no other
# role, that the three hands of an issuance are three people, that whoever oversees the queue decides none, and that
# whoever runs the services decides neither about applicants nor about keys, is our own choice.
KEPT_APART: Final[frozenset[frozenset[Role]]] = frozenset(
    {frozenset({Role.AUDITOR, role}) for role in Role if role is not Role.AUDITOR}
    | {frozenset(pair) for pair in combinations(_HANDS, 2)}
)


AUTHORITY_ROLES: Final = frozenset({Role.RA, Role.RA_COORDINATOR, Role.CA, Role.OPERATOR})


def permission_to_grant(role: Role, agency: str, /) -> Permission:
    """What it takes to give or end a role at an agency, or everywhere (empty).

    An agency's administrator has no say over the certification body; that body names the first administrator of an
    agency, and nobody else there.
    """
    if role in AUTHORITY_ROLES or not agency:
        return Permission.AUTHORITY_ROLE_GRANT
    return Permission.ADMIN_GRANT if role is Role.AGENCY_ADMIN else Permission.ROLE_GRANT


def conflicting(role: Role, held: frozenset[Role], /) -> frozenset[Role]:
    """Which of the roles a person holds do not go together with a further one."""
    return frozenset(other for other in held if frozenset({role, other}) in KEPT_APART)


def roles_with(permission: Permission, /) -> frozenset[Role]:
    """The roles that may do something."""
    return frozenset(role for role, granted in GRANTS.items() if permission in granted)
