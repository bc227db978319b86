"""Events and what belongs to them: dates, places, series, sectors, figures, evidence."""
