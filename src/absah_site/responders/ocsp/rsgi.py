"""What granian imports in each worker of the OCSP process: the door of the instance in `$ABSAH_DATA`."""

import os
from pathlib import Path

from absah_site.responders.ocsp.application import make

application = make(Path(os.environ["ABSAH_DATA"]))
