"""Pages for reading: they show every floor below and write nothing."""
