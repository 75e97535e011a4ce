"""Studies: how well a net still reads many images as it is damaged or changed, step by step.

`ablate_each` silences each neuron by itself, `lesion` ever more of them, `prune_until` removes the weakest
weights, `evolve` changes weights at random and keeps what reads better. Each is an iterator that yields
(share done 0..1, None) while it works and at the end (1.0, the result); closing it stops the work. How the
work is divided among threads, or other executors: `engine.studies.study`.
"""

from engine.graph.topology import after, read_by
from engine.studies.ablation import Ablation, ablate_each
from engine.studies.evolution import Evolution, evolve
from engine.studies.lesions import Lesion, lesion
from engine.studies.pruning import Pruning, prune_until
from engine.studies.units import unit_of, units_of, write_unit

__all__ = [
    "Ablation",
    "Evolution",
    "Lesion",
    "Pruning",
    "ablate_each",
    "after",
    "evolve",
    "lesion",
    "prune_until",
    "read_by",
    "unit_of",
    "units_of",
    "write_unit",
]
