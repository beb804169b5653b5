package dev.orysalesforce.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.OrySalesforceSync;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.Fault;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.security.oauth2.client.AuthorizedClientServiceOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.InMemoryOAuth2AuthorizedClientService;
import org.springframework.security.oauth2.client.OAuth2AuthorizeRequest;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.InMemoryClientRegistrationRepository;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.test.util.ReflectionTestUtils;

/** The token endpoint hands out valid tokens of a session of its own, and logs in once for any number of clients. */
@Tag("any-ledger")
@ExtendWith(OutputCaptureExtension.class)
class TokenTest extends AppTest {

    @Autowired
    private TokenBroker broker;

    @Autowired
    private MeterRegistry meters;

    private TokenClient client;

    @BeforeEach
    @AfterEach
    void restoreTheState() {
        SALESFORCE.faults().clear();
        SALESFORCE.org().sessions().share(false);
        SALESFORCE.org().tokenLifetime(null);
        ReflectionTestUtils.setField(broker, "held", null);
        ReflectionTestUtils.setField(broker, "failure", null);
        client = new TokenClient(port);
    }

    @Test
    void twoHundredAtOnceCostOneLogin() {
        double counted = counted("billing");
        SALESFORCE.faults().start(Fault.latency(Duration.ofMillis(200)).on(CallKind.LOGIN));
        List<CompletableFuture<HttpResponse<String>>> answers = Stream.generate(client::requestTokenAsync).limit(200).toList();
        Set<String> tokens = answers.stream().map(CompletableFuture::join).map(this::token).collect(Collectors.toSet());
        assertThat(tokens).hasSize(1);
        assertThat(logins()).isEqualTo(1);
        assertThat(counted("billing")).isEqualTo(counted + 200);
    }

