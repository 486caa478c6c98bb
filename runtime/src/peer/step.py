#!/usr/bin/env python3
"""One PS3 training step, or one look, in plain PyTorch: the peer of `fovea bench step experiments/scaling/vit192-step.yaml`.

ViT of width 192, depth 12, 3 heads, patch 14; scales 378, 756, 1512; 2560 selected patches; batch 1; text tower
192 x 12 x 64 tokens, vocabulary 32000; auxiliary ConvNeXt branch 512 x 3 on 28-pixel patches of 1512. Written for this
comparison from the paper's equations; shapes, parameters and losses are those of the spec. Prints one JSON object.

usage: step.py [--threads N] [--steps N] [--look] [--seed N]
"""
import argparse
import json
import resource
import time

import torch
import torch.nn.functional as F
from torch import nn

WIDTH, DEPTH, HEADS, PATCH, MLP = 192, 12, 3, 14, 768
SCALES, TOKENS = (378, 756, 1512), 2560
AUX, AUX_PATCH, AUX_DEPTH = 512, 28, 3
VOCABULARY, CONTEXT = 32000, 64
LAYERS = (0, 4, 8, 11)


class Block(nn.Module):
    def __init__(self, causal=False):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH, 1e-6), nn.LayerNorm(WIDTH, 1e-6)
        self.qkv, self.proj = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.fc1, self.fc2 = nn.Linear(WIDTH, MLP), nn.Linear(MLP, WIDTH)
        self.causal = causal

    def forward(self, x, cache=None):
        """x (B,N,D), cache (k, v) each (B,H,M,C) -> x (B,N,D), (k, v)"""
        b, n, _ = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(b, n, 3, HEADS, -1).permute(2, 0, 3, 1, 4).unbind(0)
        keys, values = (k, v) if cache is None else (torch.cat((c, o), 2) for c, o in zip(cache, (k, v)))
        scores = (q * q.shape[-1] ** -0.5) @ keys.transpose(-2, -1)
        y = (scores.softmax(-1) @ values).transpose(1, 2).reshape(b, n, WIDTH)
        x = x + self.proj(y)
        return x + self.fc2(F.gelu(self.fc1(self.norm2(x)))), (k, v)


