"""The registers of an agreement: which plain records it keeps, what each begins with, and what may be added to it.

A record is the value it began with and every entry added since, each checked by the rule of its own module. The table
here only says which value, which rule, who keeps it, and which duty falls due when it begins; so a page needs no code
of its own for any of them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, Final, TypeAlias

from absah.agreements.confidentiality import Consent
from absah.agreements.disputes import (
    Agreed,
    Dispute,
    Failed,
    MediationBegun,
    MediationFailed,
    Met,
    act_refusal,
    open_dispute,
    stepped,
)
from absah.agreements.duties import DutyCode
from absah.agreements.force_majeure import (
    ForceMajeure,
    Loss,
    OralNotice,
    Over,
    WrittenNotice,
    end_event,
    note_loss,
    tell_in_writing,
    tell_orally,
)
from absah.agreements.fulfilment import Asked, Occurred
from absah.agreements.graphs import StateGraph
from absah.agreements.model import AgreementModel
from absah.agreements.parties import Role
from absah.agreements.records.costs import CostNote, cost_totals
from absah.agreements.records.evaluations import IMPROVE, Evaluation, improvement_occasion
from absah.agreements.records.intellectual_property import Background, Foreground, check_asset
from absah.agreements.records.recommendations import FOLLOW, FollowUp, Recommendation, follow_up, follow_up_refusal
from absah.agreements.records.requests import (
    SPEAKERS,
    Receipt,
    Request,
    SpeakerRequest,
    check_request,
    check_speakers_owed,
    hand_over,
    hand_over_refusal,
)
from absah.agreements.records.systems import ElectronicSystem
from absah.kernel.errors import AbsahError, NotFound

Told: TypeAlias = tuple[DutyCode, Asked | Occurred]


class RegisterUnknown(NotFound):
    """There is no such register, or nothing of that name can be added to its records. Parameter: register."""

    code = "agreements.register-unknown"


def _nothing_speaks_against(_model: AgreementModel, _record: Any, /) -> AbsahError | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """What may be added to a record: by which act, which value, and the rule that takes it.

    `own` are the fields that are filled with the party that adds; `refusal` is why it cannot be added now, whatever it
    says.
    """

    act: str
    value: type[Any]
    add: Callable[[AgreementModel, Any, Any], Any]
    own: frozenset[str] = frozenset()
    refusal: Callable[[AgreementModel, Any], AbsahError | None] = _nothing_speaks_against


def _as_it_is(_model: AgreementModel, value: type[Any], data: Mapping[str, Any], /) -> Any:
    return value(**data)


def _tells_nothing(_model: AgreementModel, _record: Any, /) -> Told | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """One register. `title` and `day` are the fields that name and date a record; `own` are filled with who keeps it.

    `later` are fields that additions fill. `begin` makes the first value and refuses what the agreement does not let
    begin; `tells` is the duty that falls due with it; `totals` are sums in rupiah over all records; `graph`
    is what the `state` of a record moves in.
    """

    name: str
    value: type[Any]
    clause: str
    title: str
    day: str
    own: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()
    keepers: frozenset[Role] = frozenset(Role)
    begin: Callable[[AgreementModel, type[Any], Mapping[str, Any]], Any] = _as_it_is
    additions: tuple[Addition, ...] = ()
    tells: Callable[[AgreementModel, Any], Told | None] = _tells_nothing
    totals: Callable[[tuple[Any, ...]], Mapping[Role, int]] | None = None
    graph: Callable[[AgreementModel], StateGraph] | None = None

    def addition(self, act: str, /) -> Addition:
        """What is added by an act."""
        for each in self.additions:
            if each.act == act:
                return each
        raise RegisterUnknown(register=f"{self.name}/{act}"[:60])

    def record(self, model: AgreementModel, entries: Iterable[Any], /) -> Any:
        """A record from its entries, the first one first."""
        first, *rest = entries
        return reduce(lambda record, entry: self._added(model, record, entry), rest, first)

    def _added(self, model: AgreementModel, record: Any, entry: Any, /) -> Any:
        fitting = next(each for each in self.additions if isinstance(entry, each.value))
        return fitting.add(model, record, entry)


def _asset(model: AgreementModel, value: type[Any], data: Mapping[str, Any], /) -> Any:
    asset = value(**data)
    check_asset(asset, model.rules)
    return asset


def _request(model: AgreementModel, value: type[Any], data: Mapping[str, Any], /) -> Any:
    request = value(**data)
    check_request(request, model.rules)
    return request


def _speakers(model: AgreementModel, value: type[Any], data: Mapping[str, Any], /) -> Any:
    request: SpeakerRequest = value(**data)
    check_speakers_owed(model.rules, organiser=request.organiser)
    return request


def _dispute(model: AgreementModel, _value: type[Any], data: Mapping[str, Any], /) -> Any:
    return open_dispute(
        model,
        key=data["key"],
        subject=data["subject"],
        clause=data["clause"],
        on=data["opened_on"],
        by=data["opened_by"],
    )


def _evaluation_tells(model: AgreementModel, record: Evaluation, /) -> Told | None:
    occasion = improvement_occasion(record, model)
    return None if occasion is None else (IMPROVE, occasion)


def _struck(_model: AgreementModel, record: ForceMajeure, /) -> Told:
    return DutyCode("KH-3"), Occurred(key=record.key, at=record.occurred_at, by=record.party)


def _lost(record: ForceMajeure, loss: Loss, /) -> ForceMajeure:
    return note_loss(record, loss.description)


def _by(rule: Callable[[Any, Any], Any], /) -> Callable[[AgreementModel, Any, Any], Any]:
    """A rule that does not depend on the agreement."""
    return lambda _model, record, entry: rule(record, entry)


def _step(value: type[Any], /) -> Addition:
    return Addition(
        act=value.act,
        value=value,
        add=stepped,
        own=frozenset({"by"}),
        refusal=lambda model, record: act_refusal(model, record, value.act),
    )


def _whatever(rule: Callable[[Any], AbsahError | None], /) -> Callable[[AgreementModel, Any], AbsahError | None]:
    """A refusal that does not depend on the agreement."""
    return lambda _model, record: rule(record)


REGISTERS: Final[Mapping[str, Register]] = {
    each.name: each
    for each in (
        Register(
            name="system",
            value=ElectronicSystem,
            clause="K1-a",
            title="name",
            day="integrated_on",
            keepers=frozenset({Role.FIRST}),
        ),
        Register(
            name="request",
            value=Request,
            clause="K1-b",
            title="key",
            day="asked_on",
            own=frozenset({"by"}),
            later=frozenset({"receipt"}),
            begin=_request,
            additions=(
                Addition(act="hand-over", value=Receipt, add=_by(hand_over), refusal=_whatever(hand_over_refusal)),
            ),
            tells=lambda _model, record: (record.duty, record.occasion),
        ),
        Register(
            name="speaker-request",
            value=SpeakerRequest,
            clause="K2-b",
            title="topic",
            day="asked_on",
            keepers=frozenset({Role.FIRST}),
            begin=_speakers,
            tells=lambda _model, record: (SPEAKERS, record.occasion),
        ),
        Register(
            name="recommendation",
            value=Recommendation,
            clause="K1-f",
            title="number",
            day="given_on",
            later=frozenset({"follow_ups"}),
            keepers=frozenset({Role.SECOND}),
            additions=(
                Addition(act="follow-up", value=FollowUp, add=_by(follow_up), refusal=_whatever(follow_up_refusal)),
            ),
            tells=lambda _model, record: (FOLLOW, record.occasion),
        ),
        Register(name="evaluation", value=Evaluation, clause="EV-1", title="key", day="on", tells=_evaluation_tells),
        Register(name="cost", value=CostNote, clause="BI", title="activity", day="on", totals=cost_totals),
        Register(name="background", value=Background, clause="HKI-2", title="title", day="since", begin=_asset),
        Register(name="foreground", value=Foreground, clause="HKI-1", title="title", day="made_on", begin=_asset),
        Register(
            name="consent",
            value=Consent,
            clause="KR-2",
            title="subject",
            day="given_on",
            own=frozenset({"by"}),
            later=frozenset({"withdrawn_on"}),
        ),
        Register(
            name="force-majeure",
            value=ForceMajeure,
            clause="KH-3",
            title="key",
            day="occurred_at",
            own=frozenset({"party"}),
            later=frozenset({"oral", "written", "over_on", "losses"}),
            additions=(
                Addition(act="tell-orally", value=OralNotice, add=_by(tell_orally)),
                Addition(
                    act="tell-in-writing",
                    value=WrittenNotice,
                    add=_by(tell_in_writing),
                ),
                Addition(act="over", value=Over, add=_by(end_event)),
                Addition(act="note-loss", value=Loss, add=_by(_lost), own=frozenset({"borne_by"})),
            ),
            tells=_struck,
        ),
        Register(
            name="dispute",
            value=Dispute,
            clause="PS-1",
            title="key",
            day="opened_on",
            own=frozenset({"opened_by"}),
            later=frozenset({"state", "steps"}),
            graph=lambda model: model.dispute,
            begin=_dispute,
            additions=tuple(_step(value) for value in (Met, Agreed, Failed, MediationBegun, MediationFailed)),
        ),
    )
}


def register_named(name: str, /) -> Register:
    """A register. Raises RegisterUnknown."""
    if name not in REGISTERS:
        raise RegisterUnknown(register=name[:60])
    return REGISTERS[name]
