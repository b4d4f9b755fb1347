"""Functions under PyTorch's names: each is written in NumPy, and is one node of the graph.

They are methods of tensors too (`methods` says which), and work on plain arrays as well: a compiled program has them
inlined.
"""

from tangentc.eager.functions.conversions import *  # noqa: F403
from tangentc.eager.functions.parts import *  # noqa: F403
from tangentc.eager.functions.pointwise import *  # noqa: F403
from tangentc.eager.functions.products import *  # noqa: F403
from tangentc.eager.functions.reductions import *  # noqa: F403
from tangentc.eager.functions.shapes import *  # noqa: F403
