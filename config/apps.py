"""The project as an installed app: its commands, templates, translations and checks."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from config import checks


class Config(AppConfig):
    """Registers the system checks."""

    name = "config"

    def ready(self) -> None:
        register(checks.time_zones)
        register(checks.schema, Tags.database)
