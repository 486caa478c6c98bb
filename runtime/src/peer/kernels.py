#!/usr/bin/env python3
"""The kernels of `fovea bench kernels` in PyTorch, under the same names: the peer of a comparison.

Prints one JSON object, {"measurements": [{"name": ..., "seconds": median, "low": ..., "high": ...}]}.

usage: kernels.py [--threads N] [--filter TEXT] [--seconds S]
"""
import argparse
import json
import statistics
import time

import torch
import torch.nn.functional as F


def random(*shape):
    return torch.rand(*shape) * 2 - 1


def products():
    for rows, out, inner in ((2048, 192, 192), (2048, 576, 192), (2048, 768, 768), (4096, 1536, 384), (4096, 4304, 1152)):
        x, w, dy = random(rows, inner), random(out, inner), random(rows, out)
        yield f"gemm NT {rows}x{out}x{inner}", lambda x=x, w=w: x @ w.t()
        yield f"gemm NN {rows}x{inner}x{out}", lambda dy=dy, w=w: dy @ w
        yield f"gemm TN {out}x{inner}x{rows}", lambda dy=dy, x=x: dy.t() @ x


def attend(q, k, v):
    return ((q * q.shape[-1] ** -0.5) @ k.transpose(-2, -1)).softmax(-1) @ v


def attention():
    for batch, heads, tokens, cached, width in ((1, 6, 3289, 0, 64), (1, 3, 2560, 729, 64), (32, 4, 160, 64, 32)):
        keys = tokens + cached
        q, k, v = (random(batch, heads, n, width).requires_grad_() for n in (tokens, keys, keys))
        dy = random(batch, heads, tokens, width)
        name = f"{batch}x{heads}x{tokens}x{keys}x{width}"

        def forward(q=q, k=k, v=v):
            with torch.no_grad():
                return attend(q, k, v)

        yield f"attention {name}", forward
        yield f"attention backward {name}", Backward(attend, (q, k, v), dy)


class Backward:
    """The gradient alone: the forward pass runs before the clock does."""

    def __init__(self, function, inputs, dy):
        self.function, self.inputs, self.dy = function, inputs, dy

    def prepare(self):
        self.y = self.function(*self.inputs)

    def __call__(self):
        return torch.autograd.grad(self.y, self.inputs, self.dy)


def rows():
    size = "8192x1152"
    x, dy = random(8192, 1152).requires_grad_(), random(8192, 1152)
    gamma, beta = random(1152).requires_grad_(), random(1152).requires_grad_()

    def norm(x, gamma, beta):
        return F.layer_norm(x, (1152,), gamma, beta, 1e-6)

    functions = {"layer norm": (norm, (x, gamma, beta)), "gelu erf": (F.gelu, (x,))}
    functions["gelu tanh"] = (lambda x: F.gelu(x, approximate="tanh"), (x,))
    for name, (function, inputs) in functions.items():
        detached = [i.detach() for i in inputs]
        yield f"{name} {size}", lambda function=function, detached=detached: function(*detached)
        yield f"{name} backward {size}", Backward(function, inputs, dy)
    yield f"add {size}", lambda a=x.detach(), b=dy: a + b
    yield f"sum of rows {size}", lambda a=x.detach(): a.sum(0)
    parameter = random(8192, 1152).requires_grad_()
    parameter.grad = random(8192, 1152)
    optimizer = torch.optim.AdamW([parameter], 1e-3, (0.9, 0.95), weight_decay=0.1)
    yield f"adamw {size}", optimizer.step


def convolution():
    x = random(1, 512, 54, 54).requires_grad_()
    weight, bias = random(512, 1, 7, 7).requires_grad_(), random(512)
    dy, size = random(1, 512, 54, 54), "7x7 on 54x54x512"

    def convolve(x, weight):
        return F.conv2d(x, weight, bias, padding=3, groups=512)

    yield f"depthwise {size}", lambda a=x.detach(), b=weight.detach(): convolve(a, b)
    yield f"depthwise to input {size}", Backward(lambda a: convolve(a, weight.detach()), (x,), dy)
    yield f"depthwise to weight {size}", Backward(lambda b: convolve(x.detach(), b), (weight,), dy)


def measure(body, seconds):
    prepare = getattr(body, "prepare", lambda: None)
    times, begin = [], time.perf_counter()
    while len(times) < 5 or time.perf_counter() - begin < seconds:
        prepare()
        start = time.perf_counter()
        body()
        times.append(time.perf_counter() - start)
    low, median, high = statistics.quantiles(times[1:], n=4)
    return {"seconds": median, "low": low, "high": high, "samples": len(times) - 1}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--filter", default="")
    parser.add_argument("--seconds", type=float, default=1.0, help="time for each kernel")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    found = []
    for kernels in (products, attention, rows, convolution):
        for name, body in kernels():
            if options.filter in name:
                found.append({"name": name, **measure(body, options.seconds)})
    print(json.dumps({"torch": torch.__version__, "threads": options.threads, "measurements": found}, indent=1))


if __name__ == "__main__":
    main()
