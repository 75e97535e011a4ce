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
from engine.edits.grammar import Edit
from engine.errors import DivergedError, EngineError
from engine.files.nets import load, provenance, save
from engine.foreign import Imported, Told, Way, export_net, import_net, is_known, rescaled
from engine.graph.layer import Layer
from engine.graph.recipe import OPTIMIZERS, SCHEDULES, Recipe
from engine.graph.synapses import Synapses
from engine.mutate.surgery import crossover, sharers
from engine.net import Net
from engine.run.evaluate import Evaluation, evaluate
from engine.run.trace import Trace
from engine.statistics import NO_CLASS, LayerStatistics, Statistics
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
from engine.studies.deciders import Decider, Deciders, deciders, deciders_in_steps
from engine.studies.layer_pictures import Panel, Picture, pictures
from engine.studies.margins import Margins, margins
from engine.studies.statistics import statistics_of
from engine.studies.survey import Survey, activations, survey
from engine.synapses.evidence import Share, evidence, evidence_total, shares
from engine.synapses.handles import Neuron, Synapse
from engine.synapses.interpreter import Firing, interpret
from engine.synapses.lead import lead, lead_gradient
from engine.synapses.measured import MEASURES
from engine.synapses.paths import Path, path_contributions, pixel_contributions, strongest_paths
from engine.synapses.reading import Reading
from engine.synapses.strongest import strongest
from engine.task import Task, scale_of
from engine.text import ArchitectureError
from engine.text.build import build
from engine.text.presets import preset, presets
from engine.text.torch_module import torch_module
from engine.text.torch_weights import torch_weights
from engine.training.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from engine.training.fit import Augment, Step, Training, fit, go_on, resume
from guarding import guard

__all__ = [
    "MEASURES",
    "NO_CLASS",
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
    "Decider",
    "Deciders",
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
    "LayerStatistics",
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
    "Share",
    "Statistics",
    "Step",
    "Survey",
    "Synapse",
    "Synapses",
    "Task",
    "TokenDense",
    "TokenHead",
    "Told",
    "Trace",
    "Training",
    "Way",
    "ablate_each",
    "activations",
    "build",
    "crossover",
    "deciders",
    "deciders_in_steps",
    "evaluate",
    "evidence",
    "evidence_total",
    "evolve",
    "export_net",
    "fit",
    "go_on",
    "import_net",
    "interpret",
    "is_known",
    "lead",
    "lead_gradient",
    "lesion",
    "load",
    "load_checkpoint",
    "margins",
    "path_contributions",
    "pictures",
    "pixel_contributions",
    "preset",
    "presets",
    "provenance",
    "prune_until",
    "rescaled",
    "resume",
    "save",
    "save_checkpoint",
    "scale_of",
    "sharers",
    "shares",
    "statistics_of",
    "strongest",
    "strongest_paths",
    "survey",
    "torch_module",
    "torch_weights",
    "unit_of",
    "units_of",
    "write_unit",
]

guard(globals(), __all__, EngineError)
