"""Requests of data subjects and breaches: rows to values and back."""

import json
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from absah.adapters.personal_data import PersonalDataVault, Place
from absah.kernel.clock import Instant, instant
from absah.privacy.breach import Breach as BreachValue
from absah.privacy.requests import Answer, Ground, Refused, Wish
from absah_site.privacy.models import Breach, DataRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRequest:
    """A request as it stands. `answer` is None while it is open; words are empty once they were erased."""

    id: UUID
    person: UUID
    agency: str
    wish: Wish
    words: str
    received_at: Instant
    due_at: Instant
    state: str
    ground: Ground | None
    answer: str
    answered_by: UUID | None
    answered_at: Instant | None

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.state == "open"

    @property
    def reference(self) -> str:
        """How the ledger names it."""
        return f"data-request:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBreach:
    """A failure as it stands."""

    id: UUID
    agency: str
    breach: BreachValue
    recorded_by: UUID
    recorded_at: Instant
    people_told_at: Instant | None
    people: int
    authority_told_at: Instant | None
    authority_reference: str

    @property
    def reference(self) -> str:
        """How the ledger names it."""
        return f"breach:{self.id}"

    @property
    def is_done(self) -> bool:
        """Whether people and authority were told."""
        return self.people_told_at is not None and self.authority_told_at is not None


def _moment(value: object) -> Instant | None:
    return None if value is None else instant(value)  # type: ignore[arg-type]  # (a DateTimeField)


def _place(table: str, identifier: UUID, field: str) -> Place:
    return Place(table=table, row=str(identifier), field=field)


def _open(sealed: bytes | memoryview, place: Place, vault: PersonalDataVault) -> str:
    return vault.open(bytes(sealed), place) if sealed else ""


def _request(row: DataRequest, vault: PersonalDataVault) -> KeptRequest:
    return KeptRequest(
        id=row.pk,
        person=row.person_id,
        agency=row.agency,
        wish=Wish(row.wish),
        words=_open(row.words, _place("privacy_datarequest", row.pk, "words"), vault),
        received_at=instant(row.received_at),
        due_at=instant(row.due_at),
        state=row.state,
        ground=Ground(row.ground) if row.ground else None,
        answer=_open(row.answer, _place("privacy_datarequest", row.pk, "answer"), vault),
        answered_by=row.answered_by_id,
        answered_at=_moment(row.answered_at),
    )


def has_open(person: UUID, wish: Wish, /) -> bool:
    """Whether the same is asked already."""
    return DataRequest.objects.filter(person__public_id=person, wish=wish.value, state="open").exists()


def add_request(  # noqa: PLR0913  (the columns of a row)
    identifier: UUID,
    /,
    *,
    person: UUID,
    agency: str,
    wish: Wish,
    words: str,
    at: Instant,
    due: Instant,
    vault: PersonalDataVault,
) -> None:
    """Keep a request."""
    DataRequest.objects.create(
        id=identifier,
        person_id=person,
        agency=agency,
        wish=wish.value,
        words=vault.seal(words, _place("privacy_datarequest", identifier, "words")),
        received_at=at,
        due_at=due,
    )


def lock_request(identifier: UUID, /, *, vault: PersonalDataVault) -> KeptRequest | None:
    """A request, held until the transaction ends."""
    row = DataRequest.objects.select_for_update().filter(pk=identifier).first()
    return None if row is None else _request(row, vault)


def find_request(identifier: UUID, /, *, vault: PersonalDataVault) -> KeptRequest | None:
    """A request."""
    row = DataRequest.objects.filter(pk=identifier).first()
    return None if row is None else _request(row, vault)


def keep_answer(identifier: UUID, answer: Answer, /, *, by: UUID, at: Instant, vault: PersonalDataVault) -> None:
    """The answer."""
    refused = isinstance(answer, Refused)
    DataRequest.objects.filter(pk=identifier).update(
        state="refused" if refused else "granted",
        ground=answer.ground.value if isinstance(answer, Refused) else "",
        answer=vault.seal(answer.words, _place("privacy_datarequest", identifier, "answer")),
        answered_by=by,
        answered_at=at,
    )


