package dev.orysalesforce.reconcile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.salesforce.RetryAfter;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A page of Ory's Admin API: some identities, and the link to the next page.
 *
 * @param identities identity ID to identity as it was listed, but without {@code metadata_admin}
 * @param next the link to the next page; null on the last one
 */
public record OryPage(Map<String, IdentityChange> identities, URI next) {

    private static final Pattern NEXT = Pattern.compile("<([^>]*)>\\s*;[^<]*\\brel=\"?next\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern TOKEN = Pattern.compile("(?:^|&)page_token=([^&]*)");
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    /**
     * @param headers the answer's headers
     * @param now when it arrived
     * @throws RunFailedException if it is not a list of identities and waiting does not help
     * @throws RetryLaterException if Ory is busy
     */
    public static OryPage read(int status, Map<String, Object> headers, byte[] body, ObjectMapper json, Instant now) {
        if (status == 429 || status >= 500) {
            throw new RetryLaterException("Ory's Admin API answered " + status + (status == 429
                    ? ", its rate limit is reached" : "") + "; the run continues when it answers again.", pause(headers, now));
        }
        if (status != 200) {
            throw new RunFailedException("Ory's Admin API answered " + status + ". " + switch (status) {
                case 401, 403 -> "Check ORY_ADMIN_TOKEN: a project API key of Ory Network; a self-hosted Kratos has none,"
                        + " but a proxy in front of it may require one.";
                case 404 -> "Check ORY_ADMIN_URL: it ends before /admin, and is Kratos' admin port, not the public one.";
                default -> "Check ORY_ADMIN_URL; redirects are not followed.";
            });
        }
        Map<String, IdentityChange> identities = new LinkedHashMap<>();
        for (JsonNode identity : array(body, json)) {
            IdentityChange listed = new IdentityChange(IdentityChange.RECONCILE, now, null, identity, null, null,
                    null, 0, null);
            if (listed.identityId() == null) {
                throw noList("something that has no identity ID");
            }
            ((ObjectNode) identity).remove("metadata_admin");
            identities.put(listed.identityId(), listed);
        }
        return new OryPage(identities, next(headers.get("Link")));
    }

    /** The identities as they were listed. */
    public Collection<IdentityChange> listed() {
        return identities.values();
    }

    /** The token for the next page, decoded; null if there is none. */
    public String token() {
        Matcher token = TOKEN.matcher(next == null || next.getRawQuery() == null ? "" : next.getRawQuery());
        if (token.find() && !token.group(1).isEmpty()) {
            return URLDecoder.decode(token.group(1), StandardCharsets.UTF_8);
        }
        if (next != null) {
            throw noList("a link to the next page without a page_token");
        }
        return null;
    }

    private static JsonNode array(byte[] body, ObjectMapper json) {
        try {
            JsonNode read = json.readTree(body);
            if (read != null && read.isArray()) {
                return read;
            }
        } catch (JsonProcessingException e) {
            throw noList("something that is not JSON, or only a part of it");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        throw noList("JSON that is not a list");
    }

    private static RunFailedException noList(String what) {
        return new RunFailedException("Ory's Admin API answered with " + what + ". Check that ORY_ADMIN_URL leads to it,"
                + " and that no proxy or login page stands in between.");
    }

    /** @param link a header, or a list of them */
    private static URI next(Object link) {
        Matcher next = NEXT.matcher(link == null ? "" : link.toString());
        try {
            return next.find() ? URI.create(next.group(1)) : null;
        } catch (IllegalArgumentException e) {
            throw noList("a link that is none");
        }
    }

    private static Duration pause(Map<String, Object> headers, Instant now) {
        return RetryAfter.pause(headers.get("x-ratelimit-reset"), now).or(() -> RetryAfter.pause(headers.get("Retry-After"), now))
                .map(pause -> pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE).orElse(null);
    }
}
