"""The WSGI application that gunicorn serves."""

import gc
import os
import sys

from django.core.wsgi import get_wsgi_application
from django.db import connection

from config.runtime import preflight

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
try:
    preflight.serving()
except preflight.Refusal as refusal:
    sys.stderr.write(f"{refusal}\n")
    raise SystemExit(3) from None  # with any other status gunicorn would try again for ever
finally:
    connection.close()  # no worker inherits it
# The server forks after this: workers share what is loaded, and their collector skips it.
gc.collect()
gc.freeze()
