"""A database that is away or full ends a command with words, whatever the command was at."""

import json
from argparse import Namespace
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, OperationalError

pytestmark = pytest.mark.django_db
door = import_module("absah_site.cli.main")  # its package has a function of that name


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (OperationalError("database or disk is full\nDETAIL: nobody needs it"), 75, "cli.database-silent"),
        (IntegrityError("a rule"), 70, "cli.internal"),
    ],
)
def test_what_the_database_cannot_do_now_is_told_in_words(fault, status, code, monkeypatch, capsys):
    def run(_options: Namespace, _terminal: object) -> int:
        raise fault

    command = SimpleNamespace(arguments=lambda _parser: None, run=run)
    monkeypatch.setattr(door, "module_of", lambda _name: command)
    assert door.main(["doctor", "--json", "--lang", "en"]) == status
    said = json.loads(capsys.readouterr().out)
    assert said["error"] == code
    assert "DETAIL" not in said["message"]
    assert ("database or disk is full" in said["message"]) == (status == 75)
