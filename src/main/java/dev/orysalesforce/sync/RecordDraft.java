package dev.orysalesforce.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The record to send. Each change makes a new draft.
 *
 * @param fields null until the mapping has answered
 * @param hashes what the ledger keeps once the fields have been sent
 * @param dropped fields that are never sent, because Salesforce rejected them
 * @param truncated fields that are cut to a length, because Salesforce rejects longer values
 * @param filled fields that keep the value of the adopted record
 * @param prebuilt fields that came from a prebuilt record, not from a mapping
 * @param deletion whether the record is deleted
 */
public record RecordDraft(ObjectNode fields, Map<String, String> hashes, Set<String> dropped, Map<String, Integer> truncated,
        Set<String> filled, Set<String> prebuilt, boolean deletion) {

    static final RecordDraft EMPTY = new RecordDraft(null, Map.of(), Set.of(), Map.of(), Set.of(), Set.of(), false);

    public RecordDraft with(ObjectNode fields) {
        return with(fields, hashes);
    }

    public RecordDraft with(ObjectNode fields, Map<String, String> hashes) {
        return new RecordDraft(fields, hashes, dropped, truncated, filled, prebuilt, deletion);
    }

    RecordDraft withPrebuilt(ObjectNode fields, Set<String> prebuilt) {
        return new RecordDraft(fields, hashes, dropped, truncated, filled, prebuilt, deletion);
    }

    RecordDraft drop(Collection<String> more) {
        Set<String> all = new HashSet<>(dropped);
        all.addAll(more);
        return new RecordDraft(fields, hashes, all, truncated, filled, prebuilt, deletion);
    }

    RecordDraft truncate(Map<String, Integer> more) {
        Map<String, Integer> all = new HashMap<>(truncated);
        all.putAll(more);
        return new RecordDraft(fields, hashes, dropped, all, filled, prebuilt, deletion);
    }

    RecordDraft preserve(Collection<String> more) {
        Set<String> all = new HashSet<>(filled);
        all.addAll(more);
        return new RecordDraft(fields, hashes, dropped, truncated, all, prebuilt, deletion);
    }

    RecordDraft delete(ObjectNode nothing) {
        return new RecordDraft(nothing, Map.of(), dropped, truncated, filled, prebuilt, true);
    }
}
