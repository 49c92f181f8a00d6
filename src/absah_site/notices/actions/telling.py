"""Telling: the row is written with the fact, or not at all."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from absah.audit.tags import NoticeTag
from absah.kernel.clock import Instant
from absah.kernel.errors import Parameter
from absah.kernel.rng import opaque_id
from absah.notices.content import Content
from absah.notices.kinds import Kind, MailRule, kind_named, kinds
from absah.notices.schedule import gathered_until
from absah_site import composition
from absah_site.actors import Account
from absah_site.audit.actions import record
from absah_site.notices import store
from absah_site.notices.store import PersonalWishes


def notify(  # noqa: PLR0913  (one call says all there is to a notice; most leave the last ones out)
    kind: str,
    /,
    *,
    to: str,
    at: Instant,
    parameters: Mapping[str, Parameter] | None = None,
    link: str = "",
    occasion: str = "",
    enclosure: str = "",
) -> bool:
    """Tell one person one thing: on the page of notices, and by mail unless this person does without.

    `to` is a reference that `absah_site.directory` knows (`user:<public id>`). `link` is a path of this site and leads
    to a page; nothing happens by opening it. Parameters that differ between languages are a `Phrase`
    (`absah.kernel.dates.moment_word`). An `occasion` (`certificate:<serial>:30`) is told once; False: it was
    told before. An `enclosure` is a reference of which `absah_site.enclosures` makes files when the mail leaves.
    Outside a transaction this is a programming error, as are parameters that the kind does not name. Raises
    NoticeKindUnknown, NoticeNotFit.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("a notice is written in the transaction of the fact it tells")
    content = Content.of(kind_named(kind), parameters or {}, link, enclosure=enclosure)
    if occasion and store.was_told(to, kind, occasion):
        return False
    identifier = opaque_id(composition.rng())
    store.add(identifier, content, recipient=to, occasion=occasion, at=at, vault=composition.personal_data())
    if content.kind.mail is MailRule.ALWAYS or kind not in store.wishes(to).without:
        store.add_delivery(identifier, due=_due(content.kind, to, at))
    return True


def _due(kind: Kind, to: str, at: Instant) -> Instant:
    """Now; of a kind that comes by the hundred, with the others of the next hours."""
    if not kind.gathered:
        return at
    last, waiting = store.last_mailed(to, kind.name)
    return gathered_until(last, waiting, now=at)


@transaction.atomic
def keep_wishes(wished: PersonalWishes, /, *, by: Account, at: Instant) -> None:
    """Remember the language of a person's mails and the kinds this person does without. Some cannot be done without."""
    free = {kind.name for kind in kinds().values() if kind.mail is MailRule.CHOSEN}
    kept = PersonalWishes(language=wished.language, without=wished.without & free)
    store.keep_wishes(by.reference, kept)
    facts = {"language": kept.language.value, "without": tuple(sorted(kept.without))}
    record(at=at, tag=NoticeTag.WISHES_CHANGED, actor=by.reference, subject=by.reference, facts=facts)


def mark_read(identifier: UUID, /, *, by: Account, at: Instant) -> None:
    """A person has opened a notice. Only this person cares: no row in the ledger."""
    store.mark_read(by.reference, (identifier,), at=at)


def settle(kinds_told: Iterable[str], /, *, to: str, occasion: str, at: Instant) -> None:
    """What was told of an occasion needs nobody any more: it counts as read, and a mail that waits does not leave."""
    store.settle(to, kinds_told, occasion, at=at)


def mark_all_read(*, by: Account, at: Instant) -> int:
    """A person has seen enough. Returns how many there were."""
    return store.mark_read(by.reference, None, at=at)
