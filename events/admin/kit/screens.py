"""Pages of the admin besides lists and forms."""

from typing import Any

from django.http import HttpRequest
from django.template.response import TemplateResponse


def page(screen: Any, request: HttpRequest, template: str, /, **context: Any) -> TemplateResponse:
    """Return a page of a screen (a ModelAdmin); with a `refusal` its status is 409."""
    site = screen.admin_site
    request.current_app = site.name
    return TemplateResponse(
        request,
        template,
        {**site.each_context(request), "opts": screen.opts, **context},
        status=409 if context.get("refusal") else 200,
    )
