package dev.orysalesforce.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orysalesforce.operator.Role;
import dev.orysalesforce.settings.CannotStartException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A login that is set by half ends the start, with a sentence that names the variable. */
class ConsoleSettingsTest {

    private static ConsoleSettings settings(String url, String issuer, String id, String secret, String roles) {
        return new ConsoleSettings(url, new ConsoleSettings.Oidc(issuer, id, secret, roles, null, Set.of("openid")));
    }

    @Test
    void allOrNothing() {
        assertThatCode(() -> settings(null, null, " ", "", null).check()).doesNotThrowAnyException();
        assertThatCode(() -> settings("https://sync.example.org/console", "https://accounts.google.com", "id", "secret",
                "ada@example.org=viewer,").check()).doesNotThrowAnyException();
        assertThat(settings(" ", " ", null, null, null).oidc().isSet()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"https://accounts.google.com,,secret,, CONSOLE_OIDC_CLIENT_ID",
        "https://accounts.google.com, id,' ',, CONSOLE_OIDC_CLIENT_SECRET",
        ", id, secret,, CONSOLE_OIDC_ISSUER", ",,, ada@example.org=viewer, CONSOLE_OIDC_ISSUER"})
    void aMissingPartIsNamed(String issuer, String id, String secret, String roles, String variable) {
        assertThatThrownBy(() -> settings(null, issuer, id, secret, roles).check()).isInstanceOf(CannotStartException.class)
                .hasMessageContaining(variable + " is not set").hasMessageNotContaining("ada@");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://accounts.google.com", "accounts.google.com", "https://", "https://user@host/", "https://host/?a=b",
        "http://127.0.0.1.example.org", "http://localhost.example.org", "https://ho{s}t"})
    void theIssuerIsHttps(String issuer) {
        assertThatThrownBy(() -> settings(null, issuer, "id", "secret", null).check()).hasMessageContaining("CONSOLE_OIDC_ISSUER has to");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:4444/", "http://127.0.0.1:4444", "http://[::1]:4444/oidc"})
    void exceptOnThisMachine(String issuer) {
        assertThatCode(() -> settings(null, issuer, "id", "secret", null).check()).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"eve@example.org", "eve=viewer", "eve@example.org=admin", "eve@example.org=viewer;operator",
        "eve@example.org=viewer+", "eve@example.org=Viewer"})
    void anEntryThatCanNotBeReadIsNumberedNotQuoted(String entry) {
        assertThatThrownBy(() -> settings(null, "https://accounts.google.com", "id", "secret", "bob@example.org=viewer, " + entry).check())
                .hasMessageContaining("CONSOLE_OIDC_ROLES").hasMessageContaining("number 2").hasMessageNotContaining("eve");
    }

    @Test
    void addressesAreReadInAnySpelling() {
        assertThat(settings(null, "https://accounts.google.com", "id", "secret", "Ada@Example.org = operator + privacy").oidc()
                .rolesByAddress()).containsOnlyKeys("ada@example.org").containsValue(Set.of(Role.OPERATOR, Role.PRIVACY));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync.example.org", "ftp://sync.example.org", "https://sync.example.org/?a"})
    void theAddressOfTheConsoleIsOne(String url) {
        assertThatThrownBy(() -> settings(url, null, null, null, null).check()).hasMessageContaining("CONSOLE_URL has to");
    }
}
