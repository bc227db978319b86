"""A loader of templates that leaves out the indentation of the admin's."""

import re
from typing import Any, Final

from django.template.loaders import app_directories

INDENTED: Final = re.compile(r"\s*\n\s*")
SCREENS: Final = re.compile(r"(admin|unfold|\w+/admin)/.*\.html")


class Loader(app_directories.Loader):
    """Django's loader; a run of white space with a line break in it becomes that line break.

    Only in HTML of screens, which nests twenty levels deep: a tenth of a page was spaces. Nothing
    in their templates is preformatted; what comes from rows is not touched.
    """

    def get_contents(self, origin: Any) -> str:
        text = super().get_contents(origin)
        return INDENTED.sub("\n", text) if SCREENS.fullmatch(origin.template_name) else text
