package dev.orysalesforce.operator;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a search has found. It holds no traits.
 *
 * @param items identities and records; those that belong to no identity are last
 * @param notAsked who could not be asked, so that more may exist
 */
public record SearchResult(List<Found> items, List<NotAsked> notAsked) {

    private static final int SOURCES = 2;

    /**
     * @param identity null for a record that belongs to none
     * @param atOry whether Ory has the identity; null if it was not asked for it
     * @param object Lead or Contact; null if no record is known
     * @param salesforceId its record
     * @param link its record in the browser
     * @param known whether the ledger knows the identity
     * @param outcome of its last event
     * @param code the reason if it failed or was skipped
     * @param erased whether it was erased, so that the app ignores its events
     */
    public record Found(String identity, Boolean atOry, String object, String salesforceId, String link, boolean known, String outcome,
            String code, boolean erased) {}

    /**
     * @param source ory or salesforce
     * @param reason why it could not be asked
     */
    public record NotAsked(String source, String reason) {}

    /** Neither Ory nor Salesforce could be asked, so that an empty result would say nothing. */
    @JsonIgnore
    public boolean isWithoutAnswer() {
        return items.isEmpty() && notAsked.size() == SOURCES;
    }

    /** Why they could not be asked. */
    @JsonIgnore
    public String getReasons() {
        return notAsked.stream().map(NotAsked::reason).collect(Collectors.joining(" "));
    }
}
