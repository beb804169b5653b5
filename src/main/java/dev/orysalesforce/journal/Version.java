package dev.orysalesforce.journal;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;

/**
 * Decides which of two states of an identity is newer. Ory has no version number: {@code updated_at} orders profile changes,
 * but does not change when an address is verified, and is missing or zero in some webhook bodies.
 *
 * @param at {@code identity.updated_at}; missing, zero, or more than five minutes after the receipt: the time of receipt
 * @param verified how many addresses are verified
 * @param receivedAt when the app received the event
 */
public record Version(Instant at, int verified, Instant receivedAt) implements Comparable<Version> {

    /** Go's zero time, which Ory sends for "not set", is in the year 1. */
    private static final Instant ZERO = Instant.EPOCH;

    /** By how much the clocks of Ory, Salesforce and this app may differ. */
    private static final Duration TOLERANCE = Duration.ofMinutes(5);

    private static final Comparator<Version> ORDER = Comparator.comparing(Version::at)
            .thenComparingInt(Version::verified)
            .thenComparing(Version::receivedAt);

    static Version of(JsonNode identity, Instant receivedAt) {
        Instant updatedAt = instant(identity.path("updated_at").textValue());
        int verified = 0;
        for (JsonNode address : identity.path("verifiable_addresses")) {
            verified += address.path("verified").asBoolean() ? 1 : 0;
        }
        return new Version(updatedAt.isAfter(ZERO) && !isFuture(updatedAt, receivedAt) ? updatedAt : receivedAt, verified,
                receivedAt);
    }

    /** Whether Ory tells when the identity was last changed. */
    static boolean isTimed(JsonNode identity) {
        return instant(identity.path("updated_at").textValue()).isAfter(ZERO);
    }

    /** Whether it is so much later than what a clock shows that the clocks do not explain it. */
    public static boolean isFuture(Instant at, Instant clock) {
        return clock != null && at.isAfter(clock.plus(TOLERANCE));
    }

    /**
     * Whether a list that Ory has given tells otherwise, and is to be believed: this was received before the list. Where Ory
     * told the time itself, its list may be a little behind.
     *
     * @param receivedAt when what this is the version of was received
     */
    public boolean isOverruledBy(Version listed, Instant receivedAt) {
        return at.isAfter(listed.at) && (at.equals(receivedAt) ? receivedAt : receivedAt.plus(TOLERANCE)).isBefore(listed.receivedAt);
    }

    /** The version that a record in Salesforce carries, in whole seconds, for a record without a ledger entry. */
    public static Version ofRecord(Instant stored) {
        return new Version(stored, 0, Instant.EPOCH);
    }

    /** The version of a part of the identity: the whole of the same time, which a comparison may find, is newer. */
    public Version ofPart() {
        return new Version(at, -1, receivedAt);
    }

    /** A version just below this one: the same event still counts as newer, and every event that it has replaced as older. */
    public Version beforeReceipt() {
        return new Version(at, verified, receivedAt.minusNanos(1));
    }

    /** Whether it was read from a record, not from an event. */
    public boolean isOfRecord() {
        return receivedAt.equals(Instant.EPOCH);
    }

    /** The newest version that a record shows as the same second. */
    public Version endOfSecond() {
        return new Version(second().plusSeconds(1).minusNanos(1), Integer.MAX_VALUE, Instant.MAX);
    }

    /** The version as Salesforce stores it. */
    public Instant second() {
        return at.truncatedTo(ChronoUnit.SECONDS);
    }

    private static Instant instant(String text) {
        try {
            return text == null ? ZERO : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            return ZERO;
        }
    }

    @Override
    public int compareTo(Version other) {
        return ORDER.compare(this, other);
    }
}
