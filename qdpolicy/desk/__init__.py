"""The desk: where changes of targets and of the rules are drawn up and confirmed."""
