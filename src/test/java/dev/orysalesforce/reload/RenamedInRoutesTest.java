package dev.orysalesforce.reload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orysalesforce.journal.PauseDeliveryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.BeanDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ThrowExceptionDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Route files of the previous version. */
@ExtendWith(OutputCaptureExtension.class)
class RenamedInRoutesTest {

    private static final Path OLD = Path.of("src/test/resources/old-names/own.camel.yaml");

    @Test
    void camelReadsAnOldRouteFileWithTheNewNames(CapturedOutput log) throws Exception {
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            PluginHelper.getRoutesLoader(camel).loadRoutes(ResourceHelper.resolveResource(camel, "file:" + OLD));
            RouteDefinition route = camel.getRouteDefinition("own.check");

            assertThat(ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), ToDefinition.class))
                    .extracting(ToDefinition::getUri).containsExactly("direct:mapping.invoke", "direct:problem.respond");
            assertThat(ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), BeanDefinition.class))
                    .extracting(bean -> bean.getRef() + "." + bean.getMethod())
                    .containsExactly("eventCounters.accepted('own')", "deliveryPause.recordRecovery", "own.over");
            assertThat(ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), ThrowExceptionDefinition.class))
                    .extracting(ThrowExceptionDefinition::getExceptionType).containsExactly(PauseDeliveryException.class.getName());
        }
        assertThat(log).contains("own.camel.yaml has old names", "mapping.ask is mapping.invoke",
                "outage.over is deliveryPause.recordRecovery", "outage.isPausing is deliveryPause.isPaused");
    }

    /** Otherwise an error would be reported for the wrong line. */
    @Test
    void everyLineStaysWhereItIs() throws IOException {
        String old = Files.readString(OLD);

        String now = RenamedInRoutes.translate(old);

        assertThat(now.lines().count()).isEqualTo(old.lines().count());
        assertThat(RenamedInRoutes.translate(now)).isEqualTo(now);
    }

    @Test
    void noShippedRouteFileHasAnOldName() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            for (Path file : files.sorted().toList()) {
                String text = Files.readString(file);
                assertThat(RenamedInRoutes.translate(text)).as(file.toString()).isEqualTo(text);
            }
        }
    }
}
