package dev.orysalesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.operator.Operator;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.lang.reflect.Field;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.camel.CamelContext;
import org.apache.camel.CatalogCamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.component.bean.BeanConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * The published attacks on this line of Camel: a caller who can name a header can control a component (CVE-2025-27636,
 * CVE-2025-29891 and CVE-2026-49099 over HTTP, CVE-2026-40453 over JMS), gets the data of others (CVE-2026-85254), or has an
 * object of a message deserialised (CVE-2026-40860). The names come from the components themselves, so that a newer version
 * brings its own.
 */
@Tag("any-ledger")
@Tag("faults")
class AttackTest extends AppTest {

    private static final String LEAD = "/services/data/v62.0/sobjects/Lead";
    private static final int AT_ONCE = 45; // a request is limited to 100 headers and 8 KB of them
    private static final Pattern OWN = Pattern.compile("\\b(?:header|variable|exchangeProperty)\\.([A-Za-z][\\w-]*)");

    /** The parameters of the operator API. */
    private static final Set<String> OF_THE_API = Set.of("act", "code", "event", "from", "identity", "kind", "limit", "object", "offset",
            "reveal");

    /** Headers that a caller may send, or that HTTP itself needs. */
    private static final Set<String> HARMLESS = Set.of("content-type", "content-length", "content-encoding", "accept",
            "accept-encoding", "authorization", "user-agent", "host", "connection", "expect", "upgrade", "transfer-encoding",
            "reveal", "x-webhook-secret", "ory-webhook-trigger-id", "traceparent", "cookie");

    /** @param request makes a new request each time, to which a query is added */
    private record Door(int status, Supplier<Request> request) {}

    private record Request(String path, String method, String type, String credentials, String body) {}

    @Autowired
    private CamelContext camel;

    @Autowired
    private EmbeddedActiveMQ broker;

    private final Set<String> people = new HashSet<>();
    private Set<String> names;
    private Set<String> queues;

    @BeforeEach
    void knowTheNames() throws Exception {
        names = new TreeSet<>();
        Set<String> components = new HashSet<>(camel.getComponentNames());
        components.addAll(List.of("http", "bean", "language", "jslt", "jsonata")); // which start when they are first called
        for (String component : components) {
            String schema = ((CatalogCamelContext) camel).getComponentParameterJsonSchema(component);
            for (String part : List.of("headers", "properties")) {
                read(schema).path(part).fieldNames().forEachRemaining(names::add);
            }
        }
        for (Class<?> constants : List.of(Exchange.class, BeanConstants.class)) {
            for (Field constant : constants.getFields()) {
                if (constant.getType() == String.class) {
                    names.add((String) constant.get(null));
                }
            }
        }
        try (Stream<Path> routes = Files.list(Path.of("routes"))) {
            for (Path route : routes.toList()) {
                OWN.matcher(Files.readString(route)).results().map(name -> name.group(1)).forEach(names::add);
            }
        }
        names.addAll(List.of("Sforce-Auto-Assign", "Sforce-Duplicate-Rule-Header", "x-sfdc-evil", "org.restlet.http.headers"));
        names.removeIf(name -> !name.matches("[\\w.-]+") || HARMLESS.contains(name.toLowerCase(Locale.ROOT)));
        assertThat(names).contains("sObjectName", "rawPath", "apexUrl", "CamelHttpUri", "CamelHttpResponseCode",
                "CamelJmsDestinationName", "CamelBeanMethodName", "JMSReplyTo", "event", "token-client");
        queues = queues();
    }

    @Test
    void noHeaderControlsAComponent() {
        attack((request, attackers) -> attackers.forEach(name -> request.header(name, value(name))), attackers -> "");
    }

    @Test
    void noParameterControlsAComponent() {
        attack((request, attackers) -> {}, attackers -> attackers.stream().map(name -> name + '='
                + URLEncoder.encode(value(name), StandardCharsets.UTF_8)).collect(Collectors.joining("&", "?", "")));
    }

    private static boolean isMisspelled(String name) {
        return OF_THE_API.contains(name.toLowerCase(Locale.ROOT)) && !OF_THE_API.contains(name);
    }

    private interface Weapon {
        void into(HttpRequest.Builder request, Collection<String> names);
    }

