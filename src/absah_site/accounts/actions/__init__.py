"""Everything that changes accounts, roles, sessions and ways to sign in. Each change leaves a row in the ledger."""

from absah_site.accounts.actions.attempts import TooManyAttempts
from absah_site.accounts.actions.delegating import Delegation, NobodyToActFor, PeriodUnlawful, delegate_role
from absah_site.accounts.actions.erasing import erase_old_attempts, erase_old_browsers, erase_old_sessions
from absah_site.accounts.actions.factors import (
    FactorUnknown,
    Shown,
    add_app,
    add_passkey,
    change_password,
    confirm,
    propose_app,
    remove_factor,
    renew_recovery_codes,
)
from absah_site.accounts.actions.people import (
    NewAccount,
    PasswordWeak,
    RoleAlreadyHeld,
    RoleNotHeld,
    RolesKeptApart,
    UsernameTaken,
    create_user,
    end_role,
    grant_role,
)
from absah_site.accounts.actions.sessions import confirmed_recently, end_sessions, keep_alive, sign_out
from absah_site.accounts.actions.signing_in import (
    CredentialsWrong,
    FactorWrong,
    SignInOver,
    open_second_lock,
    open_session,
    second_lock,
    sign_in,
    sign_in_with_passkey,
)

__all__ = [
    "CredentialsWrong",
    "Delegation",
    "FactorUnknown",
    "FactorWrong",
    "NewAccount",
    "NobodyToActFor",
    "PasswordWeak",
    "PeriodUnlawful",
    "RoleAlreadyHeld",
    "RoleNotHeld",
    "RolesKeptApart",
    "Shown",
    "SignInOver",
    "TooManyAttempts",
    "UsernameTaken",
    "add_app",
    "add_passkey",
    "change_password",
    "confirm",
    "confirmed_recently",
    "create_user",
    "delegate_role",
    "end_role",
    "end_sessions",
    "erase_old_attempts",
    "erase_old_browsers",
    "erase_old_sessions",
    "grant_role",
    "keep_alive",
    "open_second_lock",
    "open_session",
    "propose_app",
    "remove_factor",
    "renew_recovery_codes",
    "second_lock",
    "sign_in",
    "sign_in_with_passkey",
    "sign_out",
]
