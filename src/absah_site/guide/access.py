"""Reading the first steps: which one is next for this person. Only a demonstration has any."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from absah.adapters.sealing import wiped_after
from absah.adapters.totp import STEP_SECONDS, code_at, read_base32
from absah.kernel.clock import Instant
from absah.kernel.errors import NotFound
from absah_site import composition
from absah_site.actors import Account
from absah_site.config import Role as InstanceRole
from absah_site.dossiers.access import lists
from absah_site.guide import adapter, store
from absah_site.roles import Role

_SPOILT_AT = 60
"""So many bytes into a stream of the document its bit is changed: past the keyword, inside what is drawn."""


class NoDemonstration(NotFound):
    """This instance is no demonstration: it shows no first steps, and forges nothing."""

    code = "guide.no-demonstration"


class Step(StrEnum):
    """A step of a signer's first minutes, in order."""

    ENTER = "enter"
    SIGN = "sign"
    CHECK = "check"
    FORGE = "forge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """How far somebody came. `now` is None at the end; `document` is the one to sign, later the one that was signed."""

    done: frozenset[Step]
    now: Step | None
    document: UUID | None
    put_away: bool

    @property
    def steps(self) -> tuple[tuple[Step, bool], ...]:
        """Every step, and whether it is done."""
        return tuple((step, step in self.done) for step in Step)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What a fictional signer types. `seconds` is how long the code is shown by an app before the next."""

    passphrase: str = field(repr=False)
    code: str = field(repr=False)
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoUser:
    """Somebody as whom the demonstration can be tried."""

    role: Role
    username: str


def is_demonstration() -> bool:
    """Whether this instance was made for trying out, with fictional people alone."""
    return composition.config().role is InstanceRole.DEMO


def check_demonstration() -> None:
    """Raises NoDemonstration."""
    if not is_demonstration():
        raise NoDemonstration


def guide_for(actor: Account, /) -> Guide | None:
    """The first steps of a signer; None for everybody else, and outside a demonstration."""
    if not is_demonstration() or Role.SIGNER not in actor.roles:
        return None
    walked, signed = store.of(actor.public_id), lists.newest_signed_by(actor)
    done = {Step.ENTER}
    done |= {Step.SIGN} if signed is not None else set()
    done |= {Step.CHECK} if walked.checked else set()
    done |= {Step.FORGE} if walked.forged else set()
    return Guide(
        done=frozenset(done),
        now=next((step for step in Step if step not in done), None),
        document=signed or lists.next_for(actor),
        put_away=walked.put_away,
    )


def keys_of(actor: Account, /, *, now: Instant) -> Keys | None:
    """What this fictional person types to open the own key; None for who has none, and outside a demonstration."""
    found = adapter.signer_in(composition.config().data, actor.username) if is_demonstration() else None
    if found is None:
        return None
    with wiped_after(read_base32(found.totp_secret)) as secret:
        code = code_at(secret, now)
    left = timedelta(seconds=STEP_SECONDS - int(now.timestamp()) % STEP_SECONDS)
    return Keys(passphrase=found.passphrase, code=code, seconds=int(left.total_seconds()))


def people() -> tuple[DemoUser, ...]:
    """Whom the demonstration can be tried as; nobody outside one."""
    if not is_demonstration():
        return ()
    found = adapter.users_in(composition.config().data)
    return tuple(DemoUser(role=Role(role), username=username) for role, username in found if role in set(Role))


def beginner() -> DemoUser | None:
    """Whom to begin as: the first signer, for whom documents wait."""
    return next((one for one in people() if one.role is Role.SIGNER), None)


def forged(document: bytes, /) -> bytes:
    """A copy with one bit changed in its first stream: the least that a forger would do."""
    spoilt = bytearray(document)
    spoilt[min(max(document.find(b"stream"), 0) + _SPOILT_AT, len(spoilt) - 1)] ^= 1
    return bytes(spoilt)
