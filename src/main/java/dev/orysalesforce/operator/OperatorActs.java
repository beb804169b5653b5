package dev.orysalesforce.operator;

import dev.orysalesforce.ledger.Audit.Act;
import dev.orysalesforce.ledger.Audit.Kind;
import dev.orysalesforce.ledger.DeadLetterFilter;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The acts of operators as the audit names them. What is no ID or code is written as {@code ?}: it could be a trait. */
public final class OperatorActs {

    private static final int MOST_IDS = 20;
    private static final Pattern FIELD = Pattern.compile("[A-Za-z]\\w{0,79}");
    private static final Pattern TIME = Pattern.compile("[-+:.TZ0-9]{10,40}");
    private static final Set<String> ALERT_TARGETS = Set.of("slack", "webhook", "mail");

    private OperatorActs() {}

    public static Act resume() {
        return new Act(Kind.RESUME, "delivery", null);
    }

    public static Act compare() {
        return new Act(Kind.COMPARE, "a comparison", null);
    }

    /** Maps all identities at Ory by candidate mappings and by those in use. */
    public static Act compareMappings() {
        return new Act(Kind.DIFF, "the mappings over all identities", null);
    }

    /** Confirms an edit that sets one-way fields. */
    public static Act confirmMappings() {
        return new Act(Kind.CONFIRM, "the mappings in use", null);
    }

    /** Takes back what an edit has set. */
    public static Act takeBack(String field, String since) {
        return new Act(Kind.TAKE_BACK, (isMatch(FIELD, field) ? field : "?") + " where an edit has set it since "
                + (isMatch(TIME, since) ? since : "?"), null);
    }

    private static boolean isMatch(Pattern pattern, String text) {
        return text != null && pattern.matcher(text).matches();
    }

    /** @param target {@code slack}, {@code webhook} or {@code mail}; null for all of them */
    public static Act testAlerts(String target) {
        return new Act(Kind.TEST_ALERT, target == null ? "the alerts" : "the alerts at " + (ALERT_TARGETS.contains(target) ? target : "?"),
                null);
    }

    /** @param kind {@code SYNC}, {@code REVEAL} or {@code ERASE} */
    public static Act ofIdentity(Kind kind, String id) {
        return new Act(kind, "identity", checked(id));
    }

    /** Reveals what candidate mappings would change in the examples. */
    public static Act revealExamples() {
        return new Act(Kind.REVEAL, "the changes in the examples of the mappings", null);
    }

    /**
     * @param kind {@code REPLAY}, {@code REVEAL} or {@code DISCARD}
     * @param identity of the letter; null if it has none
     */
    public static Act ofLetter(Kind kind, String id, String identity) {
        return new Act(kind, "dead letter " + checked(id), identity);
    }

    /** @param kind {@code REVEAL} or {@code DISCARD} */
    public static Act ofEvent(Kind kind, String id) {
        return new Act(kind, "event " + checked(id), null);
    }

    /** @param kind {@code REPLAY} or {@code DISCARD} */
    public static Act ofLettersWithCode(Kind kind, String code) {
        return new Act(kind, "the dead letters with code " + (JmsSelectors.isCode(code) ? code : "?"), null);
    }

    /** @param ids of several letters */
    public static Act replayLetters(List<String> ids) {
        return new Act(Kind.REPLAY, "dead letters " + ids.stream().limit(MOST_IDS).filter(JmsSelectors::isId)
                .collect(Collectors.joining(", ")) + (ids.size() > MOST_IDS ? " and " + (ids.size() - MOST_IDS) + " more" : ""), null);
    }

    /** Replays the letters that match a filter; all, if it has no part. */
    public static Act replayLettersLike(DeadLetterFilter filter) {
        String identity = JmsSelectors.isId(filter.identity()) ? filter.identity().toLowerCase(Locale.ROOT) : null;
        String parts = filter.parts().entrySet().stream().filter(part -> !part.getKey().equals("identity"))
                .map(part -> part.getKey() + " " + (JmsSelectors.isCode(part.getValue()) ? part.getValue() : "?"))
                .collect(Collectors.joining(", "));
        return filter.parts().isEmpty() ? replayAllLetters() : new Act(Kind.REPLAY,
                parts.isEmpty() ? "the dead letters of identity" : "the dead letters with " + parts, identity);
    }

    public static Act replayAllLetters() {
        return new Act(Kind.REPLAY, "all dead letters", null);
    }

    private static String checked(String id) {
        return JmsSelectors.isId(id) ? id.toLowerCase(Locale.ROOT) : "?";
    }
}
