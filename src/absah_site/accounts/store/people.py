"""Accounts, roles and wrong attempts: rows to values and back."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import connection, models

from absah.kernel.clock import Instant, instant
from absah_site.accounts.models import RoleAssignment, SignInAttempt, User
from absah_site.actors import Account, Grant
from absah_site.directory import Contact
from absah_site.roles import Acting, Role

__all__ = ["User"]  # and what is defined below

_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptKeys:
    """Who tried, and from where: keyed hashes (hexadecimal)."""

    name: str
    address: str


def _grants(user_id: int, now: Instant) -> frozenset[Grant]:
    held = RoleAssignment.objects.filter(user_id=user_id, since__lte=now).filter(
        models.Q(until__isnull=True) | models.Q(until__gt=now)
    )
    return frozenset(Grant(role=Role(row.role), agency=row.agency) for row in held)


def account_of(user: User, /, *, now: Instant) -> Account:
    """The account of a signed-in person."""
    return _account(user, _grants(user.pk, now))


def _account(user: User, grants: frozenset[Grant]) -> Account:
    return Account(public_id=user.public_id, username=user.username, display_name=user.display_name, grants=grants)


def find_account(public_id: UUID, /, *, now: Instant) -> Account | None:
    """An account that is in use."""
    user = User.objects.filter(public_id=public_id, is_active=True).first()
    return None if user is None else account_of(user, now=now)


def find_account_by_username(username: str, /, *, now: Instant) -> Account | None:
    """An account that is in use, by the name used to sign in."""
    user = User.objects.filter(username=username, is_active=True).first()
    return None if user is None else account_of(user, now=now)


def find_contact(public_id: UUID, /) -> Contact | None:
    """Name and address of an account; of a closed one too: its person is told, and others learn who it was."""
    user = User.objects.filter(public_id=public_id).only("display_name", "email").first()
    return None if user is None else Contact(name=user.display_name, address=user.email)


def accounts_with(roles: frozenset[Role], /, *, now: Instant) -> tuple[Account, ...]:
    """Every account in use that holds one of these roles, wherever, with all of its roles."""
    current = RoleAssignment.objects.filter(models.Q(until__isnull=True) | models.Q(until__gt=now), since__lte=now)
    held = current.filter(user__is_active=True, user__in=current.filter(role__in=roles).values("user"))
    grants: dict[int, set[Grant]] = {}
    users: dict[int, User] = {}
    for row in held.select_related("user").order_by("user_id"):
        users[row.user_id] = row.user
        grants.setdefault(row.user_id, set()).add(Grant(role=Role(row.role), agency=row.agency))
    return tuple(_account(user, frozenset(grants[pk])) for pk, user in users.items())


def username_taken(username: str, /) -> bool:
    """Whether a name is in use, by an open or a closed account, in whatever case."""
    return User.objects.filter(username__iexact=username).exists()


def unsaved_user(*, public_id: UUID, username: str, display_name: str, email: str) -> User:
    """A user that no table holds yet."""
    return User(
        public_id=public_id,
        username=User.normalize_username(username),
        display_name=display_name,
        email=User.objects.normalize_email(email),
    )


def save_new_user(user: User, /) -> None:
    """Add an account."""
    user.save(force_insert=True)


def save_password(user: User, /) -> None:
    """Keep another password."""
    user.save(update_fields=["password"])


def find_user(public_id: UUID, /) -> User | None:
    """The row of an account in use."""
    return User.objects.filter(public_id=public_id, is_active=True).first()


def users_with_address(address: str, /) -> tuple[User, ...]:
    """The accounts in use with an official address: one, none, or too many to say whose it is."""
    return tuple(User.objects.filter(email__iexact=address, is_active=True)[:2])


def lock_user(public_id: UUID, /) -> User | None:
    """The row of an account in use, held until the transaction ends."""
    return User.objects.select_for_update().filter(public_id=public_id, is_active=True).first()


def add_assignment(user: User, role: Role, /, *, agency: str, since: Instant) -> None:
    """Give a role."""
    RoleAssignment.objects.create(user=user, role=role.value, agency=agency, since=since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a role is held for a time, and for whom."""

    since: Instant
    until: Instant
    acting: Acting
    acting_for: User | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegated:
    """A delegation that has not ended: who holds what, and for whom."""

    person: UUID
    name: str
    role: Role
    acting: Acting
    acting_for: str
    since: Instant
    until: Instant


