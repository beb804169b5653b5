package dev.orysalesforce.sandbox.ory;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One call of the Admin API, known as soon as it arrived.
 *
 * @param number  counts from 1 in the order of arrival
 * @param at      when it arrived
 * @param target  path and query as they came
 * @param query   decoded query parameters, each with all its values
 * @param headers request headers by lower-case name, the token too
 */
public record OryCall(long number, Instant at, String method, String target, Map<String, List<String>> query,
        Map<String, String> headers) {

    /** The path without its query. */
    public String path() {
        int mark = target.indexOf('?');
        return mark < 0 ? target : target.substring(0, mark);
    }

    /** The first value of a query parameter, or null. */
    public String parameter(String name) {
        List<String> values = query.getOrDefault(name, List.of());
        return values.isEmpty() ? null : values.get(0);
    }

    /** A request header, or null. */
    public String header(String name) {
        return headers.get(name.toLowerCase(Locale.ROOT));
    }
}
