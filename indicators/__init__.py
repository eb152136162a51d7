"""Statistics: units, regions, indicators, observations."""
