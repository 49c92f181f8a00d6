"""What a case of force majeure keeps in the agreement's own record of the event: the notices, its end, the losses."""

from datetime import date

from absah.agreements.force_majeure import Cause
from absah.agreements.registers import REGISTERS
from absah.cases.case import Case
from absah.cases.fields import read_moment, read_rows
from absah.kernel.clock import Instant
from absah_site.actors import Actor
from absah_site.agreements import access as agreements
from absah_site.agreements.actions.records import add_to_record, begin_record
from absah_site.cases.access import OpenedCase
from absah_site.cases.access.letters import number_of

_REGISTER = "force-majeure"


def begin(opened: OpenedCase, case: Case, now: Instant, by: Actor) -> None:
    """Begin the record of the event. It bears the number of the case."""
    data = {"key": case.number, "cause": Cause(case.values["cause"]), "occurred_at": case.began}
    begin_record(opened.found.id, _REGISTER, data, now=now, by=by)


def tell_orally(opened: OpenedCase, case: Case, now: Instant, by: Actor) -> None:
    """Note who told whom, when. Raises NoticeBeforeEvent."""
    values = case.values
    channel = case.kind.fields["told-by"].choice(values["told-by"])
    data = {
        "at": read_moment(values["told-at"]),
        "teller": values["teller"],
        "hearer": values["hearer"],
        "channel": values["told-by"] if channel is None else channel.text,
    }
    _add(opened, case, "tell-orally", data, now=now, by=by)


def tell_in_writing(opened: OpenedCase, case: Case, now: Instant, by: Actor) -> None:
    """Note the letter that was sent."""
    values = case.values
    data = {
        "on": opened.found.today,
        "letter": number_of(opened, "write").number,
        "official_statement": values["official-statement"],
        "outlook": values["outlook"],
    }
    _add(opened, case, "tell-in-writing", data, now=now, by=by)


def end(opened: OpenedCase, case: Case, now: Instant, by: Actor) -> None:
    """Note when it was over, and what the party lost."""
    values = case.values
    _add(opened, case, "over", {"on": date.fromisoformat(values["over-on"])}, now=now, by=by)
    for (loss,) in read_rows(values.get("losses", "")):
        _add(opened, case, "note-loss", {"description": loss, "borne_by": case.bearer}, now=now, by=by)


def _add(opened: OpenedCase, case: Case, act: str, data: dict[str, object], *, now: Instant, by: Actor) -> None:
    # The record may have been begun a moment ago: it is read anew.
    found = agreements.agreement_for(by, opened.found.id, now=now)
    kept = next(each for each in agreements.records(found, REGISTERS[_REGISTER]) if each.value.key == case.number)
    add_to_record(found.id, _REGISTER, kept.number, act, data, now=now, by=by)
