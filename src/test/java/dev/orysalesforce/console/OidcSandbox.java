package dev.orysalesforce.console;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

/**
 * A provider of OpenID Connect that speaks HTTP and signs its tokens. It checks the client, the redirect URI, the code and its
 * PKCE verifier as a real one does, but asks the person nothing. Tests can let it lie.
 */
final class OidcSandbox {

    static final String CLIENT_ID = "console";
    static final String CLIENT_SECRET = "secret-of-the-console";

    private final ObjectMapper json = new ObjectMapper();
    private final Map<String, Map<String, String>> codes = new ConcurrentHashMap<>();
    private final RSAKey key = key("published");
    private final RSAKey otherKey = key("published");
    private HttpServer server;
    private int port;

    volatile Map<String, Object> idToken;
    volatile Map<String, Object> userInfo;
    volatile Map<String, Object> metadata;
    volatile UnaryOperator<Map<String, Object>> lie;
    volatile boolean isForged;
    volatile boolean isUnsigned;
    volatile String secret = CLIENT_SECRET;
    volatile String refusal;
    volatile int userInfoCalls;

    OidcSandbox() {
        start();
        reset();
    }

    /** A person without a role. */
    void reset() {
        idToken = Map.of("sub", "7d0c3c51-6d4f-4f0a-8a51-1f9a2b7c9e10");
        userInfo = Map.of();
        metadata = Map.of();
        lie = claims -> claims;
        isForged = false;
        isUnsigned = false;
        secret = CLIENT_SECRET;
        refusal = null;
        userInfoCalls = 0;
    }

    String issuer() {
        return "http://localhost:" + port;
    }

    void stop() {
        server.stop(0);
    }

    /** At the same port as before. */
    void start() {
        try {
            server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        port = server.getAddress().getPort();
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/.well-known/openid-configuration", exchange -> answer(exchange, 200, with(metadata, Map.of(
                "issuer", issuer(), "authorization_endpoint", issuer() + "/authorize", "token_endpoint", issuer() + "/token",
                "userinfo_endpoint", issuer() + "/userinfo", "jwks_uri", issuer() + "/keys",
                "subject_types_supported", List.of("public"), "response_types_supported", List.of("code"),
                "id_token_signing_alg_values_supported", List.of("RS256", "HS256", "none")))));
        server.createContext("/keys", exchange -> answer(exchange, 200, new JWKSet(key).toJSONObject()));
        server.createContext("/authorize", this::authorize);
        server.createContext("/token", this::token);
        server.createContext("/userinfo", exchange -> {
            userInfoCalls++;
            answer(exchange, 200, with(userInfo, Map.of("sub", idToken.get("sub"))));
        });
        server.start();
    }

    private void authorize(HttpExchange exchange) throws IOException {
        Map<String, String> asked = form(exchange.getRequestURI().getRawQuery());
        String code = UUID.randomUUID().toString();
        codes.put(code, asked);
        exchange.getResponseHeaders().set("Location", asked.get("redirect_uri") + "?state=" + asked.get("state")
                + (refusal == null ? "&code=" + code : "&error=" + refusal + "&error_description=ada%40example.org+said+no"));
        exchange.sendResponseHeaders(302, -1);
        exchange.close();
    }

    private void token(HttpExchange exchange) throws IOException {
        Map<String, String> asked = form(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        Map<String, String> begun = codes.remove(asked.getOrDefault("code", ""));
        String client = "Basic " + Base64.getEncoder().encodeToString((CLIENT_ID + ":" + secret).getBytes());
        if (!client.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            answer(exchange, 401, Map.of("error", "invalid_client"));
        } else if (begun == null || !begun.get("redirect_uri").equals(asked.get("redirect_uri"))
                || !begun.get("code_challenge").equals(sha256(asked.get("code_verifier")))) {
            answer(exchange, 400, Map.of("error", "invalid_grant"));
        } else {
            Map<String, Object> claims = new HashMap<>(Map.of("iss", issuer(), "aud", CLIENT_ID, "nonce", begun.get("nonce"),
                    "iat", Instant.now().getEpochSecond(), "exp", Instant.now().plusSeconds(300).getEpochSecond()));
            claims.putAll(idToken);
            answer(exchange, 200, Map.of("access_token", "access-token-of-the-sandbox", "token_type", "Bearer", "expires_in", 300,
                    "scope", begun.get("scope"), "id_token", signed(lie.apply(claims))));
        }
    }

    private String signed(Map<String, Object> claims) {
        try {
            if (isUnsigned) {
                return base64("{\"alg\":\"none\"}".getBytes()) + "." + base64(json.writeValueAsBytes(claims)) + ".";
            }
            JWTClaimsSet.Builder all = new JWTClaimsSet.Builder();
            claims.forEach((name, value) -> all.claim(name, List.of("iat", "exp").contains(name)
                    ? Date.from(Instant.ofEpochSecond(((Number) value).longValue())) : value));
            SignedJWT token = new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("published").build(), all.build());
            token.sign(new RSASSASigner(isForged ? otherKey : key));
            return token.serialize();
        } catch (JOSEException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void answer(HttpExchange exchange, int status, Map<String, Object> body) throws IOException {
        byte[] text = json.writeValueAsBytes(body);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, text.length);
        exchange.getResponseBody().write(text);
        exchange.close();
    }

    private static Map<String, Object> with(Map<String, Object> some, Map<String, Object> others) {
        Map<String, Object> all = new HashMap<>(others);
        all.putAll(some);
        return all;
    }

    /** The parameters of an address, or of a form. */
    static Map<String, String> form(String text) {
        Map<String, String> fields = new HashMap<>();
        for (String field : text.split("&")) {
            int end = field.indexOf('=');
            fields.put(field.substring(0, end), URLDecoder.decode(field.substring(end + 1), StandardCharsets.UTF_8));
        }
        return fields;
    }

    static Map<String, String> query(String address) {
        return form(URI.create(address).getRawQuery());
    }

    private static String sha256(String text) {
        try {
            return base64(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static RSAKey key(String id) {
        try {
            return new RSAKeyGenerator(2048).keyID(id).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }
}