    @Test
    void theAnswerConformsToTheRfc() {
        HttpResponse<String> answer = client.requestToken();
        JsonNode body = read(answer.body());
        assertThat(body.path("token_type").asText()).isEqualTo("Bearer");
        assertThat(body.path("instance_url").asText()).isEqualTo(SALESFORCE.url());
        assertThat(body.path("scope").asText()).isEqualTo("api");
        assertThat(body.path("expires_in").asInt()).isBetween(7100, 7200);
        assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/json");
        assertThat(answer.headers().map()).doesNotContainKeys("token-client", "authorization");
        assertThat(call(token(answer))).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "billing:billing-client-secret | grant_type=client_credentials                             | 200 | ",
        "reports:reports-s3cret/+:&%    | grant_type=client_credentials                             | 200 | ",
        "reports:reports-s3cret%2F%2B%3A%26%25 | grant_type=client_credentials&scope=api            | 200 | ",
        "                       | grant_type=client_credentials&client_id=reports&client_secret=reports-s3cret%2F%2B%3A%26%25 | 200 | ",
        "billing:wrong          | grant_type=client_credentials                             | 401 | invalid_client",
        "billing:               | grant_type=client_credentials                             | 401 | invalid_client",
        "reports:billing-client-secret | grant_type=client_credentials                             | 401 | invalid_client",
        "                       | grant_type=client_credentials                             | 401 | invalid_client",
        "                       | grant_type=client_credentials&client_id=billing           | 401 | invalid_client",
        "nobody:billing-client-secret  | grant_type=password                                       | 401 | invalid_client",
        "billing:billing-client-secret | grant_type=password                                       | 400 | unsupported_grant_type",
        "billing:billing-client-secret | grant_type=                                               | 400 | invalid_request",
        "billing:billing-client-secret | a=b                                                       | 400 | invalid_request",
        "billing:billing-client-secret | grant_type=client_credentials&grant_type=client_credentials | 400 | invalid_request",
        "billing:billing-client-secret | grant_type=client_credentials&client_secret=billing-client-secret | 400 | invalid_request",
        "billing:billing-client-secret | grant_type=%zz                                            | 400 | invalid_request",
    })
    void errorsAreThoseOfTheRfc(String basic, String form, int status, String error) {
        HttpResponse<String> answer = client.requestToken(basic == null ? null : TokenClient.basic(basic), form);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
        if (error != null) {
            assertThat(read(answer.body()).path("error").asText()).isEqualTo(error);
            assertThat(read(answer.body()).path("error_description").asText()).matches("[\\x20-\\x21\\x23-\\x5B\\x5D-\\x7E]+");
            assertThat(answer.headers().firstValue("WWW-Authenticate").isPresent()).isEqualTo(status == 401);
            assertThat(logins()).isZero();
        }
    }

    @Test
    void otherMethodsTypesAndSizesAreRejected() throws Exception {
        URI endpoint = URI.create("http://127.0.0.1:" + port + "/oauth2/token");
        String basic = TokenClient.basic("billing:billing-client-secret");
        HttpRequest get = HttpRequest.newBuilder(URI.create(endpoint + "?grant_type=client_credentials"))
                .header("Authorization", basic).GET().build();
        assertThat(ory.send(get).statusCode()).isEqualTo(405);
        HttpRequest json = HttpRequest.newBuilder(endpoint).header("Authorization", basic)
                .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString("{}")).build();
        assertThat(ory.send(json).statusCode()).isEqualTo(400);
        assertThat(client.requestToken(basic, "a=" + "x".repeat(20_000)).statusCode()).isEqualTo(413);
    }

    /** Salesforce does not tell the lifetime; then the configured one applies. */
    @Test
    void withoutIntrospectionTheConfiguredLifetimeCounts() {
        SALESFORCE.faults().start(Fault.error(401, "invalid_client", "not allowed").on(CallKind.INTROSPECT));
        SALESFORCE.org().tokenLifetime(Duration.ofHours(8));
        assertThat(read(client.requestToken().body()).path("expires_in").asInt()).isBetween(7100, 7200);
    }

    @Tag("nightly")
    @Test
    void noTokenIsHandedOutNearItsExpiryAndTheNextIsReadyInTime() {
        SALESFORCE.org().tokenLifetime(Duration.ofSeconds(6));
        String first = token(client.requestToken());
        Instant died = Instant.now().plusSeconds(6);
        String last = first;
        while (last.equals(first)) {
            HttpResponse<String> answer = client.requestToken();
            last = token(answer);
            assertThat(read(answer.body()).path("expires_in").asInt()).isBetween(1, 6);
            assertThat(SALESFORCE.org().sessions().isAlive(last)).isTrue();
        }
        assertThat(Instant.now()).isBefore(died);
        assertThat(logins()).isEqualTo(2);
        assertThat(SALESFORCE.calls().of(CallKind.REVOKE)).isEmpty();
    }

    @Tag("nightly")
    @Test
    void aValidTokenIsHandedOutWhileTheLoginFails() {
        SALESFORCE.org().tokenLifetime(Duration.ofSeconds(12));
        String first = token(client.requestToken());
        var down = SALESFORCE.faults().start(Fault.loginUnavailable());
        await().atMost(Duration.ofSeconds(14)).until(() -> {
            assertThat(token(client.requestToken())).isEqualTo(first);
            return down.hits() > 0;
        });
    }

    @Test
    void aRevokedTokenIsReplaced() {
        String first = token(client.requestToken());
        SALESFORCE.org().expireTokens();
        await().until(() -> !token(client.requestToken()).equals(first));
        assertThat(call(token(client.requestToken()))).isEqualTo(200);
    }

    /** token.timeout is 2 s here; the request that logs in needs two calls of 1.5 s. */
    @Test
    void aRequestDoesNotWaitLongForTheLoginOfAnother() {
        String first = token(client.requestToken());
        SALESFORCE.org().expireTokens();
        broker.markSuspect(first);
        SALESFORCE.faults().start(Fault.latency(Duration.ofMillis(1500)).on(CallKind.INTROSPECT, CallKind.LOGIN));
        List<HttpResponse<String>> answers = Stream.generate(client::requestTokenAsync).limit(2).toList().stream()
                .map(CompletableFuture::join).sorted(Comparator.comparing(HttpResponse::statusCode)).toList();
        assertThat(answers).extracting(HttpResponse::statusCode).containsExactly(200, 503);
        assertThat(answers.get(1).headers().firstValue("Retry-After")).contains("1");
        assertThat(answers.get(1).body()).contains("temporarily_unavailable");
    }

    @ParameterizedTest
    @ValueSource(strings = {"refused", "401", "503", "reset", "slow"})
    void aFailingLoginIsReportedAndRetriedWithBackOff(String how) {
        var fault = SALESFORCE.faults().start(switch (how) {
            case "refused" -> Fault.loginRefused("invalid_grant", "no \"client\" credentials user enabled");
            case "401" -> Fault.loginUnauthorized();
            case "503" -> Fault.loginUnavailable();
            case "reset" -> Fault.reset();
            default -> Fault.hang(Duration.ofSeconds(30)).on(CallKind.LOGIN);
        });
        Instant begin = Instant.now();
        List<HttpResponse<String>> answers = Stream.generate(client::requestTokenAsync).limit(100).toList().stream()
                .map(CompletableFuture::join).toList();
        long tries = 2 + Duration.between(begin, Instant.now()).toMillis() / 100; // the shortest pause of these tests
        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After").orElse("")).matches("[1-9]\\d*");
            assertThat(read(answer.body()).path("error").asText()).isEqualTo("temporarily_unavailable");
            assertThat(read(answer.body()).path("error_description").asText()).contains("Salesforce")
                    .matches("[\\x20-\\x21\\x23-\\x5B\\x5D-\\x7E]+");
        });
        if (how.equals("refused")) {
            assertThat(answers.get(0).body()).contains("invalid_grant").contains("credentials user");
        }
        assertThat(fault.hits()).isLessThanOrEqualTo((int) Math.min(tries, 20));
        fault.stop();
        await().until(() -> client.requestToken().statusCode() == 200);
    }

    /** Salesforce may answer two logins with one token, and camel-salesforce revokes a token that was rejected. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aHandedOutTokenSurvivesTheSyncsNextLogin(boolean shared) {
        SALESFORCE.org().sessions().share(shared);
        SALESFORCE.org().expireTokens();
        sync();
        String handedOut = token(client.requestToken());
        int before = logins();
        SALESFORCE.faults().start(Fault.error(401, "INVALID_SESSION_ID", "Session expired or invalid").times(1));
        sync();
        assertThat(logins()).as("the sync has logged in again").isEqualTo(before + 1);
        assertThat(call(handedOut)).isEqualTo(200);
        assertThat(call(token(client.requestToken()))).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("nightly")
    void aHandedOutTokenSurvivesTheEndOfTheApp(boolean shared, @TempDir Path folder) {
        SALESFORCE.org().sessions().share(shared);
        SALESFORCE.org().expireTokens();
        String handedOut;
        try (ConfigurableApplicationContext other = new SpringApplication(OrySalesforceSync.class).run("--server.port=0",
                "--management.server.port=0", "--ORY_WEBHOOK_SECRET=" + SECRET, "--SALESFORCE_LOGIN_URL=" + SALESFORCE.url(),
                "--SALESFORCE_CLIENT_ID=" + SALESFORCE.clientId(), "--SALESFORCE_CLIENT_SECRET=" + SALESFORCE.clientSecret(),
                "--TOKEN_CLIENTS=billing:billing-client-secret", "--sync.data-dir=" + folder, "--sync.linger=30ms")) {
            int its = other.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
            handedOut = token(new TokenClient(its).requestToken());
            String id = UUID.randomUUID().toString();
            new Ory("http://127.0.0.1:" + its, SECRET).sends("registration", Ory.identity(id, Instant.now(), "Person"));
            await().until(() -> !SALESFORCE.org().byIdentity(id).isEmpty());
        }
        assertThat(call(handedOut)).isEqualTo(200);
        assertThat(SALESFORCE.calls().of(CallKind.REVOKE)).as("of its own").hasSize(shared ? 0 : 1);
    }

    /** An OAuth client library is sufficient. */
    @ParameterizedTest
    @ValueSource(strings = {"client_secret_basic", "client_secret_post"})
    void springSecuritysClientGetsATokenAndCallsSalesforceWithIt(String how) {
        ClientRegistration registration = ClientRegistration.withRegistrationId("salesforce")
                .tokenUri("http://127.0.0.1:" + port + "/oauth2/token").clientId("reports").clientSecret("reports-s3cret/+:&%")
                .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
                .clientAuthenticationMethod(new ClientAuthenticationMethod(how)).build();
        InMemoryClientRegistrationRepository registrations = new InMemoryClientRegistrationRepository(registration);
        OAuth2AccessToken token = new AuthorizedClientServiceOAuth2AuthorizedClientManager(registrations,
                new InMemoryOAuth2AuthorizedClientService(registrations)).authorize(
                        OAuth2AuthorizeRequest
                                .withClientRegistrationId("salesforce").principal("report").build())
                .getAccessToken();
        assertThat(token.getTokenType()).isEqualTo(OAuth2AccessToken.TokenType.BEARER);
        assertThat(token.getExpiresAt()).isAfter(Instant.now().plusSeconds(7000));
        assertThat(call(token.getTokenValue())).isEqualTo(200);
        assertThat(counted("reports")).isPositive();
    }

    @Test
    void eachClientsCounterExistsBeforeItsFirstToken() {
        SimpleMeterRegistry fresh = new SimpleMeterRegistry();
        new TokenClients("billing:billing-secret, reports:reports-secret").bindTo(fresh);
        assertThat(fresh.find("ory.sync.tokens").counters()).extracting(counter -> counter.getId().getTag("client"))
                .containsExactlyInAnyOrder("billing", "reports");
    }

    @Test
    void noHeaderOrParameterOfTheCallerGoesAnyFurther() {
        HttpRequest plain = client.request(TokenClient.basic("billing:billing-client-secret"),
                "grant_type=client_credentials&CamelHttpUri=http%3A%2F%2F127.0.0.1%3A1&resource=evil&client=evil");
        HttpResponse<String> answer = ory.send(HttpRequest.newBuilder(plain, (name, value) -> true)
                .uri(URI.create(plain.uri() + "?CamelHttpUri=http://127.0.0.1:1&token-client=evil&resource=evil"))
                .header("CamelHttpUri", "http://127.0.0.1:1").header("token-client", "evil").header("X-Evil", "evil-value")
                .header("CamelHttpPath", "/evil").header("CamelHttpMethod", "DELETE").build());
        assertThat(call(token(answer))).isEqualTo(200);
        assertThat(answer.headers().map().toString()).doesNotContain("evil");
        assertThat(meters.find("ory.sync.tokens").tag("client", "evil").counter()).isNull();
        assertThat(SALESFORCE.calls().of(CallKind.LOGIN)).allSatisfy(call -> {
            assertThat(call.header("x-evil")).isNull();
            assertThat(call.path()).doesNotContain("evil");
        });
    }

    @Test
    void neitherTokensNorSecretsAreLogged(CapturedOutput log) {
        String token = token(client.requestToken());
        client.requestToken(null, "grant_type=client_credentials&client_id=billing&client_secret=billing-guess");
        SALESFORCE.org().expireTokens();
        SALESFORCE.faults().start(Fault.loginUnauthorized());
        await().until(() -> client.requestToken().statusCode() == 503);
        assertThat(log.getAll()).contains("The token endpoint gets no token");
        assertThat(log.getAll()).doesNotContain(token, "billing-client-secret", "billing-guess", SALESFORCE.clientSecret());
    }

    private void sync() {
        String id = UUID.randomUUID().toString();
        ory.sends("registration", Ory.identity(id, Instant.now(), "Person"));
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Person");
    }

    private String token(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return read(answer.body()).path("access_token").asText();
    }

    private int logins() {
        return SALESFORCE.calls().of(CallKind.LOGIN).size();
    }

    private double counted(String client) {
        var counter = meters.find("ory.sync.tokens").tag("client", client).counter();
        return counter == null ? 0 : counter.count();
    }

    /** Salesforce's answer to a call with the token. */
    private static int call(String token) {
        return HttpClient.newHttpClient().sendAsync(HttpRequest.newBuilder(
                URI.create(SALESFORCE.url() + "/services/data/v62.0/sobjects/Lead/describe"))
                .header("Authorization", "Bearer " + token).build(), HttpResponse.BodyHandlers.discarding()).join().statusCode();
    }
}
