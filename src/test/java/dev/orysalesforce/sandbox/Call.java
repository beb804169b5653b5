package dev.orysalesforce.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One call, once it was answered.
 *
 * @param number     counts from 1 in the order of arrival
 * @param at         when it arrived
 * @param path       path and query
 * @param headers    request headers by lower-case name, without the token
 * @param status     HTTP status; 0 when no answer was delivered
 * @param rows       records in it
 * @param took       until the answer was ready
 * @param identities the identities it was to write
 * @param fault      name of the fault that hit it, else null
 * @param body       request body if the log was told to keep bodies, else null
 */
public record Call(long number, Instant at, String method, String path, CallKind kind, Map<String, String> headers,
        int status, int rows, Duration took, List<String> identities, String fault, String body) {

    /** A request header, or null. */
    public String header(String name) {
        return headers.get(name.toLowerCase(Locale.ROOT));
    }
}
