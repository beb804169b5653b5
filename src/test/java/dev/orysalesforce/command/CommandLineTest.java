package dev.orysalesforce.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.apache.camel.CamelExecutionException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.support.GenericApplicationContext;

/** A command ends with an exit code and a message, whatever fails. */
class CommandLineTest {

    static List<Throwable> failures() {
        return List.of(new CamelExecutionException("ada@example.org", null, new IllegalStateException("ada@example.org")),
                new NullPointerException(), new StackOverflowError());
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aCommandThatFailsSaysSo(Throwable failure) {
        GenericApplicationContext context = new GenericApplicationContext();
        context.registerBean(Command.class, () -> new Failing(failure));
        context.refresh();
        ByteArrayOutputStream words = new ByteArrayOutputStream();
        assertThat(new CommandLine("failing", List.of()).run(context, new PrintStream(words))).isEqualTo(1);
        assertThat(words.toString()).contains("failing").contains(CommandLineTest.class.getSimpleName())
                .doesNotContain("ada@example.org"); // a message may quote a trait
    }

    private record Failing(Throwable failure) implements Command {

        @Override
        public String name() {
            return "failing";
        }

        @Override
        public int run(List<String> arguments) {
            throw CommandLineTest.<RuntimeException>unchecked(failure);
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> T unchecked(Throwable failure) throws T {
        throw (T) failure;
    }
}
