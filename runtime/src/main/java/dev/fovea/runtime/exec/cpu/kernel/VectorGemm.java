package dev.fovea.runtime.exec.cpu.kernel;

import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOAT;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.FLOATS;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.ORDER;
import static dev.fovea.runtime.exec.cpu.kernel.Lanes.WIDTH;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Matrix products in plain Java on the Vector API: packed, cache-blocked and register-tiled, after Goto and
/// van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008).
///
/// The result is cut into one rectangle per worker, and each worker packs what its rectangle needs: no barriers
/// within a product. The depth is cut into the same blocks whatever the number of workers, so every element is
/// the same sum in the same order and the bits of the result depend on neither threads nor vector width.
public final class VectorGemm implements Gemm {
    /// Depth of a block: a panel of a of this depth lives in the first-level cache, one of b streams through it.
    private static final int DEPTH_BLOCK = 512;
    /// Rows of a packed block of a, which lives in the second-level cache.
    private static final int ROW_BLOCK = 128;
    /// Columns of a packed block of b.
    private static final int COLUMN_BLOCK = 576;
    /// Below this many fused multiply-adds waking other threads does not pay.
    private static final long SERIAL_WORK = 1 << 18;

    private final Workers workers;
    private final MicroKernel kernel;
    private final Scratch[] scratch;
    private final RangeBody rectangles = this::rectangles;
    private final Job job = new Job();

    /// A provider that divides its products over `workers`.
    public VectorGemm(Workers workers) {
        this(workers, MicroKernel.preferred());
    }

    VectorGemm(Workers workers, MicroKernel kernel) {
        this.workers = workers;
        this.kernel = kernel;
        scratch = new Scratch[workers.count()];
        for (int i = 0; i < scratch.length; i++) {
            scratch[i] = new Scratch(kernel);
        }
    }

    @Override
    public String name() {
        return "java";
    }

    @Override
    public void multiply(
            boolean transA,
            boolean transB,
            int m,
            int n,
            int k,
            MemorySegment a,
            long aOffset,
            int lda,
            MemorySegment b,
            long bOffset,
            int ldb,
            MemorySegment c,
            long cOffset,
            int ldc,
            boolean accumulate) {
        job.transA = transA;
        job.transB = transB;
        job.m = m;
        job.n = n;
        job.k = k;
        job.a = a;
        job.aOffset = aOffset;
        job.lda = lda;
        job.b = b;
        job.bOffset = bOffset;
        job.ldb = ldb;
        job.c = c;
        job.cOffset = cOffset;
        job.ldc = ldc;
        job.accumulate = accumulate;
        boolean serial = (long) m * n * k < SERIAL_WORK;
        job.divide(serial ? 1 : workers.count(), kernel);
        workers.forRange(job.rowParts * job.columnParts, 1, rectangles);
    }

    private void rectangles(int from, int to, int worker) {
        for (int part = from; part < to; part++) {
            int rowPart = part / job.columnParts;
            int columnPart = part % job.columnParts;
            int firstRow = boundary(job.m, kernel.rows(), rowPart, job.rowParts);
            int lastRow = boundary(job.m, kernel.rows(), rowPart + 1, job.rowParts);
            int firstColumn = boundary(job.n, kernel.columns(), columnPart, job.columnParts);
            int lastColumn = boundary(job.n, kernel.columns(), columnPart + 1, job.columnParts);
            if (firstRow < lastRow && firstColumn < lastColumn) {
                rectangle(scratch[worker], firstRow, lastRow, firstColumn, lastColumn);
            }
        }
    }

    /// Where part `part` of `parts` of `size` begins, at a multiple of `unit`.
    private static int boundary(int size, int unit, int part, int parts) {
        return (int) Math.min(size, (long) Math.ceilDiv(size, unit) * part / parts * unit);
    }

    private void rectangle(Scratch s, int firstRow, int lastRow, int firstColumn, int lastColumn) {
        int columnStep = evenly(lastColumn - firstColumn, COLUMN_BLOCK, kernel.columns());
        int depthStep = evenly(job.k, DEPTH_BLOCK, 1);
        for (int j = firstColumn; j < lastColumn; j += columnStep) {
            int columns = Math.min(columnStep, lastColumn - j);
            int p = 0;
            do { // once even if the depth is zero: the result must be written
                int depth = Math.min(depthStep, job.k - p);
                packB(s, j, columns, p, depth);
                block(s, firstRow, lastRow, j, columns, p, depth);
                p += depthStep;
            } while (p < job.k);
        }
    }

    /// The largest step up to `most` that cuts `size` into nearly equal multiples of `unit`.
    private static int evenly(int size, int most, int unit) {
        int blocks = Math.max(1, Math.ceilDiv(size, most));
        return Math.max(unit, Math.ceilDiv(Math.ceilDiv(size, blocks), unit) * unit);
    }

    private void block(Scratch s, int firstRow, int lastRow, int column, int columns, int p, int depth) {
        int rowStep = evenly(lastRow - firstRow, ROW_BLOCK, kernel.rows());
        boolean add = job.accumulate || p > 0;
        for (int i = firstRow; i < lastRow; i += rowStep) {
            int rows = Math.min(rowStep, lastRow - i);
            packA(s, i, rows, p, depth);
            tiles(s, i, rows, column, columns, depth, add);
        }
    }

