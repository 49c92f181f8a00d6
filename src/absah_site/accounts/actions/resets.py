"""A colleague has lost every second factor: one officer asks, another approves, the person sets a new one.

Nobody sees or sets a factor of somebody else. The person is told when it is asked for and when it is approved, and may
refuse it from an open session. With the approval every factor is gone and every session over; from then on the password
opens nothing until the person has bound a new app through a link that works once. Signing keys are not touched.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest

from absah.audit.tags import AccountTag
from absah.enrolment.invitation import InvitationToken, InvitationUnknown, Purpose, check_invitation, draw_invitation
from absah.kernel.clock import Instant, instant
from absah.kernel.dates import moment_word
from absah.kernel.errors import NotAllowed, NotFound, WrongState
from absah.kernel.refs import Citation, Norm
from absah_site import composition
from absah_site.accounts import access
from absah_site.accounts.access import AccountUnknown, NotPermitted
from absah_site.accounts.actions.attempts import forget_attempts, reserve_attempt
from absah_site.accounts.actions.factors import add_app, propose_app
from absah_site.accounts.actions.signing_in import CredentialsWrong
from absah_site.accounts.store import factors, people, resets, sessions
from absah_site.accounts.store.people import User
from absah_site.accounts.store.resets import LostHow, Reset
from absah_site.actors import About, Account, Actor, Operator
from absah_site.audit.actions import record
from absah_site.notices.actions import notify
from absah_site.roles import Permission

_DAY: Final = timedelta(days=1)
#: So often a day for one person, and by one officer.
_FOR_ONE, _BY_ONE = 3, 20


class ResetOpen(WrongState):
    """A reset of this person's factors is open already."""

    code = "accounts.reset-open"


class ResetUnknown(NotFound):
    """Nobody asked for a reset of this person's factors, or it is decided."""

    code = "accounts.reset-unknown"


class ResetsTooMany(NotAllowed):
    """Factors of one person are reset three times a day at most, and one officer asks twenty times at most."""

    code = "accounts.resets-too-many"


class ResetBySame(NotAllowed):
    """Who asked for a reset does not approve it."""

    code = "accounts.reset-by-same"
    citation = Citation(norm=Norm.ABSAH_DESIGN, clause="1")


class NothingToReset(WrongState):
    """The person signs in without a second factor."""

    code = "accounts.nothing-to-reset"


def check_may_reset(person: Account, agency: str, /, *, by: Account) -> None:
    """An officer who looks after accounts wherever the person holds a role, and never the own ones.

    Raises NotPermitted, AccountUnknown.
    """
    if by.public_id == person.public_id:
        raise NotPermitted(permission=Permission.FACTOR_RESET.value)
    for place in {agency, *(grant.agency for grant in person.grants)}:
        access.authorise(by, Permission.FACTOR_RESET, About(agency=place))
    access.check_works_at(person, agency)


@transaction.atomic
def ask_factor_reset(person: UUID, why: LostHow, /, *, agency: str, by: Account) -> None:
    """Say that a person has lost the second factor. The person is told; nothing else happens yet.

    Raises NothingToReset, ResetOpen, ResetsTooMany.
    """
    user, account, now = _held(person)
    check_may_reset(account, agency, by=by)
    if not factors.factors_of(user):
        raise NothingToReset
    if resets.open_reset(user, at=now) is not None:
        raise ResetOpen
    since = instant(now - _DAY)
    often = resets.asked_since(since, user=user), resets.asked_since(since, asker=by.reference)
    if often[0] >= _FOR_ONE or often[1] >= _BY_ONE:
        raise ResetsTooMany
    resets.ask(user, why, by=by.reference, at=now)
    facts = {"why": why.value, "agency": agency}
    record(at=now, tag=AccountTag.FACTOR_RESET_ASKED, actor=by.reference, subject=account.reference, facts=facts)
    parameters = {"moment": moment_word(now)}
    notify("accounts.factor-reset-asked", to=account.reference, at=now, parameters=parameters, link="/keamanan/")


def _held(person: UUID) -> tuple[User, Account, Instant]:
    now = composition.clock().now()
    user = people.lock_user(person)
    if user is None:
        raise AccountUnknown
    return user, people.account_of(user, now=now), now


@transaction.atomic
def approve_factor_reset(person: UUID, /, *, agency: str, by: Account) -> None:
    """A second officer agrees: every factor is gone, every session over, and the link goes to the person.

    Raises ResetUnknown, ResetBySame.
    """
    user, account, now = _held(person)
    check_may_reset(account, agency, by=by)
    found = _asked(user, now)
    if found.asked_by == by.reference:
        raise ResetBySame
    _approve(user, account, found, by=by, at=now)


