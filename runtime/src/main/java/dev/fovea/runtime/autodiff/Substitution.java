package dev.fovea.runtime.autodiff;

import dev.fovea.runtime.ir.Op;
import dev.fovea.runtime.ir.Value;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The same op on other values. Ops are records of values, lists, ops and numbers, so that a new op needs nothing
/// to be substituted in.
final class Substitution {
    private Substitution() {}

    /// `op` with each value it reads replaced by what `by` answers for it.
    static Op of(Op op, UnaryOperator<Value> by) {
        return (Op) rebuilt((Record) op, by);
    }

    private static @Nullable Object replaced(@Nullable Object part, UnaryOperator<Value> by) {
        return switch (part) {
            case null -> null;
            case Value v -> by.apply(v);
            case Op op -> rebuilt((Record) op, by);
            case List<?> list -> replaced(list, by);
            default -> part;
        };
    }

    private static List<?> replaced(List<?> list, UnaryOperator<Value> by) {
        List<@Nullable Object> all = new ArrayList<>();
        list.forEach(part -> all.add(replaced(part, by)));
        return all.equals(list) ? list : all;
    }

    private static Record rebuilt(Record of, UnaryOperator<Value> by) {
        RecordComponent[] components = of.getClass().getRecordComponents();
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        @Nullable Object[] parts = new @Nullable Object[components.length];
        try {
            for (int i = 0; i < parts.length; i++) {
                parts[i] = replaced(components[i].getAccessor().invoke(of), by);
            }
            return of.getClass().getDeclaredConstructor(types).newInstance(parts);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(of + " cannot read other values: " + e.getCause(), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("an op must be a public record: " + of, e);
        }
    }
}
