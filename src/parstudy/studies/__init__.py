"""What there is to say: of a province, the nation, one index, how indices go together.

One rule for all of them: a study takes the dataset first, then of whom and of when. It reads
nothing of the dataset but the tables (and ``units(year)``) that its docstring names, so any object
that has these will do, such as a ``SimpleNamespace`` of tables made by hand. A step that needs one
or two tables, or columns of one, takes these and not the dataset. Results are small frozen
dataclasses of tables; they know no words and no pictures.
"""
