"""Fuzzes the PDF reader and the engine above it with atheris (libFuzzer), in a process of its own.

The seeds are small documents of every shape: tables and streams, object streams, linearised, signed, with forms. What
is found goes into `crashes/`, to become a test.
"""

import importlib.util
import io
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pikepdf
from tests.fakes.documents import agreement, page_with

from absah.adapters.pyhanko_engine import PyHankoEngine
from absah.kernel.clock import SystemClock
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.ports import InvisibleWidget, SignatureField

_SLOWEST_SECONDS = 10
_MOST_MEGABYTES = 2048
_STAT = re.compile(r"stat::(\w+):\s+(\d+)")
_PULSE = re.compile(r"#(\d+)\s+\w+\s+cov: (\d+) ft: (\d+) corp: (\d+)/")
_TOKENS = (
    "/Type", "/Catalog", "/Pages", "/Page", "/Kids", "/Count", "/Parent", "/AcroForm", "/Fields", "/Annots", "/FT/Sig",
    "/Prev", "/XRefStm", "/XRef", "/ObjStm", "/First", "/Index", "/W", "/Size", "/Root", "/Filter/FlateDecode",
    "/DecodeParms<</Predictor 12/Columns 4>>", "/Perms", "/DocMDP", "/SigFieldLock", "/StructTreeRoot", "/ParentTree",
    "/Extensions", "/DSS", " 0 R", " 0 obj", "endobj", "stream", "endstream", "xref", "trailer", "startxref", "%%EOF",
    "<<", ">>", "[", "]", "null", "4294967296", "-1", "99999999999999999999",
)  # fmt: skip


def fuzz_reader(folder: Path, /, *, seconds: int) -> dict[str, Any]:
    """Fuzz the reader and the engine for so long. Holds when no input made anything but a coded refusal."""
    return fuzz("soak.reader_target", seeds(), folder, seconds=seconds)


def fuzz(
    target: str, begun_with: dict[str, bytes], folder: Path, /, *, seconds: int, most: int = 16384
) -> dict[str, Any]:
    """Drive a target for so long. Holds when it neither failed nor took too long or too much over any input."""
    if importlib.util.find_spec("atheris") is None:
        return {"held": False, "complaints": ["atheris is not installed: requirements/soak.txt"]}
    name = target.rpartition(".")[2]
    corpus, crashes = folder / name / "corpus", folder / name / "crashes"
    for made in (corpus, crashes):
        made.mkdir(parents=True, exist_ok=True)
    for seed_name, seed in begun_with.items():
        (corpus / f"seed-{seed_name}").write_bytes(seed)
    dictionary = folder / "tokens"
    dictionary.write_text("".join(f'"{token}"\n' for token in _TOKENS))
    known = set(crashes.iterdir())
    began = time.perf_counter()
    ran = subprocess.run(
        [
            sys.executable, "-m", target, str(corpus), f"-max_total_time={seconds}", f"-max_len={most}",
            f"-timeout={_SLOWEST_SECONDS}", f"-rss_limit_mb={_MOST_MEGABYTES}", f"-dict={dictionary}",
            f"-artifact_prefix={crashes}/", "-print_final_stats=1", "-verbosity=1",
        ],
        env=os.environ | {"PYTHONUNBUFFERED": "1"}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        check=False,
    )  # fmt: skip
    (folder / name / "fuzz.log").write_text(ran.stderr)
    found = sorted(path.name for path in set(crashes.iterdir()) - known)
    stats = {key: int(value) for key, value in _STAT.findall(ran.stderr)}
    pulses = _PULSE.findall(ran.stderr)
    return {
        "held": ran.returncode == 0 and not found,
        "executions": stats.get("number_of_executed_units", 0),
        "peak_rss_mb": stats.get("peak_rss_mb", 0),
        "slowest_unit_seconds": stats.get("slowest_unit_time_sec", 0),
        "coverage": int(pulses[-1][1]) if pulses else 0,
        "features": int(pulses[-1][2]) if pulses else 0,
        "corpus": int(pulses[-1][3]) if pulses else 0,
        "seconds": round(time.perf_counter() - began, 1),
        "crashes": found,
        "complaints": [] if ran.returncode == 0 else ran.stderr.splitlines()[-30:],
    }


def seeds() -> dict[str, bytes]:
    """Small documents of the shapes that the reader knows."""
    plain = page_with("BT /F1 12 Tf 72 200 Td (benih) Tj ET", pages=2)
    wish = SignatureField(widget=InvisibleWidget(), at=SystemClock().now(), digest=DigestAlgorithm.SHA256, reserve=128)
    streams = _saved(plain, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return {
        "table": _saved(plain, object_stream_mode=pikepdf.ObjectStreamMode.disable),
        "streams": streams,
        "linear": _saved(plain, linearize=True),
        "signed-table": PyHankoEngine().prepare(plain, wish).document,
        "signed-streams": PyHankoEngine().prepare(streams, wish).document,
        "typeset": agreement(None)[:_LARGEST_SEED],
        "rotated": page_with("", rotate=90, crop=(10, 10, 90, 90)),
    }


_LARGEST_SEED = 1 << 16


def _saved(document: bytes, **how: Any) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(document)) as pdf:
        pdf.save(out, **how)
    return out.getvalue()
