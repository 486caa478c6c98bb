package dev.fovea.runtime.plan;

import dev.fovea.runtime.autodiff.Autodiff;
import dev.fovea.runtime.exec.HostFunction;
import dev.fovea.runtime.ir.AttentionOp;
import dev.fovea.runtime.ir.DType;
import dev.fovea.runtime.ir.Graph;
import dev.fovea.runtime.ir.GraphBuilder;
import dev.fovea.runtime.ir.HostCall;
import dev.fovea.runtime.ir.LinearOp;
import dev.fovea.runtime.ir.NormOp;
import dev.fovea.runtime.ir.PointwiseOp;
import dev.fovea.runtime.ir.Shape;
import dev.fovea.runtime.ir.TokenOp;
import dev.fovea.runtime.ir.UpdateOp;
import dev.fovea.runtime.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// Random small training graphs with up to two host calls, by seed.
final class RandomGraphs {
    /// The host call picks two rows of its input by their sums.
    static final Map<String, HostFunction> FUNCTIONS = Map.of("pick", (in, out) -> {
        double sum = 0;
        for (int i = 0; i < in.getFirst().elements(); i++) {
            sum += in.getFirst().get(i);
        }
        for (int i = 0; i < out.getFirst().elements(); i++) {
            out.getFirst().set(i, Math.floorMod((long) (sum * 10) + i, 3));
        }
    });

    private final GraphBuilder b = new GraphBuilder();
    private final SplittableRandom random;
    private final List<Value> pool = new ArrayList<>();

    private RandomGraphs(long seed) {
        random = new SplittableRandom(seed);
    }

    static Graph of(long seed) {
        return new RandomGraphs(seed).build();
    }

    private Value any() {
        return pool.get(random.nextInt(pool.size()));
    }

    private Graph build() {
        List<Value> parameters = new ArrayList<>();
        pool.add(b.input("x", DType.F32, Shape.of(2, 3, 6)));
        for (int i = 0; i < 3; i++) {
            parameters.add(b.parameter("w" + i, Shape.of(6, 6)));
        }
        parameters.add(b.parameter("gamma", Shape.of(6)));
        parameters.add(b.parameter("beta", Shape.of(6)));
        int nodes = random.nextInt(4, 20);
        for (int i = 0; i < nodes; i++) {
            if (random.nextInt(3) > 0) {
                layer(parameters, random.nextInt(2, 6));
            } else {
                pool.add(node(parameters));
            }
        }
        Value y = pool.getLast();
        b.result("y", y);
        b.result("mid", any());
        Value dy = b.input("dy", DType.F32, y.shape());
        Value rates = b.input("rates", DType.F32, Shape.of(3));
        UpdateOp.Hyper hyper = new UpdateOp.Hyper(0.9, 0.95, 1e-8, 0.01, -10, 10);
        Autodiff.gradients(b, y, dy, parameters).forEach((p, g) -> {
            Value m = b.parameter("m." + p.name(), p.shape()), v = b.parameter("v." + p.name(), p.shape());
            List<Value> next = b.addAll(new UpdateOp.AdamW(p, m, v, g, rates, null, hyper));
            b.update(p, next.get(0));
            b.update(m, next.get(1));
            b.update(v, next.get(2));
        });
        return b.build();
    }

    /// Some nodes that form a layer; later nodes may read its last value and, sometimes, an inner one.
    private void layer(List<Value> parameters, int nodes) {
        int outside = pool.size();
        b.layer(() -> {
            for (int i = 0; i < nodes; i++) {
                pool.add(node(parameters));
            }
            return nodes;
        });
        int shown = random.nextInt(outside, pool.size());
        List<Value> seen = List.of(pool.get(shown), pool.getLast());
        pool.subList(outside, pool.size()).clear();
        pool.addAll(seen);
    }

    private Value node(List<Value> p) {
        return switch (random.nextInt(7)) {
            case 0 -> b.add(new PointwiseOp.Add(any(), any()));
            case 1 -> b.add(new PointwiseOp.Gelu(any(), PointwiseOp.GeluKind.ERF));
            case 2 -> b.add(new LinearOp.Linear(any(), p.get(random.nextInt(3)), null));
            case 3 -> b.add(new NormOp.LayerNorm(any(), p.get(3), p.get(4), 1e-5));
            case 4 -> {
                Value packed = b.add(new TokenOp.Concat(List.of(any(), any(), any()), 2));
                yield b.add(new AttentionOp.SelfAttention(packed, random.nextBoolean() ? packed : null, 2, false));
            }
            case 5 -> b.add(new PointwiseOp.Scale(any(), 0.5));
            default -> picked();
        };
    }

    /// Rows chosen by the host from what was computed so far.
    private Value picked() {
        Value at = b.add(new HostCall("pick", List.of(any()), List.of(new HostCall.Output(DType.I32, Shape.of(2, 3)))));
        Value table = b.add(new TokenOp.Slice(any(), 0, 0, 1));
        return b.add(new TokenOp.Gather(table, at));
    }
}
