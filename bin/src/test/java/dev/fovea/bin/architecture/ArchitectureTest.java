package dev.fovea.bin.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.core.domain.JavaModifier.FINAL;
import static com.tngtech.archunit.core.domain.JavaModifier.STATIC;
import static com.tngtech.archunit.core.domain.JavaModifier.SYNTHETIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Which module may use which, and what no module may do (docs/decisions and the reactor's order).
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArchitectureTest {
    /// Module to the modules it may use, its own apart.
    private static final Map<String, List<String>> MAY_USE = Map.of(
            "dsl", List.of(),
            "datasets", List.of("dsl"),
            "runtime", List.of("dsl", "datasets"),
            "kernels", List.of("dsl", "datasets", "runtime"),
            "reports", List.of("dsl"),
            "bin", List.of("dsl", "datasets", "runtime", "kernels", "reports"));

    private JavaClasses project = new ClassFileImporter().importClasses();

    @BeforeAll
    void readClasses() {
        project = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(location -> !location.contains("/jmh_generated/")) // nobody writes or reads it
                .importPackages("dev.fovea");
    }

    @Test
    void seesEveryModule() {
        for (String module : MAY_USE.keySet()) {
            Assertions.assertThat(project.stream().filter(resideInAPackage("dev.fovea." + module + "..")))
                    .as(module)
                    .isNotEmpty();
        }
        Assertions.assertThat(project.stream().map(JavaClass::getPackageName).filter(name -> !known(name)))
                .as("packages outside the modules")
                .isEmpty();
    }

    @Test
    void modulesDependInOneDirection() {
        MAY_USE.forEach((module, allowed) -> {
            String[] forbidden = MAY_USE.keySet().stream()
                    .filter(other -> !other.equals(module) && !allowed.contains(other))
                    .sorted()
                    .map(other -> "dev.fovea." + other + "..")
                    .toArray(String[]::new);
            if (forbidden.length > 0) {
                noClasses()
                        .that(resideInAPackage("dev.fovea." + module + ".."))
                        .should()
                        .dependOnClassesThat(resideInAnyPackage(forbidden))
                        .as("dev.fovea." + module + " uses only " + allowed)
                        .check(project);
            }
        });
    }

    /// A module's root package is its face: it offers what its other packages implement, and may name both.
    @Test
    void packagesFormNoCycles() {
        slices().assignedFrom(new SliceAssignment() {
                    @Override
                    public SliceIdentifier getIdentifierOf(JavaClass type) {
                        String name = type.getPackageName();
                        boolean inner = name.startsWith("dev.fovea.")
                                && name.chars().filter(c -> c == '.').count() > 2;
                        return inner ? SliceIdentifier.of(name) : SliceIdentifier.ignore();
                    }

                    @Override
                    public String getDescription() {
                        return "the packages below the roots of the modules";
                    }
                })
                .should()
                .beFreeOfCycles()
                .check(project);
    }

    @Test
    void everyPackageIsNullMarked() {
        classes()
                .should(new ArchCondition<>("live in a package that is @NullMarked") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
                        events.add(new SimpleConditionEvent(
                                type, marked, type.getPackageName() + " holds " + type.getName()));
                    }
                })
                .check(project);
    }

    @Test
    void onlyTheCommandEndsTheProcess() {
        noClasses()
                .that(resideInAPackage("dev.fovea.."))
                .and(DescribedPredicate.not(resideInAPackage("dev.fovea.bin")))
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "halt", int.class)
                .check(project);
    }

    @Test
    void onlyTheCommandWritesToTheStandardStreams() {
        noClasses()
                .that(resideInAPackage("dev.fovea.."))
                .and(DescribedPredicate.not(resideInAPackage("dev.fovea.bin..")))
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(project);
    }

    @Test
    void theSpecKnowsNothingOfTensorsOrTheNetwork() {
        noClasses()
                .that(resideInAPackage("dev.fovea.dsl.."))
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "jdk.incubator.vector..",
                        "java.lang.foreign..",
                        "java.net.http..",
                        "java.awt..",
                        "org.apache.arrow.."))
                .check(project);
    }

    @Test
    void noClassUsesTheLoggingOfTheJdkOrItsInternals() {
        noClasses()
                .that(resideInAPackage("dev.fovea.."))
                .and(DescribedPredicate.not(simpleName("Logging")))
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("java.util.logging..", "jdk.internal..", "sun.security..", "sun.nio.."))
                .check(project);
    }

    @Test
    void nothingIsSerializedByJava() {
        noClasses()
                .that(resideInAPackage("dev.fovea.."))
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "are object streams",
                        (JavaClass type) -> type.getFullName().startsWith("java.io.Object")
                                && type.getFullName().endsWith("Stream")))
                .check(project);
    }

    @Test
    void noStaticFieldCanBeSetAgain() {
        fields().that()
                .areDeclaredInClassesThat(resideInAPackage("dev.fovea.."))
                .and()
                .haveModifier(STATIC)
                .and()
                .doNotHaveModifier(SYNTHETIC)
                .should()
                .haveModifier(FINAL)
                .check(project);
    }

    @Test
    void noStaticFieldHoldsSomethingThatChanges() {
        fields().that()
                .areDeclaredInClassesThat(resideInAPackage("dev.fovea.."))
                .and()
                .haveModifier(STATIC)
                .should(new ArchCondition<>("be of a type that is not made to change") {
                    @Override
                    public void check(JavaField field, ConditionEvents events) {
                        boolean changes = CHANGING.stream().anyMatch(field.getRawType()::isAssignableTo);
                        events.add(new SimpleConditionEvent(
                                field,
                                !changes,
                                field.getFullName() + ": " + field.getRawType().getName()));
                    }
                })
                .check(project);
    }

    private static final List<Class<?>> CHANGING = List.of(
            java.util.concurrent.ConcurrentMap.class,
            java.util.HashMap.class,
            java.util.ArrayList.class,
            java.util.concurrent.atomic.AtomicInteger.class,
            java.util.concurrent.atomic.AtomicLong.class,
            java.util.concurrent.atomic.AtomicBoolean.class,
            java.util.concurrent.atomic.AtomicReference.class,
            java.util.Random.class,
            ThreadLocal.class,
            java.util.concurrent.ExecutorService.class);

    private static boolean known(String packageName) {
        return MAY_USE.keySet().stream()
                .anyMatch(module -> (packageName + ".").startsWith("dev.fovea." + module + "."));
    }
}
