package dev.orysalesforce.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A plain HTTP client of the sandbox. */
final class SandboxClient {
    static final String DATA = "/services/data/v62.0";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2)).build();
    private final String url;
    private String token;

    SandboxClient(String url) {
        this.url = url;
    }

    /** A parsed answer. */
    record Reply(int status, JsonNode json, String text, HttpResponse<String> http) {
        String code() {
            JsonNode error = json.path(0);
            return error.has("errorCode") ? error.get("errorCode").asText() : json.path("error").asText();
        }

        String rowCode(int row) {
            return json.path(row).path("errors").path(0).path("statusCode").asText("");
        }

        String rowMessage(int row) {
            return json.path(row).path("errors").path(0).path("message").asText("");
        }
    }

    Reply login(String id, String secret) throws Exception {
        Reply reply = exchange("POST", "/services/oauth2/token", "application/x-www-form-urlencoded;charset=utf-8",
                "client_id=" + id + "&format=json&grant_type=client_credentials&client_secret=" + secret);
        token = reply.json.path("access_token").asText(null);
        return reply;
    }

    String token() {
        return token;
    }

    Reply get(String path) throws Exception {
        return exchange("GET", path, null, null);
    }

    Reply query(String soql) throws Exception {
        return get(DATA + "/query/?q=" + URLEncoder.encode(soql, StandardCharsets.UTF_8));
    }

    Reply send(String method, String path, String json, String... headers) throws Exception {
        return exchange(method, path, "application/json;charset=utf-8", json, headers);
    }

    /** {@code records} are JSON objects with single quotes and no attributes. */
    Reply upsert(String object, String... records) throws Exception {
        return upsertWith(object, false, new String[0], records);
    }

    Reply upsertWith(String object, boolean allOrNone, String[] headers, String... records) throws Exception {
        return send("PATCH", DATA + "/composite/sobjects/" + object + "/Ory_Identity_Id__c",
                body(object, allOrNone, records), headers);
    }

    static String body(String object, boolean allOrNone, String... records) {
        StringBuilder body = new StringBuilder("{\"allOrNone\":" + allOrNone + ",\"records\":[");
        for (int i = 0; i < records.length; i++) {
            String record = records[i].replace('\'', '"').strip();
            body.append(i > 0 ? "," : "").append("{\"attributes\":{\"type\":\"").append(object).append("\"},")
                    .append(record.substring(1));
        }
        return body.append("]}").toString();
    }

    private Reply exchange(String method, String path, String contentType, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofSeconds(30))
                .method(method, body == null ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(body));
        if (contentType != null) {
            request.header("Content-Type", contentType);
        }
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        String type = response.headers().firstValue("Content-Type").orElse("");
        JsonNode json;
        try {
            json = type.contains("json") ? MAPPER.readTree(response.body()) : MAPPER.missingNode();
        } catch (IOException e) {
            json = MAPPER.missingNode();
        }
        return new Reply(response.statusCode(), json, response.body(), response);
    }
}
