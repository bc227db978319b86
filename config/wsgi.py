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
    raise SystemExit(3) from None  # gunicorn retries after any other status
finally:
    connection.close()  # worker processes must not inherit it
# With --preload gunicorn forks after this. Frozen objects are skipped by the garbage collector, so
# the memory pages that hold them stay shared between the processes.
gc.collect()
gc.freeze()