    private void tiles(Scratch s, int row, int rows, int column, int columns, int depth, boolean add) {
        int tileRows = kernel.rows();
        int tileColumns = kernel.columns();
        for (int j = 0; j < columns; j += tileColumns) {
            int width = Math.min(tileColumns, columns - j);
            for (int i = 0; i < rows; i += tileRows) {
                kernel.multiply(s.tile, 0, s.a, i * depth, s.b, j * depth, depth);
                long target = job.cOffset + (long) (row + i) * job.ldc + column + j;
                int height = Math.min(tileRows, rows - i);
                if (add) {
                    addTile(job.c, target, job.ldc, s.tile, tileColumns, height, width);
                } else {
                    storeTile(job.c, target, job.ldc, s.tile, tileColumns, height, width);
                }
            }
        }
    }

    private void packA(Scratch s, int row, int rows, int p, int depth) {
        if (job.transA) {
            long offset = job.aOffset + (long) p * job.lda + row;
            Packing.alongLines(s.a, 0, depth, job.a, offset, job.lda, rows, depth, kernel.rows());
        } else {
            long offset = job.aOffset + (long) row * job.lda + p;
            Packing.alongDepth(s.a, 0, job.a, offset, job.lda, rows, depth, kernel.rows(), s.exchange);
        }
        Packing.clearRest(s.a, rows, depth, kernel.rows());
    }

    private void packB(Scratch s, int column, int columns, int p, int depth) {
        if (job.transB) {
            long offset = job.bOffset + (long) column * job.ldb + p;
            Packing.alongDepth(s.b, 0, job.b, offset, job.ldb, columns, depth, kernel.columns(), s.exchange);
        } else {
            long offset = job.bOffset + (long) p * job.ldb + column;
            Packing.alongLines(s.b, 0, depth, job.b, offset, job.ldb, columns, depth, kernel.columns());
        }
        Packing.clearRest(s.b, columns, depth, kernel.columns());
    }

    private static void storeTile(
            MemorySegment c, long offset, int ldc, float[] tile, int tileColumns, int height, int width) {
        for (int i = 0; i < height; i++) {
            long to = offset + (long) i * ldc;
            int j = 0;
            for (; j <= width - WIDTH; j += WIDTH) {
                FloatVector.fromArray(FLOATS, tile, i * tileColumns + j).intoMemorySegment(c, (to + j) << 2, ORDER);
            }
            for (; j < width; j++) {
                c.set(FLOAT, (to + j) << 2, tile[i * tileColumns + j]);
            }
        }
    }

    private static void addTile(
            MemorySegment c, long offset, int ldc, float[] tile, int tileColumns, int height, int width) {
        for (int i = 0; i < height; i++) {
            long to = offset + (long) i * ldc;
            int j = 0;
            for (; j <= width - WIDTH; j += WIDTH) {
                FloatVector.fromMemorySegment(FLOATS, c, (to + j) << 2, ORDER)
                        .add(FloatVector.fromArray(FLOATS, tile, i * tileColumns + j))
                        .intoMemorySegment(c, (to + j) << 2, ORDER);
            }
            for (; j < width; j++) {
                c.set(FLOAT, (to + j) << 2, c.get(FLOAT, (to + j) << 2) + tile[i * tileColumns + j]);
            }
        }
    }

    /// What one worker writes while it works: packed blocks of a and b and one tile of the result.
    private static final class Scratch {
        final float[] a;
        final float[] b;
        final float[] tile;
        final float[] exchange = new float[Packing.exchangeLength()];

        Scratch(MicroKernel kernel) {
            a = new float[Packing.packedLength(ROW_BLOCK, DEPTH_BLOCK, kernel.rows())];
            b = new float[Packing.packedLength(COLUMN_BLOCK, DEPTH_BLOCK, kernel.columns())];
            tile = new float[kernel.rows() * kernel.columns()];
        }
    }

    /// The product at hand; one object for the life of the provider, so that a call allocates nothing.
    private static final class Job {
        boolean transA;
        boolean transB;
        int m;
        int n;
        int k;
        MemorySegment a = MemorySegment.NULL;
        long aOffset;
        int lda;
        MemorySegment b = MemorySegment.NULL;
        long bOffset;
        int ldb;
        MemorySegment c = MemorySegment.NULL;
        long cOffset;
        int ldc;
        boolean accumulate;
        int rowParts;
        int columnParts;

        /// Chooses the grid of rectangles whose largest costs least: its tiles plus the packing of its share of
        /// a and b.
        void divide(int parts, MicroKernel kernel) {
            long best = Long.MAX_VALUE;
            for (int rowCount = 1; rowCount <= parts; rowCount++) {
                if (parts % rowCount == 0) {
                    int columnCount = parts / rowCount;
                    long rows = (long) Math.ceilDiv(Math.ceilDiv(m, kernel.rows()), rowCount) * kernel.rows();
                    long columns =
                            (long) Math.ceilDiv(Math.ceilDiv(n, kernel.columns()), columnCount) * kernel.columns();
                    long cost = rows * columns + 2L * WIDTH * (rows + columns);
                    if (cost < best) {
                        best = cost;
                        rowParts = rowCount;
                        columnParts = columnCount;
                    }
                }
            }
        }
    }
}