    private void attack(Weapon headers, Function<Collection<String>, String> query) {
        List<Door> doors = doors();
        for (Door gate : doors) {
            Request first = gate.request().get();
            HttpResponse<String> peaceful = send(first, "", List.of(), headers);
            for (UnaryOperator<String> spelling : List.<UnaryOperator<String>>of(UnaryOperator.identity(), AttackTest::crooked)) {
                List<String> all = new ArrayList<>(names.stream().map(spelling).toList());
                if (first.path().startsWith("/api/") && !query.apply(all).isEmpty()) {
                    List<String> refused = all.stream().filter(AttackTest::isMisspelled).toList();
                    assertThat(refused).isNotEmpty().allSatisfy(name -> {
                        HttpResponse<String> answer = send(gate.request().get(), query.apply(List.of(name)), List.of(name), headers);
                        assertThat(answer.statusCode()).as("%s, a parameter of the API in another spelling", name).isEqualTo(400);
                        assertThat(answer.headers().map() + answer.body()).doesNotContain("evil", SECRET, OPERATOR_TOKEN);
                    });
                    all.removeAll(refused);
                }
                for (int from = 0; from < all.size(); from += AT_ONCE) {
                    List<String> some = all.subList(from, Math.min(from + AT_ONCE, all.size()));
                    Request request = gate.request().get();
                    HttpResponse<String> answer = send(request, query.apply(some), some, headers);
                    assertThat(answer.statusCode()).as("%s with %s: %s", request.path(), some, answer.body())
                            .isEqualTo(gate.status()).isEqualTo(peaceful.statusCode());
                    Set<String> told = new TreeSet<>(answer.headers().map().keySet());
                    told.removeAll(Set.of("connection", "keep-alive")); // after a hundred requests it is closed
                    assertThat(told).as("%s with %s", request.path(), some).isSubsetOf(peaceful.headers().map().keySet());
                    assertThat(answer.headers().map() + answer.body()).doesNotContain("evil", SECRET, OPERATOR_TOKEN);
                }
            }
        }
        settle();
        assertThatAllIsAsItShouldBe();
        assertThat(deadLetters()).hasSize(1 + 2 * ((names.size() + AT_ONCE - 1) / AT_ONCE))
                .allSatisfy(letter -> assertThat(letter.path("code").asText()).isEqualTo("NO_IDENTITY"));
    }

    /**
     * A person can register under any name. Camel's own languages, which the routes are written in, must not evaluate it.
     */
    @ParameterizedTest
    @ValueSource(strings = {"{{env:PATH}}", "{{SALESFORCE_CLIENT_SECRET}}", "{{", "}}", "{{?x}}", "${body}", "$simple{body}",
        "${bean:journal?method=clearInFlight}", "#bean:journal", "#class:java.lang.Object", "#{1+1}", "RAW(x)", "'x'", "\"x\"", "null"})
    void aNameIsNoExpression(String name) {
        String one = person();
        assertThat(ory.sends("registration", Ory.identity(one, Instant.now(), name)).statusCode()).isEqualTo(204);
        String another = person();
        assertThat(ory.gives("POST", LEAD, lead(another, name)).statusCode()).isEqualTo(201);
        HttpResponse<String> preview = operator().post("/api/preview",
                Ory.identity(UUID.randomUUID().toString(), Instant.now(), name).toString());
        assertThat(read(preview.body()).at("/records/0/LastName").asText()).as(preview.body()).isEqualTo(name);
        settle();
        for (String person : List.of(one, another)) {
            assertThat(record(person).text("LastName")).isEqualTo(name);
        }
        HttpResponse<String> noJson = ory.sends("registration", name);
        assertThat(noJson.statusCode()).as(noJson.body()).isEqualTo(400);
        assertThat(deadLetters()).hasSize(1);
        JsonNode letter = deadLetters().get(0);
        assertThat(letter.path("code").asText()).isIn("UNREADABLE_BODY", "NO_IDENTITY"); // some are JSON
        assertThat(letter.path("original").isObject() || name.contains(letter.path("original").asText())).as(letter.toString())
                .isTrue();
    }

