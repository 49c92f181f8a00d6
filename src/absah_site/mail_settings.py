"""The section `[mail]` of `absah.toml`: whether mail leaves, through which server, and in whose name."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class MailWay(StrEnum):
    """What happens to mail: it waits, lands in the folder `mail/` of the instance, or leaves through a server."""

    WAIT = "wait"
    FOLDER = "folder"
    SMTP = "smtp"


class MailTable(BaseModel):
    """What stands in the file. The password of the server lies in `secrets/mail.password`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    way: MailWay | None = None
    sender: Annotated[str, Field(pattern=r"^[^\s@<>,]+@[^\s@<>,]+$", max_length=254)] = "absah@localhost"
    replies: Annotated[str, Field(pattern=r"^([^\s@<>,+]+@[^\s@<>,]+)?$", max_length=190)] = ""
    host: Annotated[str, Field(pattern=r"^[^\s/]{1,255}$")] = "localhost"
    port: Annotated[int, Field(ge=1, le=65535)] = 25
    security: Literal["none", "starttls", "tls"] = "none"
    username: Annotated[str, Field(max_length=255)] = ""
    timeout_seconds: Annotated[int, Field(ge=1, le=60)] = 10


def django_mail(table: MailTable, way: MailWay, data: Path, /) -> dict[str, Any]:
    """Django's settings for mail."""
    if way is not MailWay.SMTP:
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": str(data / "mail"),
        }
    password = data / "secrets" / "mail.password"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": table.host,
        "EMAIL_PORT": table.port,
        "EMAIL_USE_TLS": table.security == "starttls",
        "EMAIL_USE_SSL": table.security == "tls",
        "EMAIL_HOST_USER": table.username,
        "EMAIL_HOST_PASSWORD": password.read_text(encoding="utf-8").rstrip("\n") if table.username else "",
        "EMAIL_TIMEOUT": table.timeout_seconds,
    }
