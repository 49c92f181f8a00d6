"""The rows of the signing engine."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from itertools import count
from pathlib import Path
from typing import Final

from absah.pki.algorithms import KeyAlgorithm
from bench import inputs
from bench.credentials import PASSWORD, credentials
from bench.judge import require_fit
from bench.ours import Absah, appearance
from bench.peers import installed, pyhanko_peer
from bench.peers.process import PeerProcess
from bench.rounds import Here, Side, Turn, in_turns, spread
from bench.rows import Bench, Figure, Judged, PeerMissing, Row, Selected, Wanted, tell

_RSA, _P256 = KeyAlgorithm.RSA2048, KeyAlgorithm.P256
_PER_CPU = "signatures/CPU-s"
_ATTRIBUTES: Final = 160
"""About as many bytes as signed attributes have: what the raw operation hashes and signs."""

_JAVA_WARM_UP: Final = 15.0
_NODE_WARM_UP: Final = 3.0
_LINK: Final = "https://verifikasi.absah.example/v/"

_RAW = Row(name="sign.bb.rsa2048", unit=_PER_CPU, must=0.4, aim=0.75)
_STOCK = Row(name="sign.bb.rsa2048.vs-pyhanko", unit=_PER_CPU, must=100, aim=200)
_KEPT = Row(name="sign.bb.rsa2048.vs-pyhanko-kept-key", unit=_PER_CPU, must=15, aim=30)
_PDFBOX = Row(name="sign.bb.rsa2048.vs-pdfbox", unit=_PER_CPU, must=6, aim=10)
_SIGNPDF = Row(name="sign.bb.rsa2048.vs-signpdf", unit=_PER_CPU)
_LIBPDF = Row(name="sign.bb.rsa2048.vs-libpdf", unit=_PER_CPU)
_PDFBOX_P256 = Row(name="sign.bb.p256.vs-pdfbox", unit=_PER_CPU, must=10, aim=20)
_BLTA = Row(name="sign.blta.rsa2048", unit="ms CPU", wanted=Wanted.LESS, must=2, aim=1.4)
_VISIBLE = Row(name="sign.visible", unit="ms CPU", wanted=Wanted.LESS, must=2, aim=1.3)
_QR = Row(name="sign.qr", unit="ms CPU", wanted=Wanted.LESS, judged=Judged.VALUE, must=1.5, aim=1)
_PAGES = Row(name="sign.prepare.pages", unit="ms CPU", wanted=Wanted.LESS, must=1.3, aim=1.1)
_RSS = Row(name="sign.large.rss", unit="MB", wanted=Wanted.LESS, judged=Judged.VALUE, must=32, aim=16)
_WALL = Row(name="sign.large.wall", unit="s", wanted=Wanted.LESS, must=1.5, aim=1.2)
_CORES = Row(name="sign.batch.cores", unit="documents/s", must=1.7, aim=1.9)

_DOCUMENTS: Final = 1000
_BATCH_ROUNDS: Final = 9

_Measured = Iterator[tuple[Row, Figure]]


@cache
def _absah(kind: KeyAlgorithm) -> Absah:
    ours = Absah(credentials(kind))
    document = inputs.one_page()
    for made in (ours.bb(document), ours.bt(document)):
        require_fit(made, document, ours.credentials.signer)
    return ours


def _signing(ours: Absah) -> Here:
    document = inputs.one_page()
    return Here(lambda: ours.bb(document))


def _raw_operation(ours: Absah) -> Here:
    data = bytes(_ATTRIBUTES)
    return Here(lambda: ours.raw(data))


def _against_the_key(_selected: Selected) -> _Measured:
    ours = _absah(_RSA)
    signing, raw = in_turns(_signing(ours), _raw_operation(ours))
    note = f"peer: the raw RSA-2048 operation of cryptography; {spread(raw, signing)}"
    yield _RAW, Figure(value=signing.per_cpu_second, peer=raw.per_cpu_second, n=signing.n, note=note)


def _in_process_peer(row: Row, of: Callable[..., Callable[[], bytes]], name: str) -> Bench:
    def measure(_selected: Selected) -> _Measured:
        ours, document = _absah(_RSA), inputs.one_page()
        sign = of(document, ours.credentials.signer)
        require_fit(sign(), document, ours.credentials.signer)
        yield _compared(row, _signing(ours), Here(sign), name)

    return Bench((row,), measure)


def _process_peer(row: Row, kind: KeyAlgorithm, start: Callable[[ExitStack, KeyAlgorithm], PeerProcess]) -> Bench:
    def measure(_selected: Selected) -> _Measured:
        ours, document = _absah(kind), inputs.one_page()
        with ExitStack() as stack:
            peer = start(stack, kind)
            require_fit(peer.saved(inputs.FOLDER.resolve() / "peer.pdf"), document, ours.credentials.signer)
            tell(f"{row.name}: warming {peer.name} up for {peer.warm_up:.0f} CPU-s")
            yield _compared(row, _signing(ours), peer, peer.name)

    return Bench((row,), measure)


def _compared(row: Row, ours: Side, peer: Side, name: str) -> tuple[Row, Figure]:
    mine, theirs = in_turns(ours, peer, seconds=0.5)
    note = f"peer: {name}; {spread(theirs, mine)}"
    return row, Figure(value=mine.per_cpu_second, peer=theirs.per_cpu_second, n=mine.n, note=note)


def _handed_over(kind: KeyAlgorithm) -> list[str]:
    """Document, key and password, as the processes take them."""
    folder = inputs.FOLDER.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    document, keys = folder / "one-page.pdf", folder / f"{kind.value}.p12"
    document.write_bytes(inputs.one_page())
    credentials(kind).write_pkcs12(keys)
    return [str(document), str(keys), PASSWORD]


def _pdfbox(stack: ExitStack, kind: KeyAlgorithm) -> PeerProcess:
    command = [*installed.java(), *_handed_over(kind)]
    return _started(stack, command, _JAVA_WARM_UP, Path.cwd())


def _node(system: str) -> Callable[[ExitStack, KeyAlgorithm], PeerProcess]:
    def start(stack: ExitStack, kind: KeyAlgorithm) -> PeerProcess:
        command, folder = installed.node()
        return _started(stack, [*command, system, *_handed_over(kind)], _NODE_WARM_UP, folder)

    return start


def _started(stack: ExitStack, command: list[str], warm_up: float, folder: Path) -> PeerProcess:
    errors = inputs.FOLDER.resolve() / "peer.log"
    peer = PeerProcess.started(command, warm_up=warm_up, folder=folder, errors=errors)
    stack.callback(peer.close)
    return peer


def _archive(_selected: Selected) -> _Measured:
    ours, document = _absah(_RSA), inputs.one_page()
    data = bytes(_ATTRIBUTES)

    def three_times() -> None:
        for _ in range(3):
            ours.raw(data)

    full, raw = in_turns(Here(lambda: ours.blta(document)), Here(three_times))
    note = f"peer: three raw RSA-2048 operations; {spread(full, raw)}"
    yield _BLTA, Figure(value=full.cpu_milliseconds, peer=raw.cpu_milliseconds, n=full.n, note=note)


def _pictures(_selected: Selected) -> _Measured:
    """A code that was drawn before, and one that nobody has seen: each time the whole signature, picture included."""
    ours, document = _absah(_RSA), inputs.one_page()
    numbers = count()

    def visible(link: str) -> bytes:
        return ours.bb(document, ours.visible(appearance(link)))

    known = f"{_LINK}{0:026d}"
    plain, cached, fresh, raw = in_turns(
        _signing(ours),
        Here(lambda: visible(known)),
        Here(lambda: visible(f"{_LINK}{next(numbers):026d}")),
        _raw_operation(ours),
    )
    note = f"peer: the same, invisible; {spread(cached, plain)}"
    yield _VISIBLE, Figure(value=cached.cpu_milliseconds, peer=plain.cpu_milliseconds, n=cached.n, note=note)
    added = fresh.cpu_milliseconds - cached.cpu_milliseconds
    speed = f"meanwhile the raw RSA-2048 operation took {raw.cpu_milliseconds:.3g} ms, on a quiet core 0.2 to 0.3"
    note = f"what a code not seen before adds to a visible signature; no peer; {speed}"
    yield _QR, Figure(value=added, n=fresh.n, note=note)


def _pages(_selected: Selected) -> _Measured:
    ours = _absah(_P256)
    thousand = inputs.many_pages(1000)
    ten = inputs.many_pages(10, len(thousand))
    many, few = in_turns(Here(lambda: ours.prepare(thousand)), Here(lambda: ours.prepare(ten)))
    note = f"1,000 pages against 10 in {len(thousand):,} bytes each; {spread(many, few)}"
    yield _PAGES, Figure(value=many.cpu_milliseconds, peer=few.cpu_milliseconds, n=many.n, note=note)


def _large(selected: Selected) -> _Measured:
    tell("sign.large: making the 200 MB file")
    path = inputs.large_file().resolve()
    output = inputs.FOLDER.resolve() / "large-signed.pdf"
    with ExitStack() as stack:
        stack.callback(output.unlink, missing_ok=True)
        child = [sys.executable, "-m", "bench.large", str(path), str(output)]
        worker = _started(stack, child, 0.0, Path.cwd())
        if selected.has(_RSS.name):
            idle, peak = (int(kilobytes) for kilobytes in worker.asked("memory").split())
            note = f"B-LTA, file to file, first in a fresh process; idle {idle / 1024:.0f} MB; no peer"
            yield _RSS, Figure(value=(peak - idle) * 1024 / 1e6, n=1, note=note)
        if selected.has(_WALL.name):
            yield _WALL, _wall(worker, path, output)


def _wall(worker: PeerProcess, path: Path, output: Path) -> Figure:
    @Here
    def copied() -> None:
        output.unlink(missing_ok=True)
        for command in (("openssl", "dgst", "-sha256", path), ("cp", path, output), ("sync", output)):
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  (named here)

    ours, theirs = in_turns(worker, copied, rounds=5, seconds=0)
    note = f"200 MB, RSA-2048, B-LTA; peer: openssl dgst -sha256, cp, sync FILE; {spread(ours, theirs, wall=True)}"
    return Figure(value=ours.wall_seconds, peer=theirs.wall_seconds, n=ours.n, note=note)


def _cores(_selected: Selected) -> _Measured:
    """The product's own batch, signer process and workers and all, confined to one core and to two.

    A round is one batch of each side, one right after the other. The middle round counts, both its figures: best turns
    may have come from different minutes, and machines have better ones and worse.
    """
    cores = len(os.sched_getaffinity(0))
    if cores < 2:
        raise PeerMissing("this machine has one core")
    folder = inputs.FOLDER.resolve() / "batch"
    shutil.rmtree(folder, ignore_errors=True)
    given = folder / "in"
    tell(f"{_CORES.name}: making {_DOCUMENTS:,} files")
    inputs.many_files(given, _DOCUMENTS)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        sides = []
        for jobs in (2, 1):
            data, signed = folder / f"data-{jobs}", folder / f"out-{jobs}"
            signed.mkdir()
            command = [sys.executable, "-m", "bench.batch", *map(str, (data, given, signed, jobs))]
            sides.append(_started(stack, command, 0.0, Path.cwd()))
        rounds = sorted(
            ([side.turn(_DOCUMENTS) for side in sides] for _ in range(_BATCH_ROUNDS)), key=lambda pair: _gain(*pair)
        )
    two, one = rounds[len(rounds) // 2]
    least, most = (_gain(*pair) for pair in (rounds[0], rounds[-1]))
    note = (
        f"{_DOCUMENTS:,} files of {len(inputs.one_page()):,} bytes to B-T, P-256, from begin to end with the signer"
        f" process; peer: confined to one core; the middle one of {_BATCH_ROUNDS} rounds, {least:.3g} to {most:.3g}"
    )
    yield _CORES, Figure(value=two.n / two.wall, peer=one.n / one.wall, n=_BATCH_ROUNDS * two.n, note=note)


def _gain(two: Turn, one: Turn) -> float:
    """How many times as fast the first is."""
    return one.wall / two.wall


#: In the order of the table.
BENCHES: Final = (
    Bench((_RAW,), _against_the_key),
    _in_process_peer(_STOCK, pyhanko_peer.stock, "pyHanko as documented"),
    _in_process_peer(_KEPT, pyhanko_peer.kept_key, "pyHanko with kept key and bytes_reserved"),
    _process_peer(_PDFBOX, _RSA, _pdfbox),
    _process_peer(_SIGNPDF, _RSA, _node("signpdf")),
    _process_peer(_LIBPDF, _RSA, _node("libpdf")),
    _process_peer(_PDFBOX_P256, _P256, _pdfbox),
    Bench((_BLTA,), _archive),
    Bench((_VISIBLE, _QR), _pictures),
    Bench((_PAGES,), _pages),
    Bench((_RSS, _WALL), _large),
    Bench((_CORES,), _cores),
)
