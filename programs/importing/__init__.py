"""Tables of awards that people upload: recognised, read and compared row by row."""
