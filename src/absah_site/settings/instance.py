"""The settings of the instance in `$ABSAH_DATA`."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from absah_site.config import load_config
from absah_site.mail_settings import django_mail
from absah_site.settings.base import *  # noqa: F403  (Django's own way to layer settings)
from absah_site.settings.database import database_settings
from absah_site.settings.sign_on import origin_of, sign_on_settings

CONFIG = load_config(Path(os.environ.get("ABSAH_DATA", "var")).resolve())

SECRET_KEY = CONFIG.secret("django.key").hex()
DEBUG = False
_HOST = urlsplit(CONFIG.base_url).hostname or "localhost"
ALLOWED_HOSTS = [_HOST, "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [CONFIG.base_url]
DATABASES = {"default": database_settings(CONFIG.database, CONFIG.data)}
CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"] += sorted({origin_of(one.issuer) for one in CONFIG.sign_on})  # noqa: F405  (from base)
SOCIALACCOUNT_PROVIDERS = sign_on_settings(CONFIG.sign_on, CONFIG.secrets)
globals().update(django_mail(CONFIG.mail, CONFIG.mail_way, CONFIG.data))

# Whoever serves says that this process can be reached by the proxy in front and by nobody else.
BEHIND_SOCKET = os.environ.get("ABSAH_BEHIND_SOCKET") == "1"

if CONFIG.base_url.startswith("https://"):
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31_536_000
    # TLS ends at the proxy in front, which redirects.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # whether every subdomain speaks HTTPS is the operator's to know
    "security.W008",  # the proxy in front redirects, see above
    "security.W021",  # so is the browsers' preload list
]
