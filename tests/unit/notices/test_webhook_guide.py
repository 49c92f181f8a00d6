"""What the guide tells receivers to run takes our messages, and refuses all others: in both its languages."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from absah.kernel.clock import SystemClock, instant
from absah.notices.webhooks.events import Event
from absah.notices.webhooks.message import HookSecret, headers_of

GUIDE = (Path(__file__).parents[3] / "docs/howto/receive-webhooks.md").read_text(encoding="utf-8")
ID = UUID("0b8f4a52-5ed9-4d3f-9a3c-5d5f3b1f7c21")
BODY = b'{"type":"person.left","data":{"cause":"r\\u00e9"}}'
SECRETS = (HookSecret(b"n" * 32), HookSecret(b"o" * 32))
Judge = Callable[[str, Mapping[str, str], bytes], bool]


def printed(language: str) -> str:
    (code,) = re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    return str(code)


def in_python(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    room: dict[str, Judge] = {}
    exec(printed("python"), room)  # noqa: S102  (our own guide)
    return room["is_ours"](secret, headers, body)


def in_php(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    asked = json.dumps([secret, dict(headers), body.decode()])
    words = "[$s, $h, $b] = json_decode(stream_get_contents(STDIN), true); echo is_ours($s, $h, $b) ? 'yes' : 'no';"
    command = ["php", "-r", printed("php") + words]
    done = subprocess.run(command, input=asked, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout in {"yes", "no"}, done.stdout
    return done.stdout == "yes"


PHP = pytest.mark.skipif(shutil.which("php") is None, reason="php is not installed")


@pytest.mark.parametrize("judge", [in_python, pytest.param(in_php, marks=[PHP, pytest.mark.judge])])
def test_the_printed_code_takes_our_messages_and_no_others(judge: Judge) -> None:
    now = SystemClock().now()
    headers = headers_of(ID, BODY, SECRETS, now=now)
    early = headers_of(ID, BODY, SECRETS, now=instant(now - timedelta(minutes=6)))
    assert [judge(one.text, headers, BODY) for one in (*SECRETS, HookSecret(b"x" * 32))] == [True, True, False]
    assert not judge(SECRETS[0].text, headers, BODY + b" ")
    assert not judge(SECRETS[0].text, {**headers, "webhook-id": str(UUID(int=1))}, BODY)
    assert not judge(SECRETS[0].text, early, BODY)


def test_the_guide_names_every_event() -> None:
    assert set(re.findall(r"^\| `([a-z]+\.[a-z]+)` \|", GUIDE, re.MULTILINE)) == {event.value for event in Event}
