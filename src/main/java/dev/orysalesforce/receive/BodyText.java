package dev.orysalesforce.receive;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.springframework.stereotype.Component;

/** Reads a body strictly as UTF-8: with replacement characters, a name would reach Salesforce wrong. */
@Component("bodyText")
public class BodyText {

    /** The kept part of a body that is not JSON; an operator recognizes the sender by it. */
    private static final int UNREADABLE_KEPT = 64 * 1024;
    private static final String MARK = "\ufeff";

    private final ObjectMapper json;

    BodyText(ObjectMapper json) {
        this.json = json;
    }

    /**
     * The text, without a byte order mark.
     *
     * @param body null for none
     * @throws CharacterCodingException if it is not UTF-8, or holds half of a surrogate pair as JSON can escape it ({@code
     *     "\\ud83d"}), which no text in UTF-8 can have
     */
    public String read(byte[] body) throws IOException {
        if (body == null) {
            return "";
        }
        String decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
        String text = decoded.startsWith(MARK) ? decoded.substring(MARK.length()) : decoded;
        if (text.contains("\\ud") || text.contains("\\uD")) {
            checkEscapes(text);
        }
        return text;
    }

    /** The part of an unreadable body that is kept. */
    public String kept(byte[] body) {
        String text = body == null ? "" : new String(body, StandardCharsets.UTF_8);
        boolean splitsPair = text.length() > UNREADABLE_KEPT && Character.isHighSurrogate(text.charAt(UNREADABLE_KEPT - 1));
        return text.substring(0, Math.min(text.length(), splitsPair ? UNREADABLE_KEPT - 1 : UNREADABLE_KEPT));
    }

    private void checkEscapes(String text) throws IOException {
        try (JsonParser parser = json.getFactory().createParser(text)) {
            while (parser.nextToken() != null) {
                StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(parser.getText())); // names and values
            }
        }
    }
}
