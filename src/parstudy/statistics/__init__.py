"""Pure numbers: tables in, results out; no files, no words, no pictures."""