class ConvNext(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(AUX, AUX, 7, padding=3, groups=AUX)
        self.norm = nn.LayerNorm(AUX, 1e-6)
        self.fc1, self.fc2 = nn.Linear(AUX, 4 * AUX), nn.Linear(4 * AUX, AUX)
        self.scale = nn.Parameter(torch.full((AUX,), 1e-6))

    def forward(self, x):
        """x (B,A,a,a)"""
        h = self.norm(self.conv(x).permute(0, 2, 3, 1))
        return x + (self.scale * self.fc2(F.gelu(self.fc1(h)))).permute(0, 3, 1, 2)


class Head(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.fc1, self.norm, self.fc2 = nn.Linear(inputs, inputs), nn.LayerNorm(inputs), nn.Linear(inputs, outputs)

    def forward(self, x):
        return self.fc2(self.norm(F.gelu(self.fc1(x))))


class Ps3(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, WIDTH)
        self.text_positions = nn.Parameter(torch.randn(CONTEXT, WIDTH) * 0.01)
        self.text_blocks = nn.ModuleList(Block() for _ in range(DEPTH))
        self.text_norm, self.text_out = nn.LayerNorm(WIDTH, 1e-6), nn.Linear(WIDTH, WIDTH)
        self.prompt = Head(WIDTH, WIDTH)
        side = SCALES[0] // PATCH
        self.patches = nn.Conv2d(3, WIDTH, PATCH, PATCH)
        self.positions = nn.Parameter(torch.randn(side * side, WIDTH) * 0.05)
        self.residuals = nn.ParameterList(nn.Parameter(torch.zeros((s // PATCH) ** 2, WIDTH)) for s in SCALES[1:])
        self.blocks = nn.ModuleList(Block() for _ in range(DEPTH))
        self.norm = nn.LayerNorm(WIDTH, 1e-6)
        self.latent = nn.Parameter(torch.randn(1, 1, WIDTH) * 0.07)
        self.pool_q, self.pool_kv = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, 2 * WIDTH)
        self.pool_proj, self.pool_norm = nn.Linear(WIDTH, WIDTH), nn.LayerNorm(WIDTH, 1e-6)
        self.pool_fc1, self.pool_fc2 = nn.Linear(WIDTH, MLP), nn.Linear(MLP, WIDTH)
        self.prior = nn.Parameter(torch.randn(WIDTH))
        self.features = Head(len(LAYERS) * WIDTH, WIDTH)
        self.stem, self.stem_norm = nn.Conv2d(3, AUX, AUX_PATCH, AUX_PATCH), nn.LayerNorm(AUX, 1e-6)
        self.aux = nn.Sequential(*(ConvNext() for _ in range(AUX_DEPTH)))
        self.aux_out, self.prompt_aux = nn.Conv2d(AUX, AUX, 1), nn.Linear(WIDTH, AUX)
        self.scale, self.bias = nn.Parameter(torch.tensor(10.0).log()), nn.Parameter(torch.tensor(-10.0))

    def text(self, tokens):
        x = self.embedding(tokens) + self.text_positions
        for block in self.text_blocks:
            x, _ = block(x)
        return F.normalize(self.text_out(self.text_norm(x)[:, -1]), dim=-1)

    def probability(self, low, high, prompt):
        """low (B,D,g,g), high (B,A,a,a), prompt (1 or B,D) -> (B,g,g)"""
        ours = F.cosine_similarity(low, prompt[:, :, None, None], 1)
        other = F.cosine_similarity(high, self.prompt_aux(prompt)[:, :, None, None], 1)
        other = F.adaptive_max_pool2d(other[:, None], low.shape[-2:])[:, 0]
        return ((ours + other) / 2 + 1) / 2

    def pool(self, x, mask=None):
        b, n, _ = x.shape
        q = self.pool_q(self.latent).view(1, 1, HEADS, -1).transpose(1, 2).expand(b, -1, -1, -1)
        k, v = self.pool_kv(x).view(b, n, 2, HEADS, -1).permute(2, 0, 3, 1, 4).unbind(0)
        scores = q @ k.transpose(-2, -1) * q.shape[-1] ** -0.5
        if mask is not None and bool((mask > 0).any()):
            scores = scores.masked_fill((mask <= 0)[:, None, None], float("-inf"))
        y = self.pool_proj((scores.softmax(-1) @ v).transpose(1, 2).reshape(b, 1, WIDTH))[:, 0]
        return F.normalize(y + self.pool_fc2(F.gelu(self.pool_fc1(self.pool_norm(y)))), dim=-1)

    def selected(self, picture, scale, i, indices):
        """The embedded patches `indices` (B,K) of the picture at one scale (B,K,D)."""
        side, b = scale // PATCH, picture.shape[0]
        resized = picture if picture.shape[-1] == scale else F.interpolate(picture, (scale, scale), mode="bicubic")
        cut = resized.view(b, 3, side, PATCH, side, PATCH).permute(0, 2, 4, 1, 3, 5).reshape(b, side * side, -1)
        cut = cut.gather(1, indices[..., None].expand(-1, -1, cut.shape[-1]))
        own = SCALES[0] // PATCH
        grid = self.positions.view(1, own, own, WIDTH).permute(0, 3, 1, 2)
        table = F.interpolate(grid, (side, side), mode="bicubic").permute(0, 2, 3, 1).reshape(-1, WIDTH)
        x = F.linear(cut, self.patches.weight.flatten(1), self.patches.bias)
        return x + (table + self.residuals[i])[indices]

    def look(self, picture, boxes, prompt):
        low = F.interpolate(picture, (SCALES[0], SCALES[0]), mode="bicubic")
        x = self.patches(low).flatten(2).transpose(1, 2) + self.positions
        hidden, caches = [], []
        for block in self.blocks:
            x, cache = block(x)
            hidden.append(x)
            caches.append(cache)
        b, n, _ = x.shape
        side = SCALES[0] // PATCH
        features = self.features(torch.cat([hidden[i] for i in LAYERS], -1)).transpose(1, 2).reshape(b, WIDTH, side, side)
        aux = self.stem_norm(self.stem(picture).permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        aux = self.aux_out(self.aux(aux))
        maps = [self.probability(features, aux, p) for p in (self.prior[None], prompt) if p is not None]
        cells = [(s // PATCH) ** 2 for s in SCALES[1:]]
        tokens, masks, covers = [], [], []
        for i, scale in enumerate(SCALES[1:]):
            grid = scale // PATCH
            cover = F.interpolate(boxes[:, None], (grid, grid), mode="area").flatten(1)
            count = min(cells[i], round(TOKENS * scale**2 / sum(s**2 for s in SCALES[1:])))
            scores = F.interpolate(maps[-1][:, None], (grid, grid), mode="bilinear").flatten(1).detach() + cover
            indices = scores.topk(count, sorted=False).indices.sort(1).values
            tokens.append(self.selected(picture, scale, i, indices))
            masks.append(cover.gather(1, indices))
            covers.append(cover)
        y = torch.cat(tokens, 1)
        for block, cache in zip(self.blocks, caches):
            y, _ = block(y, cache)
        return self.pool(self.norm(y), torch.cat(masks, 1)), maps, covers

    def loss(self, picture, boxes, tokens):
        texts = self.text(tokens)
        images, maps, covers = self.look(picture, boxes, self.prompt(texts))
        logits = images @ texts.t() * self.scale.exp() + self.bias
        signs = 2 * torch.eye(len(logits)) - 1
        total = -F.logsigmoid(signs * logits).sum() / len(logits)
        for probability in maps:
            for scale, cover in zip(SCALES[1:], covers):
                grid = scale // PATCH
                guess = F.interpolate(probability[:, None], (grid, grid), mode="nearest").flatten(1).clamp(1e-6, 1 - 1e-6)
                total = total + F.binary_cross_entropy(guess, (cover > 0).float()) / len(covers)
        return total


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--look", action="store_true", help="one look without gradients instead of a training step")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    model = Ps3()
    side = SCALES[-1]
    picture, boxes = torch.rand(1, 3, side, side) * 2 - 1, torch.zeros(1, side, side)
    boxes[:, : side // 4, : side // 3] = 1
    tokens = torch.randint(0, VOCABULARY, (1, CONTEXT))
    optimizer = torch.optim.AdamW(model.parameters(), 1e-4, (0.9, 0.95), weight_decay=0.1)

    def step():
        optimizer.zero_grad(set_to_none=True)
        model.loss(picture, boxes, tokens).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    def look():
        with torch.no_grad():
            model.look(picture, boxes, None)

    seconds = []
    for i in range(options.steps + 1):
        start = time.perf_counter()
        look() if options.look else step()
        if i > 0:  # the first allocates
            seconds.append(time.perf_counter() - start)
    seconds.sort()
    print(json.dumps({
        "what": "look" if options.look else "step",
        "torch": torch.__version__,
        "threads": options.threads,
        "parameters": sum(p.numel() for p in model.parameters()),
        "best_s": round(seconds[0], 4),
        "median_s": round(seconds[len(seconds) // 2], 4),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }))


if __name__ == "__main__":
    main()
