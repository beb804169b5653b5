package dev.orysalesforce.sandbox.ory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.Ory;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OryAdminSandboxTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern NEXT = Pattern.compile("<([^>]*)>; rel=\"next\"");
    private static final String LIST = "/admin/identities";
    private static OryAdminSandbox sandbox;
    private static HttpClient http;

    @BeforeAll
    static void start() {
        sandbox = OryAdminSandbox.start();
        http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    @AfterAll
    static void stop() {
        sandbox.close();
    }

    @BeforeEach
    void newProject() {
        sandbox.reset();
    }

    private static HttpResponse<String> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(sandbox.url()).resolve(path))
                .timeout(Duration.ofSeconds(20));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String next(HttpResponse<String> response) {
        Matcher next = NEXT.matcher(response.headers().firstValue("Link").orElse(""));
        return next.find() ? next.group(1) : null;
    }

    private static List<String> ids(HttpResponse<String> response) throws IOException {
        return StreamSupport.stream(JSON.readTree(response.body()).spliterator(), false)
                .map(identity -> identity.path("id").asText()).collect(Collectors.toList());
    }

    private static void people(int count) {
        sandbox.project().addMany(count, i -> Map.of("email", "P" + i + "@Example.org"));
    }

    private static Map<String, ?> ada() {
        return Map.of("email", "Ada@Example.org", "name", Map.of("first", "Ada", "last", "Lovelace"));
    }

    // ---- identities ----

    @Test
    void listAndHookShowWhatKratosShows() throws Exception {
        String id = sandbox.project().add(ada());
        JsonNode sample = JSON.readTree(Ory.webhook("registration-ctx")).path("identity");

        JsonNode listed = JSON.readTree(get(LIST).body()).path(0);
        JsonNode hooked = sandbox.project().hook(id).path("identity");

        assertThat(fields(hooked)).containsExactlyInAnyOrderElementsOf(fields(sample));
        for (String rows : List.of("verifiable_addresses", "recovery_addresses")) {
            assertThat(fields(hooked.path(rows).path(0)))
                    .containsExactlyInAnyOrderElementsOf(fields(sample.path(rows).path(0)));
        }
        assertThat(fields(listed)).containsExactlyInAnyOrderElementsOf(
                Stream.concat(fields(sample).stream(), Stream.of("metadata_admin")).toList());
        assertThat(((ObjectNode) listed.deepCopy()).without("metadata_admin").toString()).isEqualTo(hooked.toString());
        assertThat(listed.path("updated_at").asText()).matches("\\d{4}-\\d\\d-\\d\\dT[\\d:]{8}(\\.\\d{1,6})?Z");
        assertThat(listed.at("/traits/email").asText()).isEqualTo("Ada@Example.org");
        assertThat(listed.at("/verifiable_addresses/0/value").asText()).isEqualTo("ada@example.org");
        assertThat(listed.at("/verifiable_addresses/0/verified").asBoolean(true)).isFalse();
        assertThat(sandbox.project().hook(id, Map.of("utm_source", "x")).at("/flow/transient_payload/utm_source")
                .asText()).isEqualTo("x");
    }

    private static List<String> fields(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void changesMoveTheVersionButVerifyingDoesNot() throws Exception {
        OryProject project = sandbox.project();
        String id = project.add(ada());
        Instant added = project.updatedAt(id);

        project.verify(id);
        assertThat(project.updatedAt(id)).isEqualTo(added);
        assertThat(project.identity(id).at("/verifiable_addresses/0/verified").asBoolean()).isTrue();
        assertThat(project.identity(id).at("/verifiable_addresses/0/status").asText()).isEqualTo("completed");

        project.patch(id, identity -> identity.putObject("metadata_admin").put("vip", true));
        Instant patched = project.updatedAt(id);
        assertThat(patched).isAfter(added);
        assertThat(project.identity(id).at("/verifiable_addresses/0/verified").asBoolean()).isTrue();
        assertThat(JSON.readTree(get(LIST).body()).at("/0/metadata_admin/vip").asBoolean()).isTrue();
        assertThat(project.hook(id).at("/identity").has("metadata_admin")).isFalse();

        project.change(id, Map.of("email", "ada@king.example.org"));
        assertThat(project.updatedAt(id)).isAfter(patched);
        assertThat(project.identity(id).at("/verifiable_addresses/0/verified").asBoolean(true)).isFalse();
        project.deactivate(id);
        assertThat(project.identity(id).path("state").asText()).isEqualTo("inactive");
    }

    @Test
    void oneIdentityAndNone() throws Exception {
        String id = sandbox.project().add(ada());
        HttpResponse<String> found = get(LIST + "/" + id);
        assertThat(JSON.readTree(found.body()).at("/credentials/password/identifiers/0").asText())
                .isEqualTo("ada@example.org");

        sandbox.project().delete(id);
        HttpResponse<String> gone = get(LIST + "/" + id);
        assertThat(gone.statusCode()).isEqualTo(404);
        assertThat(gone.body()).isEqualTo("{\"error\":{\"code\":404,\"status\":\"Not Found\","
                + "\"message\":\"Unable to locate the resource\"}}");
        assertThat(get("/admin/nothing").statusCode()).isEqualTo(404);
    }

    // ---- pages ----

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void pagesComeInOrderOfIds(boolean networkLike) throws Exception {
        if (networkLike) {
            sandbox.absoluteLinks();
            sandbox.obscureTokens();
        }
        people(1_001);
        List<String> seen = new ArrayList<>();
        String path = LIST + "?page_size=1000";
        while (path != null) {
            HttpResponse<String> page = get(path);
            seen.addAll(ids(page));
            assertThat(page.headers().firstValue("Link").orElse(""))
                    .startsWith("<" + (networkLike ? sandbox.url() : "") + LIST + "?page_size=500&page_token=")
                    .contains("rel=\"first\"");
            path = next(page);
        }
        assertThat(seen).isEqualTo(sandbox.project().ids()).isSorted();
        assertThat(sandbox.calls()).hasSize(3);
        assertThat(sandbox.calls().get(0).parameter("page_size")).isEqualTo("1000");
        assertThat(sandbox.calls().get(2).path()).isEqualTo(LIST);
    }

    @Test
    void aFullLastPageHasNoNext() throws Exception {
        people(500);
        assertThat(next(get(LIST + "?page_size=500"))).isNull();
        HttpResponse<String> first = get(LIST);
        assertThat(ids(first)).hasSize(250);
        assertThat(next(get(next(first)))).isNull();
        sandbox.project().clear();
        HttpResponse<String> none = get(LIST);
        assertThat(none.body()).isEqualTo("[]");
        assertThat(none.headers().firstValue("Link")).hasValue(
                "</admin/identities?page_size=250&page_token=00000000-0000-0000-0000-000000000000>; rel=\"first\"");
    }

    @Test
    void idsAreAFilterAndAProbeForDeletions() throws Exception {
        people(300);
        List<String> ids = sandbox.project().ids();
        String gone = ids.get(7);
        sandbox.project().delete(gone);
        String filter = "&ids=" + String.join("&ids=", ids) + "&ids=" + UUID.randomUUID() + "&ids=" + ids.get(0);

        assertThat(ids(get(LIST + "?page_size=500" + filter))).hasSize(299).doesNotContain(gone);
        HttpResponse<String> defaults = get(LIST + "?" + filter.substring(1));
        assertThat(ids(defaults)).as("the page size holds here, too").hasSize(250);
        assertThat(ids(get(next(defaults)))).hasSize(49);

        String many = "?ids=" + Stream.generate(() -> ids.get(1)).limit(501).collect(Collectors.joining("&ids="));
        HttpResponse<String> tooMany = get(LIST + many);
        assertThat(tooMany.statusCode()).isEqualTo(400);
        assertThat(JSON.readTree(tooMany.body()).at("/error/reason").asText())
                .isEqualTo("The number of ids to filter must not exceed 500.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"?ids=x", "?page_token=x", "?page_size=x", "?page=2"})
    void wrongParametersAreRejected(String query) throws Exception {
        assertThat(get(LIST + query).statusCode()).isEqualTo(400);
    }

    @Test
    void tenThousandAreFast() throws Exception {
        Instant start = Instant.now();
        people(10_000);
        int seen = 0;
        for (String path = LIST + "?page_size=500"; path != null;) {
            HttpResponse<String> page = get(path);
            seen += ids(page).size();
            path = next(page);
        }
        assertThat(seen).isEqualTo(10_000);
        assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(20));
    }

    // ---- what goes wrong ----

    @Test
    void aKeyMayBeNeeded() throws Exception {
        sandbox.requireKey("ory_pat_x");
        HttpResponse<String> refused = get(LIST);
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(JSON.readTree(refused.body()).at("/error/status").asText()).isEqualTo("Unauthorized");
        assertThat(get(LIST, "Authorization", "Bearer ory_pat_y").statusCode()).isEqualTo(401);
        assertThat(get(LIST, "Authorization", "Bearer ory_pat_x").statusCode()).isEqualTo(200);
        assertThat(sandbox.calls().get(2).header("authorization")).isEqualTo("Bearer ory_pat_x");
    }

    @Test
    void theRateIsLimited() throws Exception {
        assertThat(get(LIST).headers().firstValue("x-ratelimit-limit")).isEmpty();
        sandbox.limitRate(2, Duration.ofSeconds(60));
        assertThat(get(LIST).headers().firstValue("x-ratelimit-remaining")).hasValue("1");
        assertThat(get(LIST).statusCode()).isEqualTo(200);
        HttpResponse<String> refused = get(LIST);
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValueAsLong("x-ratelimit-reset").orElse(0)).isBetween(50L, 60L);
        assertThat(refused.headers().firstValue("x-ratelimit-limit")).hasValue("2, 2;w=60");
    }

    @Test
    void faultsHitAsManyCallsAsTheyShould() throws Exception {
        people(1);
        sandbox.fail(OryFault.rateLimited(7).after(1).times(2));
        assertThat(get(LIST).statusCode()).isEqualTo(200);
        HttpResponse<String> limited = get(LIST);
        assertThat(limited.statusCode()).isEqualTo(429);
        assertThat(limited.headers().firstValue("x-ratelimit-reset")).hasValue("7");
        assertThat(limited.headers().firstValue("Retry-After")).isEmpty();
        assertThat(get(LIST).statusCode()).isEqualTo(429);
        assertThat(get(LIST).statusCode()).isEqualTo(200);

        sandbox.fail(OryFault.retryAfter(3).times(1));
        assertThat(get(LIST).headers().firstValue("Retry-After")).hasValue("3");
        sandbox.fail(OryFault.serverError());
        assertThat(get(LIST).statusCode()).isEqualTo(500);
        assertThat(get(LIST).statusCode()).isEqualTo(500);
        sandbox.recover();
        sandbox.fail(OryFault.unauthorized().times(1));
        assertThat(get(LIST).statusCode()).isEqualTo(401);
        assertThat(get(LIST).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"html,text/html", "truncated,application/json"})
    void rubbishComesWith200(String what, String type) throws Exception {
        people(3);
        sandbox.fail(what.equals("html") ? OryFault.html() : OryFault.truncated());
        HttpResponse<String> rubbish = get(LIST);
        assertThat(rubbish.statusCode()).isEqualTo(200);
        assertThat(rubbish.headers().firstValue("Content-Type").orElse("")).startsWith(type);
        assertThatThrownBy(() -> JSON.readTree(rubbish.body())).isInstanceOf(IOException.class);
    }

    @Test
    void theListMayBeEmptyOrAnotherOne() throws Exception {
        people(3);
        sandbox.fail(OryFault.emptyList());
        assertThat(get(LIST).body()).isEqualTo("[]");
        sandbox.recover();
        OryProject other = new OryProject();
        String stranger = other.add(ada());
        sandbox.become(other);
        assertThat(ids(get(LIST))).containsExactly(stranger);
        sandbox.become(sandbox.project());
        assertThat(ids(get(LIST))).hasSize(3);
    }

    @Test
    void linksMayLeadAstray() throws Exception {
        people(3);
        sandbox.fail(OryFault.foreignLink().times(1));
        String foreign = next(get(LIST + "?page_size=2"));
        assertThat(foreign).startsWith("http://localhost:");
        assertThat(sandbox.foreignCalls()).isEmpty();
        get(foreign, "Authorization", "Bearer leaked");
        assertThat(sandbox.foreignCalls()).extracting(call -> call.header("Authorization"))
                .containsExactly("Bearer leaked");

        sandbox.fail(OryFault.loopingLink());
        HttpResponse<String> first = get(LIST + "?page_size=2");
        HttpResponse<String> second = get(next(first));
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(next(second)).isEqualTo(next(first));
    }

    @Test
    void answersComeLateOrNever() throws Exception {
        sandbox.fail(OryFault.slow(Duration.ofMillis(100)).times(1));
        Instant start = Instant.now();
        assertThat(get(LIST).statusCode()).isEqualTo(200);
        assertThat(Duration.between(start, Instant.now())).isGreaterThanOrEqualTo(Duration.ofMillis(100));

        sandbox.fail(OryFault.hang(Duration.ofMillis(50))); // without limit, because Java's client silently retries
        assertThatThrownBy(() -> get(LIST)).isInstanceOf(IOException.class);
        sandbox.recover();
        sandbox.fail(OryFault.reset());
        assertThatThrownBy(() -> get(LIST)).isInstanceOf(IOException.class);
        sandbox.recover();

        sandbox.unplug();
        assertThatThrownBy(() -> get(LIST)).isInstanceOf(ConnectException.class);
        sandbox.plugIn();
        assertThat(get(LIST).statusCode()).isEqualTo(200);
    }
}
