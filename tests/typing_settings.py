"""Settings for mypy, without modeltranslation, whose generated managers it cannot follow."""

import os

os.environ.setdefault("DEBUG", "on")

from config.settings import *

INSTALLED_APPS = [
    {"config.apps.AdminConfig": "django.contrib.admin.apps.SimpleAdminConfig"}.get(app, app)
    for app in INSTALLED_APPS
    if app != "modeltranslation"
]
