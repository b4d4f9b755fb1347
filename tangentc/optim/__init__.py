"""Optimisers: they change parameters by their gradients, in place, under PyTorch's names.

optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
optimizer.zero_grad()
loss_fn(model(x), y).backward()
optimizer.step()
"""

from tangentc.optim import lr_scheduler as lr_scheduler
from tangentc.optim.adagrad import Adagrad
from tangentc.optim.adam import Adam, AdamW
from tangentc.optim.lbfgs import LBFGS
from tangentc.optim.optimizer import Optimizer
from tangentc.optim.rmsprop import RMSprop
from tangentc.optim.sgd import SGD

__all__ = ["LBFGS", "SGD", "Adagrad", "Adam", "AdamW", "Optimizer", "RMSprop", "lr_scheduler"]
