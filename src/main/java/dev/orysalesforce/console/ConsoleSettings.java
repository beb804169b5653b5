package dev.orysalesforce.console;

import dev.orysalesforce.operator.Role;
import dev.orysalesforce.settings.CannotStartException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.StringUtils;

/**
 * The settings below {@code console} in application.yaml.
 *
 * @param url where people reach the console; a login by OpenID Connect comes back there. Without it, the app uses the name by which
 *     the browser has called it
 * @param oidc login by OpenID Connect
 */
@ConfigurationProperties("console")
record ConsoleSettings(String url, @DefaultValue Oidc oidc) {

    private static final Pattern URL = Pattern.compile("https?://[^/?#\\s@]+(/[^?#\\s]*)?");
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]");

    ConsoleSettings {
        url = StringUtils.hasText(url) ? url.strip().replaceFirst("/+(console/*)?$", "") : null;
    }

    /** Ends the start if a part is missing or invalid. No message quotes a value: it could be an address. */
    void check() {
        List<String> wrong = new ArrayList<>();
        if (url != null && !isUrl(url)) {
            wrong.add("CONSOLE_URL has to look like https://sync.example.org.");
        }
        oidc.check(wrong);
        if (!wrong.isEmpty()) {
            throw new CannotStartException(String.join(System.lineSeparator(), wrong), "A login by OpenID Connect needs all its"
                    + " variables. docs/console/log-in.md tells where to find them at each provider.");
        }
    }

    private static boolean isUrl(String text) {
        try {
            return URL.matcher(text).matches() && new URI(text).getHost() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /**
     * @param issuer the provider, as its ID tokens name it: https, except on this machine. Without it, people log in with
     *     OPERATOR_TOKEN only
     * @param clientId the ID that the provider has given the app
     * @param clientSecret the secret that belongs to it
     * @param roles the roles of verified e-mail addresses, for a provider that tells no roles:
     *     ada@example.org=operator+privacy,bob@example.org=viewer
     * @param rolesClaim the claim that holds roles (viewer, operator, privacy), as a list or as text; dots lead into a nested claim:
     *     realm_access.roles
     * @param scopes what the app asks the provider for; email is added if console.oidc.roles is set
     */
    record Oidc(String issuer, String clientId, String clientSecret, String roles, @DefaultValue("roles") String rolesClaim,
            @DefaultValue("openid") Set<String> scopes) {

        private static final Pattern ENTRY = Pattern.compile("([^\\s=,@]+@[^\\s=,@]+)\\s*=\\s*(\\w+(?:\\s*\\+\\s*\\w+)*)");

        Oidc {
            issuer = text(issuer);
            clientId = text(clientId);
            clientSecret = text(clientSecret);
            rolesClaim = StringUtils.hasText(rolesClaim) ? rolesClaim.strip() : "roles";
            roles = text(roles);
            scopes = new LinkedHashSet<>(scopes);
            scopes.add("openid");
            if (roles != null) {
                scopes.add("email");
            }
        }

        private void check(List<String> wrong) {
            if (Stream.of(issuer, clientId, clientSecret, roles).anyMatch(Objects::nonNull)) {
                require("CONSOLE_OIDC_ISSUER", issuer, "the provider's address, e.g. https://accounts.google.com", wrong);
                require("CONSOLE_OIDC_CLIENT_ID", clientId, "the ID that the provider has given the app", wrong);
                require("CONSOLE_OIDC_CLIENT_SECRET", clientSecret, "the secret that belongs to CONSOLE_OIDC_CLIENT_ID", wrong);
            }
            if (issuer != null && (!isUrl(issuer) || !issuer.startsWith("https:")
                    && !LOOPBACK.matcher(URI.create(issuer).getHost()).matches())) {
                wrong.add("CONSOLE_OIDC_ISSUER has to look like https://accounts.google.com; http is for providers on this machine only.");
            }
            for (String entry : entries(roles)) {
                if (!ENTRY.matcher(entry).matches() || !known().containsAll(names(entry))) {
                    wrong.add("CONSOLE_OIDC_ROLES has an entry that can't be read, number " + (entries(roles).indexOf(entry) + 1)
                            + ". One looks like ada@example.org=operator+privacy; the roles are viewer, operator and privacy.");
                }
            }
        }

        boolean isSet() {
            return issuer != null;
        }

        /** As people know the provider. */
        String host() {
            return URI.create(issuer).getHost();
        }

        /** Addresses in lower case. */
        Map<String, Set<Role>> rolesByAddress() {
            Map<String, Set<Role>> roles = new HashMap<>();
            for (String entry : entries(this.roles)) {
                roles.computeIfAbsent(entry.substring(0, entry.indexOf('=')).strip().toLowerCase(Locale.ROOT), address -> new HashSet<>())
                        .addAll(names(entry).stream().map(name -> Role.valueOf(name.toUpperCase(Locale.ROOT))).toList());
            }
            return roles;
        }

        private static List<String> entries(String roles) {
            return roles == null ? List.of() : Stream.of(roles.split(",")).map(String::strip).filter(entry -> !entry.isEmpty()).toList();
        }

        private static List<String> names(String entry) {
            return Stream.of(entry.substring(entry.indexOf('=') + 1).split("\\+")).map(String::strip).toList();
        }

        private static Set<String> known() {
            return Stream.of(Role.values()).map(Role::label).collect(Collectors.toSet());
        }

        private static String text(String value) {
            return StringUtils.hasText(value) ? value.strip() : null;
        }

        private static void require(String variable, String value, String meaning, List<String> wrong) {
            if (value == null) {
                wrong.add(variable + " is not set: " + meaning + ".");
            }
        }
    }
}
