"""Applications are registered, changed, given new passwords, switched off and on, by those who look after them.

A password is drawn here, shown once and kept as its digest. With a new one the old lasts for some days more, so that a
program can be changed without a gap; whoever lost one lets it end at once.
"""

import base64
import re
from dataclasses import dataclass, field, replace
from ipaddress import ip_network
from typing import Final
from uuid import UUID

from django.db import transaction

from absah.audit.entry import FactValue
from absah.audit.tags import ApplicationTag
from absah.esign.asks import USUAL_READING, Reading
from absah.kernel.errors import BadInput, WrongState
from absah.kernel.rng import opaque_id
from absah.signing.levels import Level
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import About, Actor
from absah_site.applications import access
from absah_site.applications.access import NO_FAULTS, ApplicationUnknown, Faults, Reach, RegisteredApplication, Scope
from absah_site.applications.store import applications as store
from absah_site.audit.actions import record
from absah_site.enrolment.access import agency as known_agency
from absah_site.roles import Permission
from absah_site.rotation import Overlap

_PASSWORD_BYTES: Final = 25
_MOST_ADDRESSES: Final = 50
_USERNAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9._-]{1,62})[a-z0-9]")


class UsernameUnusable(BadInput):
    """A name of an application is 3 to 64 small letters, digits, dots, hyphens. Parameter: username."""

    code = "applications.username-unusable"


class UsernameTaken(WrongState):
    """Another application has this name."""

    code = "applications.username-taken"


class AddressMalformed(BadInput):
    """Neither an address nor a network. Parameter: address."""

    code = "applications.address-malformed"


class FaultsOnlyInTrials(WrongState):
    """Faults are pretended where certificates are for trial, nowhere else."""

    code = "applications.faults-only-in-trials"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewApplication:
    """What is said of an application when it is registered."""

    agency: UUID
    unit: str
    owner: str
    name: str
    purpose: str
    username: str
    scopes: frozenset[Scope]
    addresses: tuple[str, ...] = ()
    reach: Reach = Reach.AGENCY
    both_factors: bool = False
    reading: Reading = USUAL_READING
    level: Level = Level.B_T
    daily_quota: int = 10_000
    faults: Faults = NO_FAULTS
    needs_certificate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnPassword:
    """A new password, to be shown once."""

    application: RegisteredApplication
    password: str = field(repr=False)


def register_application(new: NewApplication, /, *, by: Actor) -> DrawnPassword:
    """Enter an application with its first password. Raises UsernameUnusable, UsernameTaken, AddressMalformed."""
    known_agency(new.agency)
    if not _USERNAME.fullmatch(new.username):
        raise UsernameUnusable(username=new.username[:64])
    now = composition.clock().now()
    made = RegisteredApplication(
        id=opaque_id(composition.rng()),
        agency=str(new.agency),
        unit=new.unit,
        owner=new.owner,
        name=new.name,
        purpose=new.purpose,
        username=new.username,
        scopes=new.scopes,
        addresses=new.addresses,
        reach=new.reach,
        enabled=True,
        both_factors=new.both_factors,
        reading=new.reading,
        level=new.level,
        daily_quota=new.daily_quota,
        registered_by=by.reference,
        registered_at=now,
        faults=new.faults,
        needs_certificate=new.needs_certificate,
    )
    _check(made, by=by)
    with transaction.atomic():
        if store.username_taken(new.username):
            raise UsernameTaken
        store.add(made)
        password = _draw(made.id, by=by)
        _record(ApplicationTag.APPLICATION_REGISTERED, made, by=by)
    return DrawnPassword(application=made, password=password)


def _check(application: RegisteredApplication, *, by: Actor) -> None:
    """Who may, and whether what is said can be."""
    authorise(by, Permission.APPLICATION_MANAGE, About(agency=application.agency))
    if application.reach is Reach.EVERYBODY:
        # PP 71/2019 Ps 59: whose key signs is the certification body's business, not one agency's.
        authorise(by, Permission.APPLICATION_OPEN)
    if application.faults.any and not composition.config().trial:
        raise FaultsOnlyInTrials
    if len(application.addresses) > _MOST_ADDRESSES:
        raise AddressMalformed(address=f"{len(application.addresses)} > {_MOST_ADDRESSES}")
    for address in application.addresses:
        try:
            ip_network(address, strict=False)
        except ValueError:
            raise AddressMalformed(address=address[:60]) from None


def change_application(changed: RegisteredApplication, /, *, by: Actor) -> None:
    """Write what may change of an application; what it is, whose it is and its name stay."""
    with transaction.atomic():
        before = store.lock(changed.id)
        if before is None or before.agency != changed.agency:
            raise ApplicationUnknown
        # Opened to every agency by the authority, an application is still looked after by its own people.
        _check(replace(changed, reach=Reach.AGENCY) if changed.reach is before.reach else changed, by=by)
        store.save(replace(changed, enabled=before.enabled))
        _record(ApplicationTag.APPLICATION_CHANGED, changed, by=by)
    access.forget_applications()


def switch_application(identifier: UUID, /, *, on: bool, by: Actor) -> None:
    """Let it in, or nobody who has its password."""
    with transaction.atomic():
        found = locked_application(identifier, by=by)
        store.save(replace(found, enabled=on))
        tag = ApplicationTag.APPLICATION_ENABLED if on else ApplicationTag.APPLICATION_DISABLED
        _record(tag, found, by=by)
    access.forget_applications()


def draw_password(identifier: UUID, /, *, overlap: Overlap, by: Actor) -> DrawnPassword:
    """A new password; those before it last for `overlap` more."""
    now = composition.clock().now()
    with transaction.atomic():
        found = locked_application(identifier, by=by)
        store.end_passwords(found.id, at=overlap.end(now))
        password = _draw(found.id, by=by)
        _record(ApplicationTag.PASSWORD_DRAWN, found, by=by)
    access.forget_applications()
    return DrawnPassword(application=found, password=password)


def locked_application(identifier: UUID, /, *, by: Actor) -> RegisteredApplication:
    """An application that the actor looks after, held until the transaction ends. Raises ApplicationUnknown."""
    access.application_for(by, identifier)
    found = store.lock(identifier)
    if found is None:
        raise ApplicationUnknown
    authorise(by, Permission.APPLICATION_MANAGE, About(agency=found.agency))
    return found


def _draw(application: UUID, *, by: Actor) -> str:
    password = base64.b32encode(composition.rng().token(_PASSWORD_BYTES)).decode().lower()
    store.add_password(application, access.password_digest(password), by=by.reference, at=composition.clock().now())
    return password


def _record(tag: ApplicationTag, application: RegisteredApplication, *, by: Actor) -> None:
    facts: dict[str, FactValue] = {
        "agency": application.agency,
        "scopes": tuple(sorted(application.scopes)),
        "reach": application.reach.value,
        "both_factors": application.both_factors,
        "needs_certificate": application.needs_certificate,
        "quota": application.daily_quota,
        "faults": application.faults.any,
    }
    record(at=composition.clock().now(), tag=tag, actor=by.reference, subject=application.reference, facts=facts)
