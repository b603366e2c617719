"""American options against published rows, QuantLib, limits and identities."""
