"""The delegations app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DelegationsConfig(AppConfig):
    name = "delegations"
    verbose_name = _("Delegations")

    def ready(self) -> None:
        """Let what sends mail know of the kinds that are ours."""
        import_module("delegations.domain.mail.decisions")
