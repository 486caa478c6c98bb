package dev.fovea.datasets.scenes;

import java.util.Arrays;
import java.util.SplittableRandom;

/// A smooth pattern over a square: a number in 0..1 for each pixel.
sealed interface Field {
    /// Fills the values of one row.
    void row(int y, float[] values);

    /// A random pattern for a square of `side` pixels.
    static Field random(SplittableRandom random, int side) {
        return switch (random.nextInt(7)) {
            case 0 -> Linear.random(random, side);
            case 1 -> Radial.random(random, side);
            case 2 -> Noise.random(random, side, 3, 2);
            case 3 -> Noise.random(random, side, 8, 3);
            case 4 -> Noise.random(random, side, 24, 2);
            case 5 -> Stripes.random(random, side, false);
            default -> Stripes.random(random, side, true);
        };
    }

    /// A ramp in some direction.
    record Linear(double dx, double dy, double start) implements Field {
        static Linear random(SplittableRandom random, int side) {
            double angle = random.nextDouble(2 * Math.PI);
            double dx = Math.cos(angle) / side;
            double dy = Math.sin(angle) / side;
            double span = (Math.abs(dx) + Math.abs(dy)) * side;
            double start = -(Math.min(0, dx) + Math.min(0, dy)) * side / span;
            return new Linear(dx / span, dy / span, start);
        }

        @Override
        public void row(int y, float[] values) {
            for (int x = 0; x < values.length; x++) {
                values[x] = (float) (start + x * dx + y * dy);
            }
        }
    }

    /// Rings around a point.
    record Radial(double cx, double cy, double reach) implements Field {
        static Radial random(SplittableRandom random, int side) {
            return new Radial(
                    random.nextDouble() * side, random.nextDouble() * side, side * random.nextDouble(0.7, 1.4));
        }

        @Override
        public void row(int y, float[] values) {
            for (int x = 0; x < values.length; x++) {
                double dx = x - cx;
                double dy = y - cy;
                values[x] = (float) Math.min(1, Math.sqrt(dx * dx + dy * dy) / reach);
            }
        }
    }

    /// Soft parallel bands; crossed ones make a weave.
    record Stripes(double fx, double fy, boolean crossed) implements Field {
        static Stripes random(SplittableRandom random, int side, boolean crossed) {
            double angle = random.nextDouble(Math.PI);
            double bands = 2 * Math.PI * random.nextDouble(3, 14) / side;
            return new Stripes(bands * Math.cos(angle), bands * Math.sin(angle), crossed);
        }

        @Override
        public void row(int y, float[] values) {
            for (int x = 0; x < values.length; x++) {
                float wave = wave(fx * x + fy * y);
                values[x] = crossed ? (wave + wave(fx * y - fy * x)) / 2 : wave;
            }
        }

        /// A parabola approximating (1 - cos) / 2, cheaper than the cosine.
        private static float wave(double phase) {
            double turns = phase / (2 * Math.PI);
            double t = 2 * (turns - Math.floor(turns)) - 1;
            double hill = 1 - t * t;
            return (float) (hill * hill);
        }
    }

    /// Value noise: random values on grids of doubling fineness, smoothly interpolated and summed with halving
    /// weight.
    record Noise(float[][] grids, int[] cells, int side) implements Field {
        static Noise random(SplittableRandom random, int side, int coarse, int octaves) {
            float[][] grids = new float[octaves][];
            int[] cells = new int[octaves];
            for (int octave = 0; octave < octaves; octave++) {
                cells[octave] = coarse << octave;
                grids[octave] = new float[(cells[octave] + 2) * (cells[octave] + 2)];
                for (int i = 0; i < grids[octave].length; i++) {
                    grids[octave][i] = (float) random.nextDouble();
                }
            }
            return new Noise(grids, cells, side);
        }

        @Override
        public void row(int y, float[] values) {
            Arrays.fill(values, 0);
            float total = 0;
            float weight = 1;
            for (int octave = 0; octave < cells.length; octave++, weight /= 2) {
                add(octave, y, weight, values);
                total += weight;
            }
            for (int x = 0; x < values.length; x++) {
                values[x] /= total;
            }
        }

        private void add(int octave, int y, float weight, float[] values) {
            float[] grid = grids[octave];
            int count = cells[octave];
            int stride = count + 2;
            float step = (float) count / side;
            float gy = y * step;
            int iy = (int) gy;
            float ty = smooth(gy - iy);
            int last = -1;
            float left = 0;
            float right = 0;
            for (int x = 0; x < values.length; x++) {
                float gx = x * step;
                int ix = (int) gx;
                if (ix != last) {
                    last = ix;
                    int at = iy * stride + ix;
                    left = weight * (grid[at] + ty * (grid[at + stride] - grid[at]));
                    right = weight * (grid[at + 1] + ty * (grid[at + 1 + stride] - grid[at + 1]));
                }
                values[x] += left + smooth(gx - ix) * (right - left);
            }
        }

        private static float smooth(float t) {
            return t * t * (3 - 2 * t);
        }
    }
}
