package dev.orysalesforce.settings;

import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.StringUtils;

/**
 * Ory's Admin API.
 *
 * @param adminUrl Ory's Admin API, without /admin: https://{slug}.projects.oryapis.com, or the admin port of a self-hosted Kratos;
 *     without it there is no backfill and no reconcile
 * @param adminToken project API key of Ory Network; a self-hosted Kratos has none
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
