"""The door for a WSGI server: status and time to the responders, the wire of applications to its own, pages to Django.

It stays closed while a restored instance has not caught up.
"""

import os

from django.core.wsgi import get_wsgi_application

from absah_site.responders.forwarding import forwarding

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "absah_site.settings.instance")
_pages = get_wsgi_application()

from absah_site import composition  # noqa: E402  (Django is set up only now)
from absah_site.backup.standing import check_may_serve  # noqa: E402
from absah_site.esign.door import esign_door  # noqa: E402

check_may_serve(composition.config())
application = forwarding(esign_door(_pages), composition.config().data)
