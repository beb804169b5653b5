package dev.orysalesforce.bench;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/** A browser that has logged in to the console with the operator token. It accepts compressed answers, like any browser. */
final class Visitor {

    private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\" value=\"([^\"]*)\"");

    private final String app;
    private final String operatorToken;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .cookieHandler(new CookieManager(null, CookiePolicy.ACCEPT_ALL)).build();

    /** An answer: how long it took in microseconds, how many bytes it had on the wire with its headers, and its text. */
    record Loaded(long micros, long bytes, String text) {
    }

    Visitor(String app, String operatorToken) {
        this.app = app;
        this.operatorToken = operatorToken;
    }

    void logIn() throws Exception {
        Matcher token = TOKEN.matcher(get("/console/login").text());
        if (!token.find()) {
            throw new IllegalStateException("The login has no token of its form");
        }
        HttpResponse<byte[]> answer = http.send(request("/console/login").header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("_csrf=" + encoded(token.group(1)) + "&token=" + encoded(operatorToken))).build(),
                BodyHandlers.ofByteArray());
        if (answer.statusCode() != 302 || answer.headers().firstValue("Location").orElse("").contains("login")) {
            throw new IllegalStateException("The login failed: " + answer.statusCode());
        }
    }

    /** @param path of a page, or of the operator API */
    Loaded get(String path) throws Exception {
        HttpRequest.Builder request = request(path).GET();
        if (path.startsWith("/api/")) {
            request.header("Authorization", "Bearer " + operatorToken);
        }
        long start = System.nanoTime();
        HttpResponse<byte[]> answer = http.send(request.build(), BodyHandlers.ofByteArray());
        long micros = (System.nanoTime() - start) / 1000;
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(path + " answers " + answer.statusCode());
        }
        long headers = answer.headers().map().entrySet().stream()
                .flatMap(header -> header.getValue().stream().map(value -> header.getKey().length() + value.length() + 4L))
                .reduce(17L, Long::sum);
        return new Loaded(micros, headers + answer.body().length, text(answer));
    }

    private static String text(HttpResponse<byte[]> answer) throws IOException {
        boolean compressed = answer.headers().firstValue("Content-Encoding").isPresent();
        try (InputStream body = new ByteArrayInputStream(answer.body());
                InputStream text = compressed ? new GZIPInputStream(body) : body) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(app + path)).header("Accept-Encoding", "gzip").header("Accept", "text/html,*/*")
                .header("Origin", app);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
