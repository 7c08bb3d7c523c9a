# PyTorch as a contender of the kernels' bench, one thread; the lines it answers are described in places/program.mjs.
import sys
import time

import numpy
import torch
import torch.nn.functional as F

torch.set_num_threads(1)
ALPHA, GAMMA, BINS = 0.25, 2, 10


def cross_entropy_value_and_gradient(x, t):
    x = x.detach().requires_grad_(True)
    value = F.cross_entropy(x, t)
    value.backward()
    return value.detach(), x.grad


def sigmoid_focal(x, t):
    """torchvision.ops.sigmoid_focal_loss with reduction mean."""
    p = torch.sigmoid(x)
    loss = F.binary_cross_entropy_with_logits(x, t, reduction='none')
    p_t = p * t + (1 - p) * (1 - t)
    loss = loss * ((1 - p_t) ** GAMMA)
    return ((ALPHA * t + (1 - ALPHA) * (1 - t)) * loss).mean()


def ghmc(x, t):
    """mmdetection's GHMC without its loop over the bins: the weights by a histogram."""
    bins = ((torch.sigmoid(x) - t).abs() * BINS).long().clamp_(max=BINS - 1)
    counts = torch.bincount(bins, minlength=BINS)
    weights = (len(x) / counts / (counts > 0).sum()).where(counts > 0, torch.zeros(()))
    return F.binary_cross_entropy_with_logits(x, t, weights[bins], reduction='sum') / len(x)


OPERATIONS = {
    'softmax': lambda x, t: F.softmax(x, -1),
    'log-softmax': lambda x, t: F.log_softmax(x, -1),
    'cross entropy': F.cross_entropy,
    'cross entropy value and gradient': cross_entropy_value_and_gradient,
    'BCE with logits': F.binary_cross_entropy_with_logits,
    'sigmoid focal': sigmoid_focal,
    'GHM-C': ghmc,
}


def probe(values):
    values = values.flatten()
    weights = (1 + torch.arange(len(values)) % 7).double()
    return float((values.double().abs() * weights).sum() / len(values))


def figures(out):
    if isinstance(out, tuple):
        value, gradient = out
        return [float(value), probe(gradient) * len(gradient)]
    return [float(out)] if out.dim() == 0 else [probe(out)]


def answer(*fields):
    print(*fields, sep='\t', flush=True)


def read(operation, rows, classes, scores, target):
    x = torch.from_numpy(numpy.fromfile(scores, numpy.float32))
    if target.endswith('.f32'):
        return operation, x, torch.from_numpy(numpy.fromfile(target, numpy.float32))
    return operation, x.reshape(int(rows), int(classes)), torch.from_numpy(numpy.fromfile(target, numpy.int32)).long()


answer('PyTorch', torch.__version__)
for line in sys.stdin:
    command, *fields = line.rstrip('\n').split('\t')
    if command == 'open':
        operation, x, t = read(*fields)
        answer('ok')
    elif command == 'start':
        answer(*figures(OPERATIONS[operation](x, t)))
    elif command == 'run':
        start = time.perf_counter()
        OPERATIONS[operation](x, t)
        answer((time.perf_counter() - start) * 1000)
    elif command == 'close':
        x = t = None
        answer('ok')
