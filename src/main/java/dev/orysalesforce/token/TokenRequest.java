package dev.orysalesforce.token;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A client's request.
 *
 * @param credentials the client's credentials; two where the header is ambiguous: RFC 6749 requires basic auth to be encoded
 *     twice, and not all clients do that
 * @param grantType null if it names none
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1">RFC 6749, 2.3.1</a>
 */
record TokenRequest(List<Credentials> credentials, String grantType) {

    private static final String BASIC = "Basic ";

    /** The credentials of a client. */
    record Credentials(String id, String secret) {}

    /** It does not conform to RFC 6749; the message quotes nothing. */
    static final class Malformed extends Exception {

        Malformed(String message) {
            super(message, null, false, false);
        }
    }

    static boolean isBasic(String authorization) {
        return authorization != null && authorization.regionMatches(true, 0, BASIC, 0, BASIC.length());
    }

    static TokenRequest of(String authorization, String body) throws Malformed {
        Map<String, String> form = form(body);
        boolean isBasic = isBasic(authorization);
        if (isBasic && form.containsKey("client_secret")) {
            throw new Malformed("The client presents itself twice: in the header and in the body.");
        }
        List<Credentials> offered = isBasic ? basic(authorization.substring(BASIC.length()).strip())
                : form.containsKey("client_id") && form.containsKey("client_secret")
                        ? List.of(new Credentials(form.get("client_id"), form.get("client_secret")))
                : List.of();
        return new TokenRequest(offered, form.get("grant_type"));
    }

    private static Map<String, String> form(String body) throws Malformed {
        Map<String, String> form = new HashMap<>();
        for (String pair : body.split("&")) {
            String[] parts = pair.split("=", 2);
            String value = parts.length < 2 ? "" : decoded(parts[1]);
            if (!value.isEmpty() && form.put(decoded(parts[0]), value) != null) { // empty counts as absent
                throw new Malformed("A parameter is there twice.");
            }
        }
        return form;
    }

    private static List<Credentials> basic(String encoded) throws Malformed {
        try {
            String[] parts = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8).split(":", 2);
            return parts.length < 2 ? List.of() : Stream.concat(Stream.of(new Credentials(parts[0], parts[1])),
                    decodable(parts[0]) && decodable(parts[1])
                            ? Stream.of(new Credentials(decoded(parts[0]), decoded(parts[1]))) : Stream.empty())
                    .toList();
        } catch (IllegalArgumentException e) {
            throw new Malformed("The header Authorization can't be read.");
        }
    }

    private static boolean decodable(String text) {
        return !text.matches(".*%(?![0-9A-Fa-f]{2}).*");
    }

    private static String decoded(String text) throws Malformed {
        if (!decodable(text)) {
            throw new Malformed("The body is not application/x-www-form-urlencoded.");
        }
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
