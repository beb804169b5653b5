package dev.orysalesforce.operator;

import dev.orysalesforce.ledger.DeadLetterFilter;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * JMS selectors over the properties of dead letters. Their values are UUIDs and codes, so that nothing has to be escaped.
 *
 * @see <a href="https://jakarta.ee/specifications/messaging/3.1/jakarta-messaging-spec-3.1#message-selectors">Message
 *     selectors</a>
 */
final class JmsSelectors {

    /** The code that a message is shown with that has none: it is not one of this app. */
    static final String UNREADABLE_LETTER = "UNREADABLE_LETTER";

    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final Pattern CODE = Pattern.compile("[A-Za-z0-9_.]{1,100}");

    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,79}");

    private JmsSelectors() {}

    static boolean isId(String text) {
        return text != null && UUID.matcher(text.toLowerCase(Locale.ROOT)).matches();
    }

    static boolean isCode(String text) {
        return text != null && CODE.matcher(text).matches();
    }

    /** A kind of event, or an object of Salesforce. */
    static boolean isName(String text) {
        return text != null && NAME.matcher(text).matches();
    }

    static String ofLetter(String id) {
        return equal("deadLetterId", id.toLowerCase(Locale.ROOT));
    }

    static String ofLetters(List<String> ids) {
        return in("deadLetterId", ids);
    }

    static String ofIdentity(String identity) {
        return equal("identity", identity.toLowerCase(Locale.ROOT));
    }

    static String ofIdentityOrMentioning(String identity) {
        return ofIdentity(identity) + " OR mentions LIKE '%" + identity.toLowerCase(Locale.ROOT) + "%'";
    }

    static String ofIdentities(List<String> identities) {
        return in("identity", identities);
    }

    static String ofCode(String code) {
        return code.equals(UNREADABLE_LETTER) ? "code IS NULL" : equal("code", code);
    }

    /** Null, which selects everything, if no part of the filter is given. */
    static String of(DeadLetterFilter filter) {
        return all(filter.parts().entrySet().stream().map(part -> part.getKey().equals("code") ? ofCode(part.getValue())
                : equal(part.getKey(), part.getValue())).toArray(String[]::new));
    }

    /** Null, which selects everything, if there is no condition. */
    static String all(String... conditions) {
        String joined = Stream.of(conditions).filter(condition -> condition != null)
                .collect(Collectors.joining(" AND "));
        return joined.isEmpty() ? null : joined;
    }

    private static String in(String label, List<String> ids) {
        return ids.stream().map(id -> "'" + id.toLowerCase(Locale.ROOT) + "'")
                .collect(Collectors.joining(",", label + " IN (", ")"));
    }

    private static String equal(String label, String value) {
        return label + " = '" + value + "'";
    }
}
