"""The project as an installed app: its commands, templates, translations and checks."""

from django.apps import AppConfig
from django.contrib.admin import apps
from django.core.checks import Tags, register

from config import checks


class AdminConfig(apps.AdminConfig):
    """Django's admin with a site of ours.

    It is not in `events.admin`, because that package registers its screens on this site.
    """

    default = False
    default_site = "config.adminsite.Site"


class Config(AppConfig):
    """Registers the system checks."""

    name = "config"
    default = True

    def ready(self) -> None:
        register(checks.time_zones)
        register(checks.schema, Tags.database)