    /**
     * Salesforce rejects a query with such a text in it, and one query looks up all identities; and it quotes the rejected
     * text.
     */
    @ParameterizedTest
    @ValueSource(strings = {"two\nlines@example.org", "nul\u0000@example.org", "nobody' OR Name != '@example.org", "\\", "4000@", "400000"})
    void anInvalidAddressDelaysNoOtherIdentity(String address) {
        String one = UUID.randomUUID().toString();
        ObjectNode body = Ory.identity(one, Instant.now(), "Strange");
        ((ObjectNode) body.at("/identity/traits")).put("email", switch (address) {
            case "4000@" -> "x".repeat(4_000) + "@example.org";
            case "400000" -> "x".repeat(400_000); // would take minutes if the error were searched for an address from each character
            default -> address;
        });
        assertThat(ory.sends("settings", body).statusCode()).isEqualTo(204);
        String another = UUID.randomUUID().toString();
        assertThat(ory.sends("settings", Ory.identity(another, Instant.now(), "Plain")).statusCode()).isEqualTo(204);
        await().until(() -> SALESFORCE.org().byIdentity(another).size() == 1);
        settle();
        assertThat(SALESFORCE.org().records("Lead")).as("the other one is a dead letter").hasSize(1);
        assertThat(deadLetters()).hasSize(1);
        assertThat(deadLetters().get(0).path("identity").asText()).isEqualTo(one);
    }

    /**
     * Into the journal, and into the dead letters for a replay: an external broker has both, and other programs may write to
     * them.
     */
    @Test
    void noMessagePropertyControlsAComponent() throws Exception {
        for (UnaryOperator<String> spelling : List.<UnaryOperator<String>>of(UnaryOperator.identity(), AttackTest::crooked)) {
            String one = person();
            sendToJournal(session -> evil(session.createTextMessage(journaled(one).toString()), spelling));
            String another = person();
            jms.send("dead-letters", session -> {
                Message letter = evil(session.createTextMessage(json.createObjectNode().put("id", UUID.randomUUID().toString())
                        .put("identity", another).put("code", "CAUSE_MENDED").set("original", journaled(another)).toString()),
                        spelling);
                letter.setStringProperty("identity", another);
                letter.setStringProperty("code", "CAUSE_MENDED");
                return letter;
            });
            sendToJournal(session -> evil(session.createTextMessage("{\"event\":\"login\"}"), spelling));
        }
        settle();
        HttpResponse<String> replayed = operator().post("/api/dead-letters/replay", "{\"code\":\"CAUSE_MENDED\"}");
        assertThat(read(replayed.body()).path("replayed").asInt()).as(replayed.body()).isEqualTo(2);
        settle();
        assertThatAllIsAsItShouldBe();
        assertThat(deadLetters()).hasSize(2)
                .allSatisfy(letter -> assertThat(letter.path("code").asText()).isEqualTo("UNREADABLE_BODY"));
    }

    @Test
    void noObjectIsDeserialized() throws Exception {
        Trap.SPRUNG.set(false);
        sendToJournal(session -> session.createObjectMessage(new Trap()));
        await().until(() -> deadLetters().size() == 1);
        assertThat(deadLetters().get(0).path("code").asText()).isEqualTo("UNREADABLE_BODY");

        jms.send("dead-letters", session -> {
            Message letter = session.createObjectMessage(new Trap());
            letter.setStringProperty("deadLetterId", UUID.randomUUID().toString());
            letter.setStringProperty("identity", UUID.randomUUID().toString());
            letter.setStringProperty("code", "TRAP");
            return letter;
        });
        await().untilAsserted(() -> assertThat(operator().get("/api/dead-letters?code=TRAP").body()).contains("UNREADABLE_LETTER"));
        assertThat(operator().post("/api/dead-letters/replay", "{\"code\":\"TRAP\"}").body())
                .contains("\"replayed\":0");
        assertThat(operator().get("/api/dead-letters?code=TRAP").body()).contains("UNREADABLE_LETTER");
        assertThat(Trap.SPRUNG).as("an object was deserialised").isFalse();
    }

    /** Records that it was deserialised, as the classes of a published chain would run a command. */
    private static final class Trap implements Serializable {

        private static final AtomicBoolean SPRUNG = new AtomicBoolean();

        private void readObject(ObjectInputStream in) {
            SPRUNG.set(true);
        }
    }

