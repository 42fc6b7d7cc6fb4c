"""Facts for which sources give different values: all are kept, one is shown."""
