"""Expressions in the words that PyTorch and `tangentc.eager` share, and the tensors they are of.

`x` (4), `B` (2, 4), `W` (4, 3), `C` (5, 2, 4), `p` (2, 4) positive, `s` without axes; `torch` is the library.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def data(dtype: Any = np.float64) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    arrays = {
        "x": rng.normal(size=4),
        "B": rng.normal(size=(2, 4)),
        "W": rng.normal(size=(4, 3)),
        "C": rng.normal(size=(5, 2, 4)),
        "p": rng.uniform(0.5, 2, size=(2, 4)),
        "s": np.array(1.3),
    }
    return {name: array.astype(dtype) for name, array in arrays.items()}


def leaves(torch: Any, dtype: Any = np.float64, requires_grad: bool = True) -> dict[str, Any]:
    return {name: torch.tensor(array, requires_grad=requires_grad) for name, array in data(dtype).items()}


EXPRESSIONS = """
x+x
x-x*p
x*x
x/p
-x
3-B
3/p
B/2
1-x
x**2
x**3.0
2**x
2.0**B
p**x
p**0.5
p.pow(2.5)
s*B
s**2
B*s+x
x*B.T.t()
B//0.3
B%0.3
B.remainder(0.7)
torch.add(x, B, alpha=2)
torch.sub(x, B, alpha=0.5)
B.exp()
B.exp2()
B.expm1()
p.log()
p.log2()
p.log10()
p.log1p()
B.sin()
B.cos()
B.tan()
B.sinh()
B.cosh()
B.tanh()
B.atan()
(B*0.2).asin()
(B*0.2).acos()
B.asinh()
(p+1).acosh()
(B*0.2).atanh()
B.sigmoid()
B.relu()
B.abs()
p.sqrt()
p.rsqrt()
p.reciprocal()
B.square()
B.erf()
B.floor()
B.round()
B.sign()
B.clamp(0,1)
B.clamp(-0.5,0.5)
B.clamp(min=0)
B.clamp(max=0.2)
torch.hypot(B,p)
torch.atan2(B,p)
torch.maximum(B,p)
torch.minimum(B,p)
torch.maximum(B,B*1)
torch.fmax(B,p)
torch.fmin(B,p)
torch.logaddexp(B,p)
torch.where(B>0,B,2.0)
torch.where(B>0,B,p*p)
torch.lerp(B,p,0.3)
torch.addcmul(B,p,p,value=0.5)
torch.addcdiv(B,p,p,value=0.5)
B.masked_fill(B>0,0)
x.sum()
B.sum(0)
C.sum((0,2))
B.sum(1,keepdim=True)
B.mean()
B.mean(1)
C.mean((1,2),keepdim=True)
B.prod()
B.prod(1)
C.prod(2)
B.std()
B.std(0)
B.var(1)
B.var(correction=0)
B.max()
B.min()
B.max(1)[0]
C.max(2).values
C.min(1,keepdim=True)[0]
B.amax(1)
B.amin(0)
B.median()
B.norm()
B.norm(dim=1)
B.norm(p=1)
B.norm(p=float('inf'))
B.cumsum(0)
B.cumprod(1)
B.softmax(1)
B.softmax(0)
B.log_softmax(1)
B.logsumexp(1)
B.logsumexp(0,keepdim=True)
B.sort(1)[0]
B.sort(1,descending=True)[0]
B.topk(2)[0]
B.topk(2,largest=False)[0]
x@x
B@x
x@W
B@W
C@W
C@x
x@C.transpose(1,2)
B.T@B
B.T.matmul(x[:2])
x.dot(x)
torch.mv(B,x)
torch.mm(B,W)
torch.bmm(C,C.transpose(1,2))
torch.addmm(B@W,B,W)
torch.outer(x,x)
torch.einsum('ij,kj->ik',B,B)
torch.einsum('bij,kj->bik',C,B)
torch.einsum('...j,kj->...k',C,B)
torch.einsum('ij->ji',B)
torch.tensordot(B,W,1)
torch.kron(B,p)
B.trace()
B.T
B.mT
B.t()
B.transpose(0,1)
B.permute(1,0)
C.permute(2,0,1).reshape(-1)
B.movedim(0,1)
B.reshape(8)
B.T.reshape(8)
C.reshape(5,-1)
B.view(8)
B.flatten()
C.flatten(1)
C.flatten(0,1)
C.unflatten(2,(2,2))
B.squeeze()
B[None].squeeze(0)
B.unsqueeze(0)
B.expand(3,2,4)
B.expand(3,-1,-1)
x.expand(2,4)
B.repeat(2,1)
B.tile(2,2)
B.repeat_interleave(2,dim=1)
torch.cat([B,p,B],1)
torch.stack([x,x*2],1)
B.split(1)[0]
C.split([1,4])[1]
B.chunk(2)[1]
C.chunk(2,dim=2)[0]
B.unbind(0)[0]
C.unbind(1)[1]
B.flip(0)
B.roll(1)
B.roll((1,2),(0,1))
B.tril()
B.tril(-1)
B.triu(1)
B.diagonal()
W.diagonal(1)
x.diag()
B.T.contiguous()
torch.meshgrid(x,x,indexing='ij')[1]
x[0]
x[-1]
x[1:]
x[[0,1]]
x[x>0]
B[:,1]
B[0,1]
B[None]
B[...,0]
B[B>0]
C[1:3,:,::2]
C[...,None,0]
C[torch.tensor([0,2]),1]
C[:,torch.tensor([1,1,0])]
C[torch.tensor(2)]
C.select(1,0)
C.narrow(2,1,2)
B.index_select(1,torch.tensor([3,3,0]))
B.masked_select(B>0)
B.gather(1,torch.tensor([[0],[1]]))
B.gather(0,torch.tensor([[1,0,1],[0,0,0]]))
B.scatter_add(1,torch.tensor([[0,0,1,3],[1,3,3,2]]),p)
B.take(torch.tensor([0,5,5]))
torch.linalg.norm(B)
torch.linalg.norm(B,ord=2)
torch.linalg.vector_norm(B,dim=1)
torch.linalg.inv(W.T@W)
torch.linalg.solve(W.T@W,W.T)
torch.linalg.det(W.T@W)
torch.linalg.slogdet(W.T@W)[1]
torch.linalg.cholesky(W.T@W)
torch.linalg.eigvalsh(W.T@W)
torch.linalg.svdvals(B)
torch.linalg.matrix_power(W.T@W,3)
torch.linalg.pinv(B)
B.clone()
B.clamp_min(0.1)
B.clamp_max(0.1)
B.frac()
B.nan_to_num()
B.erfc()
(B*0.2).erfinv()
p.lgamma()
p.digamma()
(p*0.3).logit()
B.sinc()
torch.xlogy(B,p)
torch.fmod(B,0.7)
torch.copysign(B,p)
B.std(unbiased=False)
B.var(0,False)
B.sum(axis=0)
B.nansum(0)
B.nanmean()
B.median(1)[0]
B.median(1,keepdim=True).values
B.quantile(0.3)
B.cov()
B.corrcoef()
B.logcumsumexp(1)
torch.hstack([x,x*2])
torch.vstack([x,B])
torch.column_stack([x,x*x])
C.swapaxes(0,2)
C.moveaxis(0,2)
x.tensor_split(3)[0]
x.diff()
B.rot90()
x.diag_embed()
torch.diag_embed(B,-2)
torch.block_diag(B,W)
B.scatter(1,torch.tensor([[0,1,2,3],[1,0,3,2]]),p)
B.scatter(1,torch.tensor([[0],[1]]),2.0)
B.index_add(1,torch.tensor([0,0,3]),W.T[:2].repeat(1,2)[:,:3])
B.index_fill(1,torch.tensor([0,2]),1.5)
B.index_copy(1,torch.tensor([0,3]),p[:,:2])
torch.take_along_dim(B,torch.tensor([[0,0],[1,3]]),1)
torch.cdist(B,p)
torch.cdist(B,p,p=1)
torch.dist(B,p)
torch.cross(x[:3],x[1:],dim=0)
torch.baddbmm(C@B.T,C,C.transpose(1,2))
torch.addmv(B@x,B,x)
torch.addr(B,x[:2],x)
torch.inner(B,p)
torch.linalg.vecdot(B,p)
torch.logdet(W.T@W)
(W.T@W).inverse()
torch.linalg.matrix_exp(W.T@W*0.1)
torch.linalg.solve_triangular((W.T@W).tril(),W.T,upper=False)
torch.trapezoid(B,dx=0.5)
B.kthvalue(2,1)[0]
B.cummax(1)[0]
B.cummin(0).values
B.unfold(1,2,2)
B.unfold(1,3,1)
B.hsplit(2)[1]
B.to(torch.float32)
B.type(torch.float32)
"""
ROWS = [line for line in EXPRESSIONS.splitlines() if line]