    private List<Door> doors() {
        String known = person();
        ory.sends("registration", Ory.identity(known, Instant.now(), "Safe"));
        settle();
        String webhook = "X-Webhook-Secret " + SECRET;
        String operator = "Authorization Bearer " + OPERATOR_TOKEN;
        return List.of(
                new Door(204, () -> new Request("/webhooks/ory/registration", "POST", "application/json", webhook,
                        Ory.identity(person(), Instant.now(), "Safe").toString())),
                new Door(400, () -> new Request("/webhooks/ory/login", "POST", "application/json", webhook, "{}")),
                new Door(401, () -> new Request("/webhooks/ory/login", "POST", "application/json", "X-Other x", "{}")),
                new Door(201, () -> new Request(LEAD, "POST", "application/json", webhook, lead(person(), "Safe"))),
                new Door(201, () -> new Request(LEAD + "/Ory_Identity_Id__c/" + person(), "PATCH", "application/json", webhook,
                        "{\"LastName\":\"Safe\",\"Company\":\"C\"}")),
                new Door(200, () -> new Request("/oauth2/token", "POST", "application/x-www-form-urlencoded",
                        "Authorization " + basic("billing:billing-client-secret"), "grant_type=client_credentials")),
                new Door(200, () -> new Request("/api/preview", "POST", "application/json", operator,
                        Ory.identity(UUID.randomUUID().toString(), Instant.now(), "Safe").toString())),
                new Door(200, () -> new Request("/api/identities/" + known, "GET", null, operator, null)),
                new Door(404, () -> new Request("/api/dead-letters/" + UUID.randomUUID(), "DELETE", null, operator, null)));
    }

    private HttpResponse<String> send(Request request, String query, Collection<String> attackers, Weapon headers) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + request.path()
                + query)).method(request.method(), request.body() == null ? BodyPublishers.noBody()
                        : BodyPublishers.ofString(request.body()));
        int space = request.credentials().indexOf(' ');
        builder.header(request.credentials().substring(0, space), request.credentials().substring(space + 1));
        if (request.type() != null) {
            builder.header("Content-Type", request.type());
        }
        headers.into(builder, attackers);
        return ory.send(builder.build());
    }

    private void assertThatAllIsAsItShouldBe() {
        assertThat(SALESFORCE.org().records("Lead")).hasSize(people.size());
        people.forEach(person -> assertThat(record(person).text("LastName")).isEqualTo("Safe"));
        for (String other : List.of("Contact", "Account")) {
            assertThat(SALESFORCE.org().records(other)).isEmpty();
        }
        assertThat(SALESFORCE.calls().all()).isNotEmpty().allSatisfy(call -> {
            assertThat(call.path() + call.headers()).doesNotContain("evil");
            assertThat(call.method()).isIn("GET", "POST", "PATCH");
        });
        assertThat(queues()).isEqualTo(queues);
        assertThat(camel.getRoutes()).allSatisfy(route -> assertThat(camel.getRouteController()
                .getRouteStatus(route.getRouteId()).isStarted()).as(route.getRouteId()).isTrue());
    }

    private Message evil(Message message, UnaryOperator<String> spelling) throws JMSException {
        for (String name : names) {
            if (name.matches("[A-Za-z]\\w*") && !name.startsWith("JMS")) { // a client can't set those at all
                message.setStringProperty(spelling.apply(name), value(name));
            }
        }
        return message;
    }

    private ObjectNode journaled(String person) {
        ObjectNode event = Ory.identity(person, Instant.now(), "Safe");
        return event.put("event", "registration").put("receivedAt", Instant.now().toString());
    }

    private static String value(String name) {
        return name.toLowerCase(Locale.ROOT).contains("code") ? "599" : name.contains("Method") ? "DELETE" : "/evil";
    }

    /** {@code CAmelHttpUri}: a different name if case matters, the same one if it does not. */
    private static String crooked(String name) {
        char second = name.length() < 2 ? ' ' : name.charAt(1);
        return name.length() < 2 ? name : name.charAt(0)
                + String.valueOf(Character.isUpperCase(second) ? Character.toLowerCase(second) : Character.toUpperCase(second))
                + name.substring(2);
    }

    private String person() {
        String id = UUID.randomUUID().toString();
        people.add(id);
        return id;
    }

    private String lead(String person, String lastName) {
        return json.createObjectNode().put("Ory_Identity_Id__c", person).put("LastName", lastName).put("Company", "C").toString();
    }

    private Operator operator() {
        return new Operator(port, OPERATOR_TOKEN);
    }

    private Set<String> queues() {
        return Arrays.stream(broker.getActiveMQServer().getActiveMQServerControl().getQueueNames())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String basic(String credentials) {
        return "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }
}
