"""The seeds app: the catalogue of real events, and the code that loads it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SeedsConfig(AppConfig):
    name = "seeds"
    verbose_name = _("Catalogue")
