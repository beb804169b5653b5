package dev.orysalesforce.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletResponse;

/** A spreadsheet takes no cell for a formula. */
class CsvTest {

    @ParameterizedTest
    @ValueSource(strings = {"=1", "+1", "-1", "@SUM(1)", "\t1", "\r1", "\n=1", "\r\n=1", "\n\n@x", " =1", " \t =1", "\u00a0=1", "\u2003+1",
        "\ufeff=1", "\u200b=1", "\u0000=1", "\u000b=1", "\u2028=1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff201"})
    void aFormulaBecomesText(String formula) throws IOException {
        assertThat(written(formula)).isEqualTo("\"x\"\r\n\"'" + formula + "\"\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "a=1", " a", "7f6c1a0e-2d1b-4f5e-9a3c-0b1d2e3f4a5b", "a\n=1"})
    void otherTextStaysAsItIs(String text) throws IOException {
        assertThat(written(text)).isEqualTo("\"x\"\r\n\"" + text + "\"\r\n");
    }

    private static String written(String cell) throws IOException {
        MockHttpServletResponse response = new MockHttpServletResponse();
        Csv.write(response, "file", List.of("x"), offset -> offset == 0 ? List.of(List.of(cell)) : List.of());
        return response.getContentAsString();
    }
}
