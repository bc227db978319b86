"""The language of a request: from the prefix of the address, or in the admin from a cookie."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

ADMIN_PATHS = ("/admin/", "/i18n/")


class LanguageMiddleware(LocaleMiddleware):
    """In the admin, which has no prefix, take the language from the cookie or the browser."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        if request.path_info.startswith(ADMIN_PATHS):
            language = translation.get_language_from_request(request)
            translation.activate(language or settings.LANGUAGE_CODE)
            request.LANGUAGE_CODE = translation.get_language()

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if request.path_info.startswith(ADMIN_PATHS):
            return super().process_response(request, response)
        # Elsewhere only the address decides, so caches may serve all clients the same bytes.
        response.headers.setdefault("Content-Language", translation.get_language())
        return response
