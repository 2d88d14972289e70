"""Widgets of Jupyter as they stood when the notebook was saved: what they hold, without controls.

A browser draws a widget with scripts from the state that the notebook keeps of it. A report has
none; but what a function has shown inside ``interact`` is among that state, and so are the texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup

from parstudy.publish.quick import quick_import

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
_PICTURES = {"image/png", "image/jpeg", "image/svg+xml"}
_PROGRESS = "ProgressModel"
_NOTHING = (_PROGRESS, "ButtonModel", "LayoutModel", "StyleModel", "PlayModel")


def show_widgets(nb: Any) -> None:
    """Put in place of each widget what it holds, as far as that is known.

    Parameters
    ----------
    nb : NotebookNode
        Executed or saved notebook with the states of its widgets; changed in place.
    """
    kept = nb.metadata.get("widgets", {})
    models = kept.get(STATE, {}).get("state", {}) if isinstance(kept, Mapping) else {}
    if not models:
        return
    for cell in nb.cells:
        outputs = []
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            model = str(data.get(VIEW, {}).get("model_id", "")) if VIEW in data else ""
            if model not in models or _PICTURES & set(data):
                outputs.append(output)
                continue
            held = list(_held(model, models, set()))
            # of one of another library nothing is known: it stays, and the page says so
            outputs += [output] if None in held else held
        if "outputs" in cell:
            cell.outputs = outputs


def _held(model: str, models: Mapping[str, Any], seen: set[str]) -> Iterator[Any]:
    """Outputs that a widget holds; None for one of which nothing is known."""
    if model in seen or model not in models:
        return
    seen.add(model)
    name, state = str(models[model].get("model_name", "")), models[model].get("state", {})
    if name == "OutputModel":
        yield from map(_output, state.get("outputs", ()))
    elif "children" in state:
        titles = state.get("titles") or []
        children = [str(child).removeprefix("IPY_MODEL_") for child in state["children"]]
        kinds = [str(models.get(child, {}).get("model_name", "")) for child in children]
        if any(kind.endswith(_PROGRESS) for kind in kinds):
            return  # a bar, with the clock beside it
        for position, child in enumerate(children):
            if position < len(titles) and titles[position]:
                yield _html(Markup("<p><b>{}</b></p>").format(titles[position]))
            yield from _held(child, models, seen)
    elif name in {"HTMLModel", "HTMLMathModel"}:
        yield _html(str(state.get("value", "")))
    elif not name.endswith(_NOTHING):
        said = _said(state)
        yield None if said is None else _html(Markup("<p>{}</p>").format(said))


def _said(state: Mapping[str, Any]) -> str | None:
    """What a control is set to, behind its name."""
    value = state.get("value")
    labels, index = state.get("_options_labels"), state.get("index")
    if labels is not None:
        chosen = index if isinstance(index, (list, tuple)) else [index]
        value = ", ".join(str(labels[i]) for i in chosen if isinstance(i, int) and i < len(labels))
    if not isinstance(value, (str, int, float, bool, list, tuple)):
        return None
    if isinstance(value, (list, tuple)):
        value = " – ".join(map(str, value))
    name = str(state.get("description") or "")
    return f"{name}: {value}" if name else str(value)


def _html(text: str) -> Any:
    return _output({"output_type": "display_data", "data": {"text/html": str(text)}})


def _output(fields: Mapping[str, Any]) -> Any:
    return quick_import("nbformat").from_dict({"metadata": {}, **fields})
