"""Read models of the pages that organisers land on: what is known, missing and to be done."""
