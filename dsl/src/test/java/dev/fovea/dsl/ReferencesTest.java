package dev.fovea.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReferencesTest {
    private static ResolvedSpec with(String vars, String... overrides) {
        return Specs.read(Specs.MINIMAL + "vars: " + vars + "\n", overrides);
    }

    @Test
    void aWholeValueKeepsItsType() {
        assertThat(with("{n: 7}", "seed=${vars.n}").spec().seed()).isEqualTo(7);
        assertThat(with("{s: [21, 42]}", "model.ps3.scales=${vars.s}", "model.vision.patch=7")
                        .spec()
                        .model()
                        .ps3()
                        .scales())
                .containsExactly(21, 42);
        assertThat(with("{s: [5, 6]}", "seed=${vars.s[1]}").spec().seed()).isEqualTo(6);
        assertThat(with("{s: [5, 6]}", "seed=${vars.s.0}").spec().seed()).isEqualTo(5);
        assertThat(with("{a: {b: [[1], [2, 3]]}}", "seed=${vars.a.b[1][0]}")
                        .spec()
                        .seed())
                .isEqualTo(2);
        assertThat(with("{f: false}", "loss.contrast.weight=1", "model.text.causal=${vars.f}")
                        .spec()
                        .model()
                        .text()
                        .causal())
                .isFalse();
    }

    @Test
    void insideTextTheValueIsInserted() {
        ResolvedSpec spec = with("{n: 75, who: me}", "schedule.length=${vars.n}Msa", "doc=by ${vars.who}, ${vars.n}!");
        assertThat(spec.spec().schedule().length().amount()).isEqualTo(75e6);
        assertThat(spec.spec().doc()).isEqualTo("by me, 75!");
    }

    @Test
    void varsMayReferToVars() {
        assertThat(with("{a: \"${vars.b}\", b: [\"${vars.c}\", 2], c: 9}", "seed=${vars.a[0]}")
                        .spec()
                        .seed())
                .isEqualTo(9);
    }

    @Test
    void twoDollarsAreLiteral() {
        ResolvedSpec spec = with("{n: 3}", "doc=$${vars.n} $$ $ ${vars.n}");
        assertThat(spec.spec().doc()).isEqualTo("${vars.n} $$ $ 3");
        assertThat(Specs.read(spec.yaml(false)).spec()).isEqualTo(spec.spec());
        assertThat(with("{n: 3}", "doc=$${vars.n}").spec().doc()).isEqualTo("${vars.n}");
    }

    @Test
    void originsAreThePlaceOfTheReference() {
        assertThat(with("{n: 7}", "seed=${vars.n}").origins().get("seed")).isEqualTo(new Origin("override 1", 1, 6));
    }

    @Test
    void unusedVarsAreNamed() {
        assertThat(Specs.warnings(with("{n: 7, m: 1}", "seed=${vars.n}")))
                .containsExactly("spec.yaml:14:14: vars.m: is never used");
    }

    @Test
    void theEnvironmentServesOnlySectionsThatSayHow() {
        Map<String, String> environment = Map.of("URI", "http://h:5000", "N", "3", "TYPE", "none");
        ResolvedSpec spec = Specs.read(
                Specs.MINIMAL,
                environment,
                "tracking.uri=${env:URI}",
                "run.threads=${env:N}",
                "tracking.type=${env:TYPE}");
        assertThat(spec.spec().tracking().uri()).isEqualTo("http://h:5000");
        assertThat(spec.spec().tracking().type()).isEqualTo("none");
        assertThat(spec.spec().run().threads()).isEqualTo(3);
        assertThat(spec.key()).isEqualTo(Specs.read(Specs.MINIMAL).key());
    }

    @Test
    void valuesOfTheEnvironmentAreNeverShown() {
        Map<String, String> environment = Map.of("SECRET", "http://me:pa55@h", "BAD", "pa55word");
        ResolvedSpec spec = Specs.read(Specs.MINIMAL, environment, "tracking.uri=${env:SECRET}");
        assertThat(spec.spec().tracking().uri()).isEqualTo("http://me:pa55@h");
        assertThat(spec.origins().get("tracking.uri")).isEqualTo(new Origin("env:SECRET", 1, 14));
        assertThat(spec.yaml(true))
                .contains("uri: \"${env:SECRET}\"  # env:SECRET")
                .doesNotContain("pa55");
        assertThat(spec.json()).contains("\"${env:SECRET}\"").doesNotContain("pa55");
        assertThat(spec.canonical()).doesNotContain("pa55");
        try {
            Specs.read(
                    Specs.MINIMAL,
                    environment,
                    "run.threads=${env:BAD}",
                    "tracking.type=${env:BAD}",
                    "tracking.experiment=x-${env:BAD}");
            throw new AssertionError("valid");
        } catch (SpecException e) {
            assertThat(e.report(true)).doesNotContain("pa55");
            assertThat(e.problems())
                    .extracting(SpecProblem::headline)
                    .containsExactly(
                            "override 1: run.threads=${env:BAD}: expected a whole number from 1 to 4096 or \"auto\", found ${env:BAD} (e.g. threads: 4)",
                            "override 2: tracking.type=${env:BAD}: expected mlflow or none, found ${env:BAD}",
                            "override 3: tracking.experiment=x-${env:BAD}: a value from the environment must stand alone");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {n: 1}              | ${vars.m}        | ${vars.m} is not defined
            {name: 1}           | ${vars.nam}      | ${vars.nam} is not defined (did you mean "name"?)
            {n: 1}              | ${vars.n.x}      | ${vars.n.x} is not defined
            {n: [1]}            | ${vars.n[1]}     | ${vars.n[1]} is not defined
            {n: [1]}            | ${vars.n[-1]}    | ${vars.n[-1]} is not defined
            {n: [1]}            | ${vars.n[99999999999]} | ${vars.n[99999999999]} is not defined
            {n: {a: 1}}         | ${vars.n}        | ${vars.n} is a section, which cannot be inserted (refer to a value in it)
            {n: [1]}            | x${vars.n}       | cannot insert a list into text
            {n: 1}              | ${n}             | unknown reference ${n} (write ${vars.NAME} or, under run and tracking, ${env:NAME})
            {n: 1}              | x${vars.n        | "${" without "}" (write $${ for a literal ${)
            {n: 1}              | ${env:HOME}      | ${env:HOME} is allowed only under run and tracking (what a run computes must not depend on the machine)
            {n: 1}              | ${}              | unknown reference ${} (write ${vars.NAME} or, under run and tracking, ${env:NAME})
            {n: 1}              | ${vars.}         | ${vars.} is not defined
            """)
    void refuses(String vars, String value, String expected) {
        List<String> problems = Specs.problems(Specs.MINIMAL + "vars: " + vars + "\n", "doc=" + value);
        assertThat(problems).containsExactly("override 1: doc=" + value + ": " + expected);
    }

    @Test
    void aCircleThroughAnElementIsNamed() {
        assertThat(Specs.problems(
                        Specs.MINIMAL + "vars: {a: \"${vars.b[0]}\", b: \"${vars.a[0]}\"}\n", "seed=${vars.a}"))
                .singleElement()
                .asString()
                .contains("goes round in a circle: vars.a -> vars.b[0] -> vars.a[0] -> vars.b[0]");
    }

    @Test
    void refusesVarsThatAreNoSection() {
        assertThat(Specs.problems(Specs.MINIMAL + "vars: [1]\n"))
                .containsExactly("spec.yaml:14:7: vars: expected a section, found a list (e.g. vars: {samples: 75M})");
    }

    @Test
    void survivesReferenceBombs() {
        StringBuilder lists = new StringBuilder("vars:\n  a0: [1, 2, 3, 4]\n  t0: xxxxxxxxxx\n  e0: \"\"\n");
        for (int i = 1; i < 30; i++) {
            String list = "\"${vars.a%d}\"".formatted(i - 1);
            lists.append("  a%d: [%s, %s, %s, %s]%n".formatted(i, list, list, list, list));
            lists.append("  t%d: \"${vars.t%d}${vars.t%d}${vars.t%d}\"%n".formatted(i, i - 1, i - 1, i - 1));
            lists.append("  e%d: \"${vars.e%d}${vars.e%d}${vars.e%d}\"%n".formatted(i, i - 1, i - 1, i - 1));
        }
        String yaml = Specs.MINIMAL + lists;
        assertThat(Specs.problems(yaml, "optim.betas=${vars.a29}")).anyMatch(p -> p.contains("more than 20000 values"));
        assertThat(Specs.problems(yaml, "doc=${vars.t29}")).anyMatch(p -> p.contains("more than 10000 characters"));
        assertThat(Specs.problems(yaml, "doc=${vars.e29}")).anyMatch(p -> p.contains("more than 20000 values"));
    }

    @Test
    void limitsTheLengthOfChains() {
        StringBuilder chain = new StringBuilder("vars:\n  c0: 1\n");
        for (int i = 1; i < 5000; i++) {
            chain.append("  c%d: \"${vars.c%d}\"%n".formatted(i, i - 1));
        }
        assertThat(Specs.problems(Specs.MINIMAL + chain, "seed=${vars.c4999}"))
                .singleElement()
                .asString()
                .contains("references more than 32 steps deep");
    }
}
