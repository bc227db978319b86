"""Content of pages: dates in words, filters of lists, public pages, itineraries."""
