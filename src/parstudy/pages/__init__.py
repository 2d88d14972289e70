"""What each report shows: one module for each notebook, one function for each finding."""
