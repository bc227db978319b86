"""The delegations app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DelegationsConfig(AppConfig):
    name = "delegations"
    verbose_name = _("Delegations")

    def ready(self) -> None:
        """Register the kinds of mail that delegations send."""
        import_module("delegations.domain.mail.decisions")
