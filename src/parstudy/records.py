"""What stands in a data frame as Python has it: faster than pandas where there are few rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a frame, each by column, as ``frame.to_dict("records")`` gives them.

    Parameters
    ----------
    frame : DataFrame
        Its columns have different names.

    Returns
    -------
    list of dict

    Examples
    --------
    >>> import pandas as pd
    >>> records(pd.DataFrame({"place": [1, 2], "name": ["Hà Nội", "Huế"]}))
    [{'place': 1, 'name': 'Hà Nội'}, {'place': 2, 'name': 'Huế'}]

    A cell may hold a whole column:

    >>> records(pd.DataFrame({"years": [pd.Series([2021, 2022])]}))[0]["years"].sum()
    np.int64(4043)
    """
    names = [str(name) for name in frame.columns]
    cells = [_plain(column) for _, column in frame.items()]
    return [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]


def with_plain_words(frame: pd.DataFrame) -> pd.DataFrame:
    """The same frame whose words lie in memory as Python's, each of them once.

    Arrow makes a word anew each time that it is asked for one, and every step with a few rows
    takes it several times as long. The type is the same to whoever looks at it: ``str``.

    Parameters
    ----------
    frame : DataFrame

    Returns
    -------
    DataFrame

    Examples
    --------
    >>> import pandas as pd
    >>> with_plain_words(pd.DataFrame({"name": ["Huế", None]}))["name"].dtype.storage
    'python'
    """
    import numpy as np  # who has a frame has loaded both
    import pandas as pd

    python = pd.StringDtype("python", na_value=np.nan)
    words = {}
    for name, column in frame.items():
        if isinstance(column.dtype, pd.StringDtype) and column.dtype.storage != "python":
            places, known = pd.factorize(column)
            every = np.append(known.to_numpy(object), np.nan)  # what is missing is the last
            words[str(name)] = pd.array(every[places], dtype=python)
    return frame.assign(**words)


def _plain(column: pd.Series[Any]) -> list[Any]:
    """Values of a column as Python has them, not as numpy has; None for pandas' NA."""
    import numpy as np  # who has a frame has loaded both
    import pandas as pd

    values = column.tolist()
    if column.dtype == object:
        values = [value.item() if isinstance(value, np.generic) else value for value in values]
    if column.dtype.kind in "fM":  # what is missing there is another thing
        return values
    return [None if value is pd.NA else value for value in values]
