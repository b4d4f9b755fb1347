"""Gradients of what was recorded, operations of one's own, whole Jacobians, and a check by differences."""

from tangentc.eager.autograd import functional as functional
from tangentc.eager.autograd.checking import GradcheckError as GradcheckError
from tangentc.eager.autograd.checking import gradcheck as gradcheck
from tangentc.eager.autograd.checking import gradgradcheck as gradgradcheck
from tangentc.eager.autograd.function import Function as Function
from tangentc.eager.autograd.function import FunctionCtx as FunctionCtx
from tangentc.eager.autograd.passes import backward as backward
from tangentc.eager.autograd.passes import grad as grad
from tangentc.eager.autograd.pictures import graph_of as graph_of
from tangentc.eager.modes import enable_grad as enable_grad
from tangentc.eager.modes import inference_mode as inference_mode
from tangentc.eager.modes import no_grad as no_grad
from tangentc.eager.modes import set_grad_enabled as set_grad_enabled
