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
from engine.errors import DivergedError, EngineError
from engine.evaluate import Evaluation, evaluate
from engine.files import load, save
from engine.foreign import Imported, export_net, import_net, rescaled
from engine.graph import Net
from engine.layer import Layer
from engine.pictures import Panel, Picture, pictures
from engine.presets import preset, presets
from engine.recipe import OPTIMIZERS, SCHEDULES, Recipe
from engine.reference import Firing, interpret
from engine.synapses import Synapses, strongest
from engine.text import ArchitectureError
from engine.trace import Trace
from engine.train import Augment, Step, Training, fit, resume

__all__ = [
    "OPTIMIZERS",
    "SCHEDULES",
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
    "EngineError",
    "Evaluation",
    "Firing",
    "Imported",
    "Kind",
    "Layer",
    "LayerNorm",
    "LocalNorm",
    "MaxPool",
    "Maxout",
    "Net",
    "Panel",
    "PatchEmbedding",
    "Picture",
    "Recipe",
    "Step",
    "Synapses",
    "TokenDense",
    "TokenHead",
    "Trace",
    "Training",
    "build",
    "evaluate",
    "export_net",
    "fit",
    "import_net",
    "interpret",
    "load",
    "load_checkpoint",
    "pictures",
    "preset",
    "presets",
    "rescaled",
    "resume",
    "save",
    "save_checkpoint",
    "strongest",
]