def requests_of(person: UUID, /, *, vault: PersonalDataVault) -> tuple[KeptRequest, ...]:
    """What a person asked, newest first."""
    rows = DataRequest.objects.filter(person__public_id=person).order_by("-received_at")
    return tuple(_request(row, vault) for row in rows[:100])


def requests_at(agencies: frozenset[str] | None, /, *, vault: PersonalDataVault) -> tuple[KeptRequest, ...]:
    """What was asked at these agencies (None: everywhere): the open ones by their clock, then the newest answers."""
    rows = DataRequest.objects.all() if agencies is None else DataRequest.objects.filter(agency__in=agencies)
    waiting = list(rows.filter(state="open").order_by("due_at")[:200])
    answered = list(rows.exclude(state="open").order_by("-answered_at")[:50])
    return tuple(_request(row, vault) for row in [*waiting, *answered])


def stopped_before(moment: Instant, /) -> tuple[UUID, ...]:
    """The accounts of people whose wish to stop was granted before a moment."""
    rows = DataRequest.objects.filter(wish=Wish.STOP.value, state="granted", answered_at__lt=moment)
    return tuple(rows.values_list("person__public_id", flat=True))


def erase_requests_before(moment: Instant, /) -> int:
    """Forget the words of requests that were answered before. That they were made stays."""
    old = DataRequest.objects.filter(~Q(state="open"), answered_at__lt=moment).exclude(words=b"")
    return old.update(words=b"", answer=b"")


def _breach(row: Breach, vault: PersonalDataVault) -> KeptBreach:
    written = json.loads(vault.open(bytes(row.content), _place("privacy_breach", row.pk, "content")))
    return KeptBreach(
        id=row.pk,
        agency=row.agency,
        breach=BreachValue(
            noticed_at=instant(row.noticed_at),
            data=tuple(written["data"]),
            how=written["how"],
            handling=written["handling"],
        ),
        recorded_by=row.recorded_by_id,
        recorded_at=instant(row.recorded_at),
        people_told_at=_moment(row.people_told_at),
        people=row.people,
        authority_told_at=_moment(row.authority_told_at),
        authority_reference=row.authority_reference,
    )


def add_breach(
    identifier: UUID, breach: BreachValue, /, *, agency: str, by: UUID, at: Instant, vault: PersonalDataVault
) -> None:
    """Keep a failure."""
    written = json.dumps({"data": breach.data, "how": breach.how, "handling": breach.handling}, ensure_ascii=False)
    Breach.objects.create(
        id=identifier,
        agency=agency,
        noticed_at=breach.noticed_at,
        due_at=breach.due_at,
        content=vault.seal(written, _place("privacy_breach", identifier, "content")),
        recorded_by_id=by,
        recorded_at=at,
    )


def lock_breach(identifier: UUID, /, *, vault: PersonalDataVault) -> KeptBreach | None:
    """A failure, held until the transaction ends."""
    row = Breach.objects.select_for_update().filter(pk=identifier).first()
    return None if row is None else _breach(row, vault)


def breaches_at(agencies: frozenset[str] | None, /, *, vault: PersonalDataVault) -> tuple[KeptBreach, ...]:
    """Failures at these agencies (None: everywhere), newest first."""
    rows = Breach.objects.all() if agencies is None else Breach.objects.filter(agency__in=agencies)
    return tuple(_breach(row, vault) for row in rows.order_by("-noticed_at")[:50])


def people_are_told(identifier: UUID, number: int, /, *, at: Instant) -> None:
    """So many people were told."""
    Breach.objects.filter(pk=identifier).update(people_told_at=at, people=number)


def authority_is_told(identifier: UUID, reference: str, /, *, at: Instant) -> None:
    """The authority was told, under this number of a letter."""
    Breach.objects.filter(pk=identifier).update(authority_told_at=at, authority_reference=reference)
