#!/usr/bin/env python
"""Django's command line for Attaché."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1:2] == ["runall"]:  # it makes settings of its own, before Django reads them
        from config.runtime import embedded

        embedded.prepare(os.environ)
    execute_from_command_line(sys.argv)