def end_everything(user: User, /, *, at: Instant) -> int:
    """End every role of a person, and every delegation in this person's name. Returns how many there were."""
    rows = RoleAssignment.objects.filter(models.Q(user=user) | models.Q(acting_for=user))
    rows = rows.filter(models.Q(until__isnull=True) | models.Q(until__gt=at))
    began = rows.filter(since__lte=at).update(until=at)
    return began + rows.filter(since__gt=at).update(until=models.F("since"))


def add_delegation(user: User, role: Role, terms: Terms, /, *, agency: str) -> None:
    """Give a role for a time."""
    RoleAssignment.objects.create(
        user=user,
        role=role.value,
        agency=agency,
        since=terms.since,
        until=terms.until,
        acting=terms.acting.value,
        acting_for=terms.acting_for,
    )


def grants_between(user: User, since: Instant, until: Instant | None, /) -> frozenset[Grant]:
    """The roles that a person holds at any moment of a period; None: for ever."""
    held = RoleAssignment.objects.filter(models.Q(until__isnull=True) | models.Q(until__gt=since), user=user)
    held = held if until is None else held.filter(since__lt=until)
    return frozenset(Grant(role=Role(row.role), agency=row.agency) for row in held)


def delegations_at(agency: str, /, *, now: Instant) -> tuple[Delegated, ...]:
    """The delegations at an agency that have not ended, those that end first."""
    rows = RoleAssignment.objects.filter(agency=agency, until__gt=now).exclude(acting="")
    return tuple(
        Delegated(
            person=row.user.public_id,
            name=row.user.display_name,
            role=Role(row.role),
            acting=Acting(row.acting),
            acting_for="" if row.acting_for is None else row.acting_for.display_name,
            since=instant(row.since),
            until=instant(row.until or now),
        )
        for row in rows.select_related("user", "acting_for").order_by("until", "pk")
    )


def end_assignment(user: User, role: Role, /, *, agency: str, until: Instant) -> bool:
    """End a role. False if it was not held."""
    held = RoleAssignment.objects.filter(models.Q(until__isnull=True) | models.Q(until__gt=until), user=user)
    held = held.filter(role=role.value, agency=agency)
    began = held.filter(since__lte=until).update(until=until)
    to_come = held.filter(since__gt=until).update(until=models.F("since"))  # it never will
    return began + to_come > 0


def hold_address(keys: AttemptKeys, /) -> None:
    """Let one attempt from an address wait for another, until the transaction ends.

    SQLite writes one at a time anyway (`transaction_mode` IMMEDIATE); PostgreSQL is asked to.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(keys.address[:15], 16)])


def attempts(keys: AttemptKeys, /, *, since: Instant) -> tuple[list[Instant], list[Instant], list[Instant]]:
    """The moments of recent attempts: by this name from this address, from this address, by this name."""
    rows = SignInAttempt.objects.filter(at__gt=since).filter(
        models.Q(name_key=keys.name) | models.Q(address_key=keys.address)
    )
    found = [(row.name_key == keys.name, row.address_key == keys.address, instant(row.at)) for row in rows]
    return (
        [at for name, address, at in found if name and address],
        [at for _, address, at in found if address],
        [at for name, _, at in found if name],
    )


def add_attempt(keys: AttemptKeys, /, *, at: Instant) -> None:
    """Count an attempt, and forget those of yesterday."""
    SignInAttempt.objects.filter(at__lt=at - _KEPT).delete()
    SignInAttempt.objects.create(name_key=keys.name, address_key=keys.address, at=at)


def forget_attempts_before(moment: Instant, /) -> int:
    """Attempts of long ago. Returns how many."""
    return SignInAttempt.objects.filter(at__lt=moment).delete()[0]


def forget_attempts(keys: AttemptKeys, /) -> None:
    """After the right password: the attempts of this name from this address no longer count."""
    SignInAttempt.objects.filter(name_key=keys.name, address_key=keys.address).delete()
