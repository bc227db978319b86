"""Cross-origin access: the API is public and uses no cookies (Fetch standard, 3.2.3)."""

from typing import Any

from rest_framework.response import Response
from rest_framework.views import APIView


class Open(APIView):
    """A view whose responses, refusals included, pages of any origin may read."""

    def finalize_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(*args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        return response
