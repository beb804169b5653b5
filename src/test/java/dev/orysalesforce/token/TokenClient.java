package dev.orysalesforce.token;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;

/** Asks for tokens as an OAuth client does, and calls Salesforce with them. */
final class TokenClient {

    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final URI endpoint;

    TokenClient(int port) {
        endpoint = URI.create("http://127.0.0.1:" + port + "/oauth2/token");
    }

    HttpResponse<String> requestToken() {
        return requestToken(basic("billing:billing-client-secret"), "grant_type=client_credentials");
    }

    HttpResponse<String> requestToken(String authorization, String form) {
        return HTTP.sendAsync(request(authorization, form), HttpResponse.BodyHandlers.ofString()).join();
    }

    /** A connection that was kept may have been closed meanwhile; Java's client does not repeat a POST for that by itself. */
    CompletableFuture<HttpResponse<String>> requestTokenAsync() {
        HttpRequest request = request(basic("billing:billing-client-secret"), "grant_type=client_credentials");
        return HTTP.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .exceptionallyCompose(closed -> HTTP.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
    }

    HttpRequest request(String authorization, String form) {
        HttpRequest.Builder request = HttpRequest.newBuilder(endpoint)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form));
        return (authorization == null ? request : request.header("Authorization", authorization)).build();
    }

    static String basic(String idAndSecret) {
        return "Basic " + Base64.getEncoder().encodeToString(idAndSecret.getBytes(StandardCharsets.UTF_8));
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
