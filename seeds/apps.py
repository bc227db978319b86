"""The seeds app: the catalogue of real events and how it is loaded."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SeedsConfig(AppConfig):
    name = "seeds"
    verbose_name = _("Catalogue")
