package dev.orysalesforce.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.text.Normalizer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nothing of an identity is in what is told of its record, in whatever form Salesforce or a trigger quotes it. */
class RecordErrorTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "Zqexact            | Trigger says: Zqexact is not allowed",
        "Zqlower            | Trigger says: zqlower is not allowed",
        "Zqupper            | Trigger says: ZQUPPER is not allowed",
        "Zqo'hara           | Trigger says: Zqo&#39;hara is not allowed",
        "Zqamp & Zqsons     | Trigger says: zqamp &amp; Zqsons is not allowed",
        "Zqlongnamexxxxxxxxxxxxxxxxxxxxxxxx | Trigger says: Zqlongnamexxx... is not allowed",
        "Zqtwo Zqwords      | Trigger says: Zqwords, Zqtwo is not allowed",
        "Zqone-Zqhyphen     | Trigger says: zqone is not allowed",
        "Zq                 | Trigger says: zq is not allowed",
        "Zqfull             | Trigger says: Ｚｑｆｕｌｌ is not allowed",
    })
    void aTextIsTakenOutInWhateverForm(String value, String message) {
        String told = without(record().put("LastName", value), message);
        assertThat(Normalizer.normalize(told, Normalizer.Form.NFKC)).doesNotContainIgnoringCase("zq");
        assertThat(told).startsWith("Trigger says: ").endsWith(" is not allowed");
    }

    @Test
    void soIsOneInAnotherNormalForm() {
        String value = "Zqaccént";
        assertThat(without(record().put("LastName", Normalizer.normalize(value, Normalizer.Form.NFC)),
                Normalizer.normalize(value, Normalizer.Form.NFD) + " is not allowed")).isEqualTo("… is not allowed");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"5559876543 is wrong", "(555) 987-6543 is wrong", "1815.12 is wrong", "1,815.12 is wrong",
        "5559876543 and 1815.12 is wrong"})
    void soAreNumbers(String message) {
        ObjectNode record = record().put("Phone", "+1 555 987 6543").put("AnnualRevenue", 1815.12);
        assertThat(without(record, message)).doesNotContain("987", "815").endsWith("is wrong");
    }

    @Test
    void theRestStays() {
        assertThat(without(record().put("LastName", "Lovelace").put("Company", "C"),
                "Email: invalid email address, at most 80 characters on 00Q5e00000abcdeAAA — Correct it at Ory"))
                .isEqualTo("Email: invalid email address, at most 80 characters on 00Q5e00000abcdeAAA — Correct it at Ory");
    }

    @Test
    void whatIsNotInTheRecordThatWasSentIsKnownFromTheTraits() {
        ObjectNode traits = record();
        traits.putObject("name").put("last", "Zqexact");
        assertThat(RecordError.of("CODE", "zqexact is not allowed").redacted(Arrays.asList(record(), traits, null)).message())
                .isEqualTo("… is not allowed");
    }

    @Test
    void manyValuesAndALongMessageTakeNoTime() {
        ObjectNode record = record();
        for (int i = 0; i < 1_000; i++) {
            record.put("Field" + i, "value " + i + " of a person");
        }
        assertTimeout(Duration.ofSeconds(2), () -> without(record, "a@b value 1 ".repeat(10_000)));
    }

    @Test
    void aNumberOfABillionDigitsTakesNoTimeEither() {
        ObjectNode record = record().put("AnnualRevenue", new java.math.BigDecimal("1e999999999"))
                .put("Discount__c", new java.math.BigDecimal("1e-999999999")).put("Phone", 5559876543L);
        assertTimeout(Duration.ofSeconds(2), () -> assertThat(without(record, "5559876543 is wrong")).isEqualTo("… is wrong"));
    }

    /** Two hundred records of the size that Ory can send, as a call carries them, and the call is rejected. */
    @Test
    void manyLargeRecordsTakeNoTimeEither() {
        ObjectNode traits = record();
        for (int i = 0; i < 5_000; i++) {
            traits.put("trait" + i, "zq" + i + "x" + "a 1");
        }
        List<JsonNode> call = Collections.nCopies(200, traits);
        RecordError error = RecordError.of("JSON_PARSER_ERROR", "Cannot deserialize instance of string from START_OBJECT value "
                + "zq17xa 1234 ".repeat(300));
        assertTimeout(Duration.ofSeconds(20), () -> assertThat(error.redacted(call).message()).doesNotContain("zq17x"));
    }

    private static String without(ObjectNode record, String message) {
        return RecordError.of("FIELD_CUSTOM_VALIDATION_EXCEPTION", message).redacted(List.of(record)).message();
    }

    private static ObjectNode record() {
        return JsonNodeFactory.instance.objectNode();
    }
}
