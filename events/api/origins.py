"""Cross-origin reading: the API is public and knows no cookie (Fetch standard, 3.2.3)."""

from typing import Any

from rest_framework.response import Response
from rest_framework.views import APIView


class Open(APIView):
    """A view that pages of any origin may read, its refusals too."""

    def finalize_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(*args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        return response
