package dev.orysalesforce.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.operator.Operator;
import dev.orysalesforce.sandbox.ory.OryAdminSandbox;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.RouteController;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The app, an Ory with identities whose webhooks were lost, and an operator who starts a comparison. */
public abstract class ReconcileTest extends AppTest {

    public static final OryAdminSandbox ORY = OryAdminSandbox.start();
    static final String KEY = "ory_apikey_secret";

    public Operator operator;

    @Autowired
    private CamelContext camel;

    @DynamicPropertySource
    static void ory(DynamicPropertyRegistry registry) {
        registry.add("ORY_ADMIN_URL", () -> ORY.url() + "/");
        registry.add("ORY_ADMIN_TOKEN", () -> KEY);
        registry.add("sync.reconcile.after-start", () -> "1h"); // tests start it themselves
        registry.add("sync.reconcile.after-empty-body", () -> "300ms");
    }

    @BeforeEach
    void nothingComparedYet() {
        operator = new Operator(port, OPERATOR_TOKEN);
        ORY.recover();
        end();
        settle();
        SALESFORCE.reset();
        sql.update("delete from identities");
        sql.update("delete from sightings");
        sql.update("delete from reconcile_run");
        ORY.reset();
        ORY.requireKey(KEY);
    }

    public JsonNode status() {
        HttpResponse<String> answer = operator.get("/api/status");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return read(answer.body());
    }

    JsonNode reconcile() {
        return status().path("reconcile");
    }

    String state() {
        return reconcile().path("state").asText();
    }

    /** Starts a comparison and waits for its end. */
    JsonNode compare() {
        begin();
        return end();
    }

    void begin() {
        assertThat(operator.post("/api/reconcile", "").statusCode()).isEqualTo(202);
    }

    JsonNode end() {
        return await().until(this::reconcile, ReconcileTest::isOver);
    }

    /** A database that is too slow to answer says nothing of an end. */
    private static boolean isOver(JsonNode reconcile) {
        return !List.of("running", "unknown").contains(reconcile.path("state").asText());
    }

    public JsonNode done() {
        JsonNode done = compare();
        assertThat(done.path("state").asText()).as(done.toString()).isEqualTo("done");
        return done;
    }

    /** What the comparison has queued would be out of sync from the start of its call to its end. */
    JsonNode doneWhileNothingIsDelivered() {
        RouteController routes = camel.getRouteController();
        try {
            routes.stopRoute("sync.next");
            JsonNode done = done();
            routes.startRoute("sync.next");
            return done;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    JsonNode failed() {
        JsonNode failed = compare();
        assertThat(failed.path("state").asText()).as(failed.toString()).isEqualTo("failed");
        return failed;
    }

    void awaitInSync() {
        await().until(() -> reconcile().path("inSync").asDouble(-1) == 1.0);
    }

    JsonNode explain(String id) {
        return read(operator.get("/api/identities/" + id).body());
    }

    public static Map<String, ?> person(String lastName) {
        return Map.of("email", UUID.randomUUID() + "@example.org", "name", Map.of("first", "Pat", "last", lastName));
    }

    public static ObjectNode hook(String id) {
        return ORY.project().hook(id);
    }
}
