package dev.orysalesforce.settings;

import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.StringUtils;

/**
 * Ory's Admin API.
 *
 * @param adminUrl {@code ORY_ADMIN_URL}, without {@code /admin}; empty: there is no backfill, and no reconcile
 * @param adminToken {@code ORY_ADMIN_TOKEN}: a project API key of Ory Network; empty for a self-hosted Kratos
 */
@ConfigurationProperties("ory")
public record OrySettings(String adminUrl, String adminToken) {

    public OrySettings {
        adminUrl = StringUtils.hasText(adminUrl) ? StringUtils.trimTrailingCharacter(adminUrl.strip(), '/') : null;
        adminToken = StringUtils.hasText(adminToken) ? adminToken.strip() : null;
        if (adminUrl != null && (!adminUrl.matches("https?://[^/?#\\s@]+(/[^?#\\s]*)?") || URI.create(adminUrl).getHost() == null)) {
            throw new IllegalArgumentException("ORY_ADMIN_URL has to look like https://{slug}.projects.oryapis.com"
                    + " or http://127.0.0.1:4434");
        }
    }
}
