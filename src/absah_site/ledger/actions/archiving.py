"""Archives: the entries of the log in one file, which anybody checks without us.

The first line is JSON: the signed head that the file goes with. Each further line is one entry, as it was written, in
the order of the log; canonical JSON has no line breaks.
"""

import json
from pathlib import Path

from django.db import transaction

from absah.adapters.files import unfinished_file
from absah.audit.entry import FactValue
from absah.audit.tags import LedgerTag
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import Actor
from absah_site.audit.access import rows_of
from absah_site.audit.actions import record
from absah_site.ledger.store import heads, leaves
from absah_site.roles import Permission

_CHUNK = 2_000


def write_archive(path: Path, /, *, by: Actor) -> int:
    """Write every entry under the newest head, whole or not at all. Returns how many; 0 when there is no head."""
    authorise(by, Permission.LEDGER_READ)
    newest = heads.newest_head()
    if newest is None:
        return 0
    signed = newest[1]
    size = signed.head.size
    header = {"format": "absah-archive", "issuer": composition.config().name, **signed.to_dict()}
    with unfinished_file(path) as file:
        file.write(json.dumps(header, ensure_ascii=False).encode() + b"\n")
        for begin in range(0, size, _CHUNK):
            entries = leaves.entries_between(begin, min(begin + _CHUNK, size))
            rows = rows_of(entries)
            file.writelines(rows[entry] + b"\n" for entry in entries)
    facts: dict[str, FactValue] = {"size": size, "root": signed.head.root.hex()}
    with transaction.atomic():
        now = composition.clock().now()
        subject = f"log:{signed.head.log}"
        record(at=now, tag=LedgerTag.PART_ARCHIVED, actor=by.reference, subject=subject, facts=facts)
    return size
