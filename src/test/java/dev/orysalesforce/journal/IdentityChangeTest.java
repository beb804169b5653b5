package dev.orysalesforce.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class IdentityChangeTest {

    private static final Instant START = Instant.parse("2026-11-01T10:00:00Z");
    private static final String ID = "\"id\":\"9f425a8d-7efc-4768-8f23-7647a74fdf13\",";
    private static final String WHOLE = "{" + ID + "\"schema_id\":\"customer\",\"updated_at\":\"2026-11-01T10:00:00Z\","
            + "\"traits\":{\"email\":\"old@example.org\",\"name\":\"Ada\"}}";

    /** A template that picks some traits and does not say when they changed. */
    @Test
    void aPartDoesNotTakeAwayWhatTheWholeHasTold() throws Exception {
        IdentityChange merged = event("registration", START, WHOLE)
                .merge(event("verification", START.plusSeconds(5), "{" + ID + "\"traits\":{\"email\":\"new@example.org\"}}"));
        assertThat(merged.event()).isEqualTo("registration");
        assertThat(merged.identity().at("/traits/name").asText()).isEqualTo("Ada");
        assertThat(merged.identity().at("/traits/email").asText()).isEqualTo("new@example.org");
        assertThat(merged.version().at()).isEqualTo(START.plusSeconds(5));
        assertThat(merged.isComplete()).isFalse();
    }

    @Test
    void theWholeTakesAwayWhatIsAbsentInIt() throws Exception {
        IdentityChange merged = event("registration", START, WHOLE).merge(event("settings", START.plusSeconds(5),
                "{" + ID + "\"schema_id\":\"customer\",\"updated_at\":\"2026-11-01T10:00:04Z\",\"traits\":{\"email\":\"new@example.org\"}}"));
        assertThat(merged.identity().at("/traits/name").isMissingNode()).isTrue();
        assertThat(merged.isComplete()).isTrue();
    }

    /** A whole identity without a time is no part. */
    @Test
    void soDoesAWholeWithoutATime() throws Exception {
        IdentityChange merged = event("registration", START, WHOLE).merge(event("settings", START.plusSeconds(5),
                "{" + ID + "\"schema_id\":\"customer\",\"traits\":{\"email\":\"new@example.org\"}}"));
        assertThat(merged.identity().at("/traits/name").isMissingNode()).isTrue();
    }

    @Test
    void noMessageBringsALetterAlong() throws Exception {
        ObjectMapper json = new ObjectMapper().findAndRegisterModules();
        IdentityChange read = json.readValue("{\"event\":\"login\",\"letter\":{\"id\":\"x\",\"code\":\"X\"}}", IdentityChange.class);
        assertThat(read.letter()).isNull();
        DeadLetter letter = DeadLetter.of(null, "login", null, "X", "why", List.of(), 0, START, START, "receive", json.readTree("{}"));
        assertThat(json.valueToTree(IdentityChange.without(letter)).toString()).contains("login").doesNotContain("why");
    }

    private static IdentityChange event(String kind, Instant receivedAt, String identity) throws JsonProcessingException {
        return new IdentityChange(kind, receivedAt, null, new ObjectMapper().readTree(identity), null, null, null, 0, null);
    }
}
