"""The rows of the verifier: whole documents, from bytes to a report, against pyHanko's validation of the same depth.

Ours is `verify_document`, as the command line and the pages call it: byte accounting, structure, form fields, changes
after signing, digests, CMS, chains with revocation, time-stamps, the report. pyHanko opens the file and validates every
signature with its chain, hard-fail revocation from the same lists, its time-stamp and its analysis of later revisions.
"""

import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Final

from absah.adapters.verification import verify_document
from absah.pki.algorithms import KeyAlgorithm
from absah.validation.conclusion import Indication
from absah.validation.process import ValidationContext
from absah.validation.trust import TrustAnchors
from bench import inputs
from bench.credentials import NOW, Credentials, credentials
from bench.ours import Absah
from bench.peers.process import PeerProcess
from bench.rounds import Here, in_turns, spread
from bench.rows import Bench, Figure, Judged, Row, Selected, Wanted, tell

_PER_CPU: Final = "documents/CPU-s"
_BT = Row(name="verify.bt.vs-pyhanko", unit=_PER_CPU, must=5, aim=15)
_TWENTY = Row(name="verify.20.vs-pyhanko", unit=_PER_CPU, must=10, aim=30)
_LINEAR = Row(name="verify.linear", unit="ms CPU", wanted=Wanted.LESS, must=2.3, aim=2.0)

_RSS = Row(name="verify.large.rss", unit="MB", wanted=Wanted.LESS, judged=Judged.VALUE, must=64, aim=24)
_WALL = Row(name="verify.large.wall", unit="s", wanted=Wanted.LESS, must=2, aim=1.3)

_SIZE: Final = 100_000
_PAGES: Final = 4
_DOCUMENTS: Final = 300


def _credentials() -> Credentials:
    return credentials(KeyAlgorithm.P256)


@cache
def _stamped() -> tuple[bytes, ...]:
    """One signature, B-T, 100 KB: so many documents that nobody keeps what was read of them."""
    ours, pages = Absah(_credentials()), inputs.many_pages(_PAGES, _SIZE)
    return tuple(ours.bt(pages) for _ in range(_DOCUMENTS))


@cache
def _signed(count: int) -> bytes:
    """So many signatures, each in a revision of its own."""
    ours, document = Absah(_credentials()), inputs.many_pages(_PAGES, _SIZE)
    for _ in range(count):
        document = ours.bb(document)
    return document


def _context() -> ValidationContext:
    known = _credentials()
    *between, root = known.signer.above
    return ValidationContext(
        anchors=TrustAnchors(name="bench", taken_at=NOW, certificates=(root,)),
        now=NOW,
        trial=True,
        crls=known.crls,
        certificates=tuple(between),
    )


def _ours(documents: tuple[bytes, ...], signatures: int) -> Callable[[], object]:
    context, turns = _context(), cycle(documents)

    def verify() -> object:
        report = verify_document(next(turns), context)
        # a bench that measures refusals measures nothing
        assert report.indication is Indication.TOTAL_PASSED, report.to_dict()  # noqa: S101
        assert len(report.signatures) == signatures  # noqa: S101
        return report

    return verify


def _peers(documents: tuple[bytes, ...], signatures: int) -> Callable[[], object]:
    from asn1crypto.crl import CertificateList  # noqa: PLC0415  (only where the peer is measured)
    from asn1crypto.x509 import Certificate  # noqa: PLC0415  (the same)
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415  (the same)
    from pyhanko.sign.validation import validate_pdf_signature  # noqa: PLC0415  (the same)
    from pyhanko.sign.validation.settings import KeyUsageConstraints  # noqa: PLC0415  (the same)
    from pyhanko_certvalidator import ValidationContext as PeerContext  # noqa: PLC0415  (the same)

    known = _credentials()
    *between, root = (Certificate.load(one) for one in known.signer.above)
    lists = [CertificateList.load(one) for one in known.crls]
    usage = KeyUsageConstraints(key_usage={"non_repudiation"})
    turns = cycle(documents)

    def verify() -> object:
        context = PeerContext(
            trust_roots=[root],
            other_certs=between,
            crls=lists,
            moment=NOW,
            allow_fetching=False,
            revocation_mode="hard-fail",
        )
        found = PdfFileReader(io.BytesIO(next(turns))).embedded_regular_signatures
        told = [validate_pdf_signature(one, context, key_usage_settings=usage) for one in found]
        assert len(told) == signatures  # noqa: S101
        assert all(one.bottom_line for one in told), [one.pretty_print_details() for one in told]  # noqa: S101
        return told

    return verify


def _one(_selected: Selected) -> Iterator[tuple[Row, Figure]]:
    documents = _stamped()
    mine, peer = in_turns(Here(_ours(documents, 1)), Here(_peers(documents, 1)))
    note = f"B-T, {len(documents[0]):,} bytes, {mine.cpu_milliseconds:.2f} ms; peer {peer.cpu_milliseconds:.1f} ms"
    yield (
        _BT,
        Figure(value=mine.per_cpu_second, peer=peer.per_cpu_second, n=mine.n, note=f"{note}; {spread(peer, mine)}"),
    )


def _many(_selected: Selected) -> Iterator[tuple[Row, Figure]]:
    twenty, forty = (_signed(20),), (_signed(40),)
    mine, peer = in_turns(Here(_ours(twenty, 20)), Here(_peers(twenty, 20)))
    note = f"20 B-B signatures, {mine.cpu_milliseconds:.1f} ms; peer {peer.cpu_milliseconds:.0f} ms with its analysis"
    yield (
        _TWENTY,
        Figure(value=mine.per_cpu_second, peer=peer.per_cpu_second, n=mine.n, note=f"{note}; {spread(peer, mine)}"),
    )
    more, less = in_turns(Here(_ours(forty, 40)), Here(_ours(twenty, 20)))
    note = f"40 signatures against 20; {spread(more, less)}"
    yield _LINEAR, Figure(value=more.cpu_milliseconds, peer=less.cpu_milliseconds, n=more.n, note=note)


def _large(selected: Selected) -> Iterator[tuple[Row, Figure]]:
    tell("verify.large: making and signing the 200 MB file")
    folder = inputs.FOLDER.resolve()
    source, signed = inputs.large_file().resolve(), folder / "large-verified.pdf"
    command = [sys.executable, "-m", "bench.large_verify", str(source), str(signed)]
    with ExitStack() as stack:
        stack.callback(signed.unlink, missing_ok=True)
        worker = PeerProcess.started(command, warm_up=0, folder=Path.cwd(), errors=folder / "peer.log")
        stack.callback(worker.close)
        if selected.has(_RSS.name):
            idle, peak = (int(kilobytes) for kilobytes in worker.asked("memory").split())
            note = f"B-LTA from the disk, first in a fresh process; idle {idle / 1024:.0f} MB; no peer"
            yield _RSS, Figure(value=(peak - idle) * 1024 / 1e6, n=1, note=note)
        if selected.has(_WALL.name):
            hashing = ["openssl", "dgst", "-sha256", str(signed)]
            peer = Here(lambda: subprocess.run(hashing, check=True, stdout=subprocess.DEVNULL))  # noqa: S603  (named here)
            mine, theirs = in_turns(worker, peer, seconds=0)
            note = f"200 MB, B-LTA; peer: openssl dgst -sha256 FILE; {spread(mine, theirs, wall=True)}"
            yield _WALL, Figure(value=mine.wall_seconds, peer=theirs.wall_seconds, n=mine.n, note=note)


BENCHES: Final = (Bench((_BT,), _one), Bench((_TWENTY, _LINEAR), _many), Bench((_RSS, _WALL), _large))
