"""Measurements, which take minutes and judge nothing: `make bench`."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()
