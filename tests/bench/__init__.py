"""Benchmarks, which take minutes and have no limits to fail at: `make bench`."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()
