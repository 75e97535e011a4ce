"""The recipe of a training: the network's own with what was given, of which all must count."""

import re
from typing import Any

from engine import EngineError
from engine.graph.recipe import Recipe
from viz3d.command.errors import UserError

_MOVING, _ADAPTIVE = ("sgd", "momentum", "nesterov"), ("adam", "adamw")
_SQUARED = ("windowgrad", "adadelta")
_USED_BY = {
    "momentum": _MOVING,
    "beta1": _ADAPTIVE,
    "beta2": _ADAPTIVE,
    "rho": _SQUARED,
    "eps": ("adagrad", *_SQUARED, *_ADAPTIVE),
}
"""The fields that some optimizers alone read, and which."""

_FIELDS = {"learning rate": "lr"}  # as the engine calls it, and the option


def recipe_of(own: Recipe, given: dict[str, Any]) -> Recipe:
    """The network's own recipe with the fields that were given.

    UserError, in the options' words, where a value is out of its range, or would change nothing.
    """
    try:
        recipe = own.change(**given)
    except EngineError as error:
        raise UserError(_as_typed(str(error))) from None
    for name, users in _USED_BY.items():
        if name in given and recipe.optimizer not in users:
            raise UserError(
                f"--{name} {given[name]:g} is for {', '.join(users)}, and this trains with "
                f"{recipe.optimizer}: leave it out, or add --optimizer {users[-1]}"
            )
    for name in ("step_every", "step_factor"):
        if name in given and recipe.schedule != "step":
            raise UserError(
                f"--{name.replace('_', '-')} {given[name]:g} is for the schedule step, and this one is "
                f"{recipe.schedule}: leave it out, or add --schedule step"
            )
    return recipe


def _as_typed(message: str) -> str:
    """An engine's message, which begins with a field, with its option: step_every is --step-every."""
    match = re.match(r"(learning rate|[a-z]\w*) (?=\S+ must be )", message)
    if match is None:
        return message
    name = _FIELDS.get(match[1], match[1]).replace("_", "-")
    return f"--{name} {message[match.end() :]}"
