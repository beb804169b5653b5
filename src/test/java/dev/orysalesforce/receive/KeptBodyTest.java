package dev.orysalesforce.receive;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpStatus;

/** A body that the event mapping fails on is kept, whatever its size, and without secrets. */
class KeptBodyTest {

    private final ObjectMapper json = new ObjectMapper().findAndRegisterModules();

    @ParameterizedTest
    @ValueSource(ints = {10, 100_000})
    void secretsAndSessionsAreLeftOutAtAnyDepth(int filler) {
        String body = "{\"identity\":{\"id\":\"9f425a8d-7efc-4768-8f23-7647a74fdf13\"},\"request_cookies\":{\"ory\":\"s3cret\"},"
                + "\"list\":[{\"X-Session-Token\":\"s3cret\",\"nested\":{\"Authorization\":\"s3cret\",\"csrf_token\":\"s3cret\"}}],"
                + "\"session\":{\"devices\":[\"s3cret\"]},\"filler\":\"" + "x".repeat(filler) + "\"}";
        String kept = new EventFactory(json, new BodyText(json), null, Clock.systemUTC())
                .deadLetter(Problem.of(HttpStatus.BAD_REQUEST, "MAPPING_FAILED", "It fails."), null, "login",
                        body.getBytes(StandardCharsets.UTF_8))
                .original().toString();
        assertThat(kept).contains("9f425a8d-7efc-4768-8f23-7647a74fdf13").doesNotContain("s3cret").hasSizeLessThan(70_000);
    }
}
