"""For the suite and for tools: a throw-away instance, on SQLite or the PostgreSQL of `$ABSAH_TEST_DATABASE`."""

import os
import tempfile
from pathlib import Path

from absah_site.config import Config, Role
from absah_site.mail_settings import MailTable, MailWay
from absah_site.settings.base import *  # noqa: F403  (Django's own way to layer settings)
from absah_site.settings.database import database_settings

_DATA = Path(tempfile.gettempdir()) / f"absah-test-{os.getuid()}"

CONFIG = Config(
    data=_DATA,
    role=Role.DEMO,
    base_url="http://testserver",
    name="Pemerintah Kota Sagara Biru (contoh)",
    issuer_name="Absah Issuing CA Uji",
    trial=True,
    database="sqlite",
    cli_second_factor=False,
    complaints="(021) 555-0199",
    mail=MailTable(way=MailWay.SMTP, sender="absah@sagarabiru.example"),
)

SECRET_KEY = "only-for-tests"  # noqa: S105
DEBUG = False
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
DATABASES = {"default": database_settings(os.environ.get("ABSAH_TEST_DATABASE", "sqlite"), _DATA)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["NAME"] = ":memory:"
    DATABASES["default"]["OPTIONS"].pop("init_command")
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# What applications read is noted at once: a thread of its own would write past the transaction of the test.
USES_NOTED_AT_ONCE = True
