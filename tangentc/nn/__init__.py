"""Modules: networks as trees of layers with parameters, under PyTorch's names.

import tangentc.eager as torch
from tangentc import nn

model = nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 10))
loss = nn.CrossEntropyLoss()(model(images), labels)
loss.backward()
"""

from tangentc.nn import functional as functional
from tangentc.nn import init as init
from tangentc.nn import utils as utils
from tangentc.nn.containers import ModuleDict, ModuleList, ParameterDict, ParameterList, Sequential
from tangentc.nn.layers.activations import (
    ELU,
    GELU,
    Hardtanh,
    LeakyReLU,
    LogSigmoid,
    LogSoftmax,
    ReLU,
    ReLU6,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from tangentc.nn.layers.convolution import Conv1d, Conv2d
from tangentc.nn.layers.dropout import Dropout
from tangentc.nn.layers.linear import Embedding, Identity, Linear
from tangentc.nn.layers.losses import (
    BCELoss,
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    HuberLoss,
    KLDivLoss,
    L1Loss,
    MSELoss,
    NLLLoss,
    SmoothL1Loss,
)
from tangentc.nn.layers.normalisation import BatchNorm1d, BatchNorm2d, LayerNorm
from tangentc.nn.layers.pooling import AdaptiveAvgPool2d, AvgPool2d, MaxPool2d
from tangentc.nn.layers.shaping import Flatten, Unflatten
from tangentc.nn.module import Module
from tangentc.nn.parameter import Parameter
from tangentc.nn.saving import load, save

__all__ = [
    "ELU", "GELU", "AdaptiveAvgPool2d", "AvgPool2d", "BCELoss", "BCEWithLogitsLoss", "BatchNorm1d", "BatchNorm2d",
    "Conv1d", "Conv2d", "CrossEntropyLoss", "Dropout", "Embedding", "Flatten", "Hardtanh", "HuberLoss", "Identity",
    "KLDivLoss", "L1Loss", "LayerNorm", "LeakyReLU", "Linear", "LogSigmoid", "LogSoftmax", "MSELoss", "MaxPool2d",
    "Module", "ModuleDict", "ModuleList", "NLLLoss", "Parameter", "ParameterDict", "ParameterList", "ReLU", "ReLU6",
    "Sequential", "SiLU", "Sigmoid", "SmoothL1Loss", "Softmax", "Softplus", "Tanh", "Unflatten",
    "functional", "init", "load", "save", "utils",
]  # fmt: skip
