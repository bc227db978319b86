"""What people read: dates in words, filters of lists, public pages, itineraries."""
