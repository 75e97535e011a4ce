"""The graph engine: nets whose every neuron and synapse can be read, trained at tensor speed."""

from engine.arrays import ArrayMap
from engine.blocks import (
    Add,
    Attention,
    AttentionScores,
    AveragePool,
    Block,
    Conv,
    Dense,
    Kind,
    LayerNorm,
    LocalNorm,
    Maxout,
    MaxPool,
    PatchEmbedding,
    TokenDense,
    TokenHead,
)
from engine.build import build
from engine.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from engine.edits import Edit
from engine.errors import DivergedError, EngineError
from engine.evaluate import Evaluation, evaluate
from engine.files import load, save
from engine.foreign import Imported, export_net, import_net, rescaled
from engine.graph import Net
from engine.handles import Neuron, Synapse
from engine.layer import Layer
from engine.margins import Margins, margins
from engine.paths import Path, path_contributions, pixel_contributions, strongest_paths
from engine.pictures import Panel, Picture, pictures
from engine.presets import preset, presets
from engine.reading import Reading
from engine.recipe import OPTIMIZERS, SCHEDULES, Recipe
from engine.reference import Firing, interpret
from engine.studies import (
    Ablation,
    Evolution,
    Lesion,
    Pruning,
    ablate_each,
    evolve,
    lesion,
    prune_until,
    unit_of,
    units_of,
    write_unit,
)
from engine.surgery import crossover, sharers
from engine.survey import Survey, survey
from engine.synapses import Synapses, strongest
from engine.text import ArchitectureError
from engine.trace import Trace
from engine.train import Augment, Step, Training, fit, resume

__all__ = [
    "OPTIMIZERS",
    "SCHEDULES",
    "Ablation",
    "Add",
    "ArchitectureError",
    "ArrayMap",
    "Attention",
    "AttentionScores",
    "Augment",
    "AveragePool",
    "Block",
    "Checkpoint",
    "Conv",
    "Dense",
    "DivergedError",
    "Edit",
    "EngineError",
    "Evaluation",
    "Evolution",
    "Firing",
    "Imported",
    "Kind",
    "Layer",
    "LayerNorm",
    "Lesion",
    "LocalNorm",
    "Margins",
    "MaxPool",
    "Maxout",
    "Net",
    "Neuron",
    "Panel",
    "PatchEmbedding",
    "Path",
    "Picture",
    "Pruning",
    "Reading",
    "Recipe",
    "Step",
    "Survey",
    "Synapse",
    "Synapses",
    "TokenDense",
    "TokenHead",
    "Trace",
    "Training",
    "ablate_each",
    "build",
    "crossover",
    "evaluate",
    "evolve",
    "export_net",
    "fit",
    "import_net",
    "interpret",
    "lesion",
    "load",
    "load_checkpoint",
    "margins",
    "path_contributions",
    "pictures",
    "pixel_contributions",
    "preset",
    "presets",
    "prune_until",
    "rescaled",
    "resume",
    "save",
    "save_checkpoint",
    "sharers",
    "strongest",
    "strongest_paths",
    "survey",
    "unit_of",
    "units_of",
    "write_unit",
]
