package dev.fovea.runtime.checkpoint;

import dev.fovea.dsl.run.StoreException;
import dev.fovea.runtime.exec.Store;
import dev.fovea.runtime.ir.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// Copies the weights of a checkpoint into the parameters of a store, in windows of a few megabytes.
public final class WeightLoader {
    private static final String POSITIONS = "vision_model.trunk.pos_embed";
    private static final String SCALE = "logit_scale";

    /// The largest logarithm of the loss's scale: training keeps it there, and so does loading (ps3-spec 2.3,
    /// 7.2.6).
    private static final float MOST_SCALE = (float) Math.log(100);

    private final PretrainedModel model;
    private final boolean strict;
    private final List<String> taken = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private WeightLoader(PretrainedModel model, boolean strict) {
        this.model = model;
        this.strict = strict;
    }

    /// What was loaded.
    ///
    /// @param taken parameters that the checkpoint gave
    /// @param fresh parameters that it does not have; their elements are as before
    /// @param unused stored weights that no parameter asked for
    /// @param notes what else the user should know
    public record Loaded(List<String> taken, List<String> fresh, List<String> unused, List<String> notes) {
        /// Copies the lists.
        public Loaded {
            taken = List.copyOf(taken);
            fresh = List.copyOf(fresh);
            unused = List.copyOf(unused);
            notes = List.copyOf(notes);
        }
    }

    /// Loads a checkpoint.
    ///
    /// @param wanted parameters of the store with their shapes
    /// @param known all parameters that the model has; stored weights beyond them are refused if `strict`
    /// @param strict only what PS3 adds to SigLIP may be missing, and nothing may be left over; otherwise
    ///     anything may, and new parts of another shape count as missing
    /// @throws StoreException if weights are missing, left over or of another shape; all are named at once
    public static Loaded load(
            PretrainedModel model,
            SequencedMap<String, Shape> wanted,
            SequencedMap<String, Shape> known,
            boolean strict,
            Store store) {
        return new WeightLoader(model, strict).load(wanted, known, store);
    }

    private Loaded load(SequencedMap<String, Shape> wanted, SequencedMap<String, Shape> known, Store store) {
        SequencedMap<String, Weight> weights = model.weights();
        SequencedMap<String, long[]> shapes = PretrainedModel.shapes(wanted);
        Difference difference = new Difference();
        difference.compare(weights, shapes);
        List<String> fresh = new ArrayList<>(difference.missing());
        List<String> unused = new ArrayList<>(difference.extra());
        difference.extra().removeAll(known.keySet());
        if (isResampled(weights.get(POSITIONS), shapes.get(POSITIONS))) {
            difference.reshaped().remove(POSITIONS);
        }
        if (!strict) {
            difference.reshaped().stream().filter(name -> Part.of(name).isNew()).forEach(fresh::add);
            difference.reshaped().removeIf(name -> Part.of(name).isNew());
        }
        refuse(difference);
        SequencedMap<String, Shape> loaded = new LinkedHashMap<>(wanted);
        loaded.keySet().removeAll(fresh);
        loaded.forEach((name, shape) -> copy(name, weights.get(name), shape, store));
        return new Loaded(taken, fresh, unused, notes);
    }

    private void refuse(Difference difference) {
        if (strict) {
            difference.missing().removeIf(name -> Part.of(name).isNew());
        } else {
            difference.missing().clear();
            difference.extra().clear();
        }
        if (model.layout() == Layout.UNKNOWN || !difference.isEmpty()) {
            throw new StoreException(
                    model.path() + " (" + model.layout().label() + ") does not fit the model: " + difference.text());
        }
    }

    private static boolean isResampled(@Nullable Weight there, long @Nullable [] wanted) {
        if (there == null || wanted == null) {
            return false;
        }
        long width = wanted[wanted.length - 1];
        long[] shape = there.shape();
        return shape[shape.length - 1] == width
                && PositionTable.isSquare(Weight.product(shape) / width)
                && PositionTable.isSquare(Weight.product(wanted) / width);
    }

    private void copy(String name, @Nullable Weight weight, Shape shape, Store store) {
        if (weight == null) {
            throw new IllegalStateException(name + " has not been checked");
        }
        if (name.equals(POSITIONS) && Weight.product(weight.shape()) != shape.elements()) {
            resample(weight, shape, store);
        } else if (name.equals(SCALE)) {
            clampScale(weight, store);
        } else {
            long done = 0;
            for (Weight.Piece piece : weight.pieces()) {
                long start = done;
                model.files()
                        .floats(
                                piece.tensor(),
                                piece.first(),
                                piece.count(),
                                (first, floats) -> store.write(name, start + first, floats));
                done += piece.count();
            }
        }
        taken.add(name);
    }

    private void resample(Weight weight, Shape shape, Store store) {
        int width = shape.dim(-1);
        int from = (int) Math.sqrt((double) Weight.product(weight.shape()) / width);
        int to = (int) Math.sqrt((double) shape.elements() / width);
        float[] table = model.files().floats(weight.pieces().getFirst().tensor());
        write(store, POSITIONS, PositionTable.resampled(table, from, to, width));
        notes.add("position embeddings resampled from " + from + "x" + from + " to " + to + "x" + to);
    }

    private void clampScale(Weight weight, Store store) {
        float value = model.files().floats(weight.pieces().getFirst().tensor())[0];
        float kept = Math.clamp(value, 0, MOST_SCALE);
        if (kept != value) {
            notes.add("logit_scale " + value + " set to " + kept + ", as training keeps it within 0 and ln 100");
        }
        write(store, SCALE, new float[] {kept});
    }

    private static void write(Store store, String name, float[] values) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment floats = arena.allocateFrom(ValueLayout.JAVA_FLOAT, values);
            store.write(name, floats);
        }
    }
}
