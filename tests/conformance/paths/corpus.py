"""Where the published path suites lie, and how their cases are read.

`ABSAH_CORPORA` names a folder with `pkits/` and `x509-limbo/`. Unset, the tests skip; set, whatever is missing fails.
"""

import base64
import json
import lzma
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

Case = dict[str, Any]


def folder(name: str, /) -> Path:
    root = os.environ.get("ABSAH_CORPORA")
    if root is None:
        pytest.skip(f"ABSAH_CORPORA is not set: {name} is not at hand")
    found = Path(root) / name
    if not found.is_dir():
        pytest.fail(f"ABSAH_CORPORA is set, but there is no {found}")
    return found


def limbo_cases() -> list[Case]:
    return list(json.loads((folder("x509-limbo") / "limbo.json").read_bytes())["testcases"])


def bettertls_cases() -> Iterator[Case]:
    """The cases one by one: the file is 40 MB when it is unpacked, so it never is. Cases are indented by four."""
    lines: list[str] = []
    with lzma.open(folder("x509-limbo") / "limbo-with-bettertls.json.xz", "rt", encoding="utf-8") as unpacked:
        for line in unpacked:
            if line.startswith("    {"):
                lines = []
            lines.append(line)
            if line.startswith("    }"):
                if '"bettertls::' in lines[1]:
                    yield json.loads("".join(lines).rstrip().rstrip(","))
                lines = []


def from_pem(text: str, /) -> bytes:
    return base64.b64decode(text.split("-----")[2])
