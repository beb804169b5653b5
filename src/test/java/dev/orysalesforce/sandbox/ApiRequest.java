package dev.orysalesforce.sandbox;

import com.github.tomakehurst.wiremock.http.HttpHeader;
import com.github.tomakehurst.wiremock.http.Request;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One request.
 *
 * @param target   path and query as they came
 * @param segments decoded path segments without a trailing empty one
 * @param query    decoded query parameters
 * @param headers  by lower-case name
 */
record ApiRequest(String method, String target, List<String> segments, Map<String, String> query,
        Map<String, String> headers, byte[] body) {

    static ApiRequest of(Request request) {
        Map<String, String> headers = new HashMap<>();
        for (HttpHeader header : request.getHeaders().all()) {
            headers.put(header.key().toLowerCase(Locale.ROOT), String.join(",", header.values()));
        }
        return of(request.getMethod().getName(), request.getUrl(), headers, request.getBody());
    }

    static ApiRequest of(String method, String target, Map<String, String> headers, byte[] body) {
        int mark = target.indexOf('?');
        Map<String, String> query = form(mark < 0 ? "" : target.substring(mark + 1));
        return new ApiRequest(query.getOrDefault("_HttpMethod", method).toUpperCase(Locale.ROOT), target,
                segments(mark < 0 ? target : target.substring(0, mark)), query, headers,
                body == null ? new byte[0] : body);
    }

    String header(String name) {
        return headers.get(name.toLowerCase(Locale.ROOT));
    }

    String bodyText() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** Bytes of request line and headers. */
    int headSize() {
        int size = target.length();
        for (Map.Entry<String, String> header : headers.entrySet()) {
            size += header.getKey().length() + header.getValue().length() + 4;
        }
        return size;
    }

    /** {@code /services/data/v62.0}. */
    String base() {
        return "/services/data/" + segments.get(2);
    }

    static Map<String, String> form(String encoded) {
        Map<String, String> values = new HashMap<>();
        for (String pair : encoded.split("&")) {
            if (!pair.isEmpty()) {
                int is = pair.indexOf('=');
                values.put(decode(is < 0 ? pair : pair.substring(0, is)), is < 0 ? "" : decode(pair.substring(is + 1)));
            }
        }
        return values;
    }

    private static List<String> segments(String path) {
        List<String> segments = new ArrayList<>();
        for (String segment : path.split("/")) {
            if (!segment.isEmpty()) {
                segments.add(decode(segment.replace("+", "%2B")));
            }
        }
        return segments;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new ApiError(400, "UNKNOWN_EXCEPTION", "malformed URL encoding");
        }
    }
}
