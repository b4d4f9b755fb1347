"""Data sets, samplers, and loaders of batches, under PyTorch's names (`torch.utils.data`).

loader = DataLoader(TensorDataset(images, labels), batch_size=64, shuffle=True)
for x, y in loader: ...
"""

from tangentc.data.collating import default_collate
from tangentc.data.dataset import (
    ChainDataset,
    ConcatDataset,
    Dataset,
    IterableDataset,
    Subset,
    TensorDataset,
    random_split,
)
from tangentc.data.loader import DataLoader
from tangentc.data.sampler import (
    BatchSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
)
from tangentc.data.workers import WorkerInfo, get_worker_info

__all__ = [
    "BatchSampler", "ChainDataset", "ConcatDataset", "DataLoader", "Dataset", "IterableDataset", "RandomSampler",
    "Sampler", "SequentialSampler", "Subset", "SubsetRandomSampler", "TensorDataset", "WeightedRandomSampler",
    "WorkerInfo", "default_collate", "get_worker_info", "random_split",
]  # fmt: skip
