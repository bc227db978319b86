"""Links that subscribe calendar programs to a feed."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

import segno


@dataclass(frozen=True, slots=True)
class Ways:
    """The address of a feed in the forms that calendar programs need."""

    address: str
    name: str

    @property
    def webcal(self) -> str:
        """The address with the scheme webcal, for Apple Calendar and most other programs."""
        return "webcal://" + self.address.split("://", 1)[1]

    @property
    def google(self) -> str:
        """The address for Google Calendar, which accepts only webcal addresses, URL-encoded."""
        return f"https://calendar.google.com/calendar/r?cid={quote(self.webcal, safe='')}"

    @property
    def outlook(self) -> str:
        return self._microsoft("outlook.live.com")

    @property
    def office(self) -> str:
        return self._microsoft("outlook.office.com")

    @property
    def picture(self) -> str:
        """A QR code of the address as a data URI, to scan with a phone."""
        code = segno.make(self.webcal, error="m")
        return str(code.svg_data_uri(scale=4, border=4, light="white"))

    def _microsoft(self, host: str) -> str:
        query = urlencode({"url": self.address, "name": self.name})
        return f"https://{host}/calendar/0/addfromweb?{query}"
