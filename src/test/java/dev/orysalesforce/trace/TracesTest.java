package dev.orysalesforce.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.operator.Operator;
import dev.orysalesforce.sandbox.DuplicateRule;
import dev.orysalesforce.sandbox.Fault;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

/** The spans of an event's way from Ory to Salesforce. */
@Tag("any-ledger")
@TestPropertySource(properties = {"test.context=traced", "otel.bsp.schedule.delay=50"})
@Tag("nightly")
class TracesTest extends AppTest {

    private static final OtlpReceiver COLLECTOR = new OtlpReceiver();
    private static final String CALLER = "00f067aa0ba902b7";

    @DynamicPropertySource
    static void collector(DynamicPropertyRegistry registry) {
        registry.add("otel.exporter.otlp.endpoint", COLLECTOR::url);
        registry.add("sync.linger", () -> "1s"); // for events that go together
    }

    @Test
    void oneTraceLeadsFromTheCallOfOryToTheCallToSalesforce() {
        String trace = trace();
        assertThat(sends(identity(), trace, "01")).isEqualTo(204);
        settle();

        Span received = COLLECTOR.span(trace, "receive.webhook");
        assertThat(OtlpReceiver.hex(received.getParentSpanId())).isEqualTo(CALLER);
        assertThat(received.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
        assertThat(received.getAttributesList()).anyMatch(attribute -> attribute.getValue().getIntValue() == 204);
        Span batch = COLLECTOR.below(received, "sync.complete");
        Span call = COLLECTOR.below(batch, "salesforce.upsert");
        assertThat(call.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_CLIENT);
        assertThat(call.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_UNSET);
        assertThat(COLLECTOR.requests().toString()).contains("service.name", "ory-salesforce-sync");
    }

    @Test
    void eachTraceOfABatchLeadsToItsCall() {
        List<String> traces = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            traces.add(trace());
            sends(identity(), traces.get(i), "01");
        }
        settle();

        for (String trace : traces) {
            Span waited = COLLECTOR.below(COLLECTOR.span(trace, "receive.webhook"), "journal");
            assertThat(waited.getEndTimeUnixNano()).isGreaterThan(waited.getStartTimeUnixNano());
            Span batch = COLLECTOR.span(waited.getLinks(0).getSpanId());
            assertThat(waited.getLinks(0).getTraceId()).isEqualTo(batch.getTraceId());
            assertThat(OtlpReceiver.hex(batch.getTraceId()).equals(trace) || batch.getLinksList().stream()
                    .anyMatch(link -> OtlpReceiver.hex(link.getTraceId()).equals(trace))).isTrue();
            COLLECTOR.below(batch, "salesforce.upsert");
        }
        assertThat(COLLECTOR.spans()).anyMatch(span -> span.getName().equals("sync.complete") && span.getLinksCount() > 0);
    }

    @Test
    void tracesThatOryDoesNotSampleAreNotSent() {
        String unsampled = trace();
        sends(identity(), unsampled, "00");
        settle();
        String together = trace();
        sends(identity(), together, "00");
        String sampled = trace();
        sends(identity(), sampled, "01");
        settle();

        COLLECTOR.below(COLLECTOR.span(sampled, "sync.complete"), "salesforce.upsert");
        assertThat(COLLECTOR.spans()).flatExtracting(span -> Stream.concat(Stream.of(span.getTraceId()),
                span.getLinksList().stream().map(Span.Link::getTraceId)).map(OtlpReceiver::hex).toList())
                .doesNotContain(unsampled, together);
    }

    @Test
    void aHeaderThatIsNoTraceContextBeginsANewTrace() {
        for (String garbage : List.of("garbage", "00-zimmermannova-00f067aa0ba902b7-01",
                "00-00000000000000000000000000000000-0000000000000000-01", "zimmermannova".repeat(300))) {
            String identity = identity();
            assertThat(sends(identity, garbage)).isEqualTo(204);
            settle();
            record(identity);
        }
        await().until(() -> COLLECTOR.spans().stream()
                .filter(span -> span.getName().equals("receive.webhook") && span.getParentSpanId().isEmpty()).count() >= 4);
        assertThat(COLLECTOR.requests().toString()).doesNotContain("zimmermannova", "garbage");
    }

    @Test
    void aRetryContinuesTheTrace() {
        String identity = identity();
        String trace = trace();
        SALESFORCE.faults().lockRow(identity, 1);
        sends(identity, trace, "01");
        settle();

        Span received = COLLECTOR.span(trace, "receive.webhook");
        await().until(() -> COLLECTOR.spans().stream()
                .filter(span -> span.getName().equals("sync.complete"))
                .filter(span -> span.getParentSpanId().equals(received.getSpanId())).count() == 2);
    }

    @Test
    void noSpanHoldsATrait() {
        SALESFORCE.org().activate(DuplicateRule.leadAlert().block());
        List.of("registration-ctx", "settings-ctx", "flat-recipe", "salesforce-shaped-lead")
                .forEach(sample -> ory.sends("registration", Ory.webhook(sample)));
        ory.sends("zimmermannova@example.org", Ory.webhook("registration-ctx"));
        ory.sends("registration?email=zimmermannova", "{\"email\": \"zimmermannova@example.org\"");
        ory.gives("POST", "/services/data/v62.0/sobjects/Lead", Ory.webhook("salesforce-shaped-lead"));
        ory.gives("PATCH", "/services/data/v62.0/sobjects/Lead/Email/zimmermannova",
                "{\"LastName\": \"Zimmermannova\"}");
        settle();
        for (Fault fault : List.of(Fault.loginRefused(), Fault.error(400, "INVALID_FIELD", "No such column for "
                + "p-zimmermannova@example.org"), Fault.reset())) {
            SALESFORCE.org().expireTokens();
            SALESFORCE.faults().start(fault);
            String trace = trace();
            sends(identity(), trace, "01");
            assertThat(COLLECTOR.span(trace, "sync.complete").getStatus().getCode())
                    .isEqualTo(Status.StatusCode.STATUS_CODE_ERROR);
            search();
            SALESFORCE.faults().clear();
            settle();
        }
        search();

        String told = COLLECTOR.requests().toString();
        assertThat(told).contains("gateway.create", "gateway.upsert", "error.type");
        for (String personal : List.of("zimmermannova", "lovelace", "ada@king", "analytical", "countess", "newsletter",
                "example.org", SECRET, SALESFORCE.clientSecret(), "Bearer ")) {
            assertThat(told).as("what the collector was told").doesNotContainIgnoringCase(personal);
        }
    }

    private void search() {
        new Operator(port, OPERATOR_TOKEN).post("/api/identities/search", "{\"q\": \"p-zimmermannova@example.org\"}");
    }

    private int sends(String identity, String trace, String flags) {
        return sends(identity, "00-" + trace + "-" + CALLER + "-" + flags);
    }

    private int sends(String identity, String traceparent) {
        ObjectNode body = Ory.identity(identity, Instant.now(), "Zimmermannova");
        return ory.send(ory.request("/webhooks/ory/registration").header("X-Webhook-Secret", SECRET)
                .header("traceparent", traceparent).POST(BodyPublishers.ofString(body.toString())).build())
                .statusCode();
    }

    private static String identity() {
        return UUID.randomUUID().toString();
    }

    private static String trace() {
        return UUID.randomUUID().toString().replace("-", "");
    }
}
