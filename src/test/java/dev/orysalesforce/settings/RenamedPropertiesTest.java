package dev.orysalesforce.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orysalesforce.settings.SyncSettings.Action;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ClassPathResource;

/** An application.yaml and variables of the version before. */
@ExtendWith(OutputCaptureExtension.class)
class RenamedPropertiesTest {

    private final StandardEnvironment environment = new StandardEnvironment();

    private SyncSettings settings() throws Exception {
        new YamlPropertySourceLoader().load("old", new ClassPathResource("old-names/application.yaml"))
                .forEach(environment.getPropertySources()::addLast);
        ConfigurationPropertySources.attach(environment);
        GenericApplicationContext context = new GenericApplicationContext();
        context.setEnvironment(environment);
        new RenamedProperties().initialize(context);
        ApplicationConversionService conversion = new ApplicationConversionService();
        conversion.addConverter(new RenamedActions());
        return new Binder(ConfigurationPropertySources.get(environment), null, conversion, null, null)
                .bind("sync", Bindable.of(SyncSettings.class)).get();
    }

    @Test
    void oldNamesWorkWithAWarningThatNamesTheNewOnes(CapturedOutput log) throws Exception {
        SyncSettings settings = settings();

        assertThat(settings.deadLetters().healthThreshold()).isEqualTo(7);
        assertThat(settings.deadLetters().retention()).hasDays(90);
        assertThat(settings.writerLeaseTimeout()).hasSeconds(45);
        assertThat(settings.reload().pollInterval()).hasSeconds(3);
        assertThat(log).contains("sync.takeover-after is called sync.writer-lease-timeout now",
                "sync.edits.every is called sync.reload.poll-interval now");
    }

    @Test
    void oldActionsWorkWithAWarningThatNamesTheNewOnes(CapturedOutput log) throws Exception {
        Map<String, SyncSettings.Rule> codes = settings().errors().codes();

        assertThat(List.of("A", "B", "C", "D", "E")).extracting(code -> codes.get(code).action()).containsExactly(
                Action.PAUSE, Action.PAUSE_UNTIL_FIXED, Action.TRUNCATE, Action.RESOLVE_DUPLICATE, Action.DROP_FIELD);
        assertThat(log).contains("The action hold in sync.errors is called pause now",
                "The action set-up in sync.errors is called pause-until-fixed now");
    }

    @Test
    void aVariableWithTheOldNameHasPrecedenceOverAFileWithTheNewOne() throws Exception {
        environment.getPropertySources().addFirst(new SystemEnvironmentPropertySource("variables-systemEnvironment",
                Map.of("SYNC_TAKEOVER_AFTER", "5s")));
        environment.getPropertySources().addLast(new MapPropertySource("shipped", Map.of("sync.writer-lease-timeout", "60s")));

        assertThat(settings().writerLeaseTimeout()).hasSeconds(5);
    }

    @Test
    void aNewNameHasPrecedenceOverAnOldOneInALaterSource() throws Exception {
        environment.getPropertySources().addFirst(new MapPropertySource("arguments", Map.of("sync.writer-lease-timeout", "6s")));

        assertThat(settings().writerLeaseTimeout()).hasSeconds(6);
    }
}
