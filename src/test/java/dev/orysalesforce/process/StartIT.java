package dev.orysalesforce.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orysalesforce.sandbox.SalesforceSandbox;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the operator has to say before the app starts. */
class StartIT {

    @ParameterizedTest
    @CsvSource({
        "ORY_WEBHOOK_SECRET, Ory Action",
        "SALESFORCE_LOGIN_URL, My Domain",
        "SALESFORCE_CLIENT_ID, External Client App Manager",
        "SALESFORCE_CLIENT_SECRET, External Client App Manager",
    })
    void withoutARequiredVariableItSaysWhichOneAndWhereToGetIt(String variable, String source, @TempDir Path folder) {
        try (SalesforceSandbox salesforce = SalesforceSandbox.start();
                AppProcess app = new AppProcess(folder, salesforce).without(variable)) {
            assertThat(app.runToItsEnd()).isNotZero();
            assertThat(app.log()).contains(variable + " is not set").contains(source)
                    .doesNotContain("\tat ").doesNotContain("Exception");
        }
    }

    @ParameterizedTest
    @CsvSource({"SYNC_PARALLEL_CALLS, 26, 1 to 25", "SYNC_LINGER, soon, sync.linger"})
    void aSettingOutOfItsRangeIsRefusedByName(String variable, String value, String told, @TempDir Path folder) {
        try (SalesforceSandbox salesforce = SalesforceSandbox.start();
                AppProcess app = new AppProcess(folder, salesforce).with(variable, value)) {
            assertThat(app.runToItsEnd()).isNotZero();
            assertThat(app.log()).contains(told);
        }
    }
}