def _asked(user: User, now: Instant) -> Reset:
    found = resets.open_reset(user, at=now)
    if found is None or found.approved:
        raise ResetUnknown
    return found


def _approve(user: User, account: Account, found: Reset, /, *, by: Actor, at: Instant) -> InvitationToken:
    token, invitation = draw_invitation(Purpose.SET_FACTOR, composition.rng(), now=at)
    resets.approve(found.id, invitation, by=by.reference, at=at)
    facts: dict[str, str | int] = {
        "factors": factors.remove_all(user),
        "sessions": sessions.end(user, identifier=None, but=None),
        "asked_by": found.asked_by,
    }
    record(at=at, tag=AccountTag.FACTORS_RESET, actor=by.reference, subject=account.reference, facts=facts)
    _send(account, token, invitation.expires_at, at)
    return token


def _send(account: Account, token: InvitationToken, until: Instant, at: Instant) -> None:
    notify(
        "accounts.factor-link",
        to=account.reference,
        at=at,
        parameters={"until": moment_word(until)},
        link=f"/faktor-baru/{token.text}/",
    )


@transaction.atomic
def resend_factor_link(person: UUID, /, *, agency: str, by: Account) -> None:
    """Another link, where the first is too old. Raises ResetUnknown."""
    user, account, now = _held(person)
    check_may_reset(account, agency, by=by)
    found = resets.open_reset(user, at=now)
    if found is None or not found.approved:
        raise ResetUnknown
    token, invitation = draw_invitation(Purpose.SET_FACTOR, composition.rng(), now=now)
    resets.replace_link(found.id, invitation)
    record(at=now, tag=AccountTag.PASSWORD_LINK_SENT, actor=by.reference, subject=account.reference)
    _send(account, token, invitation.expires_at, now)


@transaction.atomic
def refuse_factor_reset(person: UUID, /, *, agency: str, by: Account) -> None:
    """An officer, or the person, says no. Raises ResetUnknown."""
    user, account, now = _held(person)
    if by.public_id != person:
        check_may_reset(account, agency, by=by)
    resets.refuse(_asked(user, now).id, by=by.reference, at=now)
    record(at=now, tag=AccountTag.FACTOR_RESET_REFUSED, actor=by.reference, subject=account.reference)


@transaction.atomic
def reset_for_operator(username: str, /, *, by: Operator) -> InvitationToken:
    """From the machine itself, where nobody is left who could. The link is for the terminal, and mailed.

    Raises AccountUnknown.
    """
    named = access.account_named(username, now=composition.clock().now())
    user, account, now = _held(named.public_id)
    found = resets.open_reset(user, at=now)
    if found is not None and found.approved:
        token, invitation = draw_invitation(Purpose.SET_FACTOR, composition.rng(), now=now)
        resets.replace_link(found.id, invitation)
        _send(account, token, invitation.expires_at, now)
        return token
    if found is None:
        resets.ask(user, LostHow.LOST, by=by.reference, at=now)
    return _approve(user, account, _asked(user, now), by=by, at=now)


def check_link(token: InvitationToken, /) -> Account:
    """Whose a link is, while it opens something. Raises InvitationUnknown and its kin."""
    with transaction.atomic():
        return people.account_of(_opened(token)[1], now=composition.clock().now())


def _opened(token: InvitationToken) -> tuple[int, User]:
    found = resets.lock_link(token.digest)
    if found is None:
        raise InvitationUnknown
    reset, user, invitation = found
    check_invitation(invitation, Purpose.SET_FACTOR, now=composition.clock().now())
    return reset, user


def offered_app(request: HttpRequest, token: InvitationToken, /) -> str:
    """The secret that the person's new app is to take in, base32."""
    return propose_app(request, by=check_link(token))


def set_factor(
    request: HttpRequest, token: InvitationToken, /, *, password: str, code: str, address: str
) -> tuple[str, ...]:
    """The person behind a link knows the password and has a new app. Returns the recovery codes, shown once.

    Raises CredentialsWrong, FactorWrong, TooManyAttempts; the link is good for another try until it is used.
    """
    now = composition.clock().now()
    owner = check_link(token)
    keys = reserve_attempt(f"factor-link:{owner.public_id}", address, now)
    with transaction.atomic():
        reset, user = _opened(token)
        if not user.check_password(password):
            raise CredentialsWrong
        codes = add_app(request, code, by=owner, at=now)
        resets.use(reset, at=now)
    forget_attempts(keys)
    return codes
