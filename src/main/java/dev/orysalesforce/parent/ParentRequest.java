package dev.orysalesforce.parent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.parent.ParentKeys.Keys;
import dev.orysalesforce.salesforce.RecordError;
import dev.orysalesforce.sync.Parent;
import dev.orysalesforce.sync.SyncItem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One parent that items of a batch hang on, while it is looked for. */
public final class ParentRequest {

    private final List<Wish> wishes = new ArrayList<>();
    private final Map<String, JsonNode> hits = new LinkedHashMap<>();
    private Wish source;
    private Keys keys;
    private String formerId;
    private String successor;
    private boolean inDoubt;

    /** An item may hang on the same parent by two of its fields. */
    private record Wish(SyncItem item, Parent parent) {}

    ParentRequest() {}

    /** The item hangs on it, too. The item with the most keys tells its fields; of several, the one with the newest event. */
    void add(SyncItem item, Parent parent, Keys its) {
        int more = source == null ? 1 : its.usable().size() - keys.usable().size();
        Wish wish = new Wish(item, parent);
        if (more > 0 || more == 0 && item.getChange().version().compareTo(source.item().getChange().version()) >= 0) {
            source = wish;
            keys = its;
        }
        wishes.add(wish);
    }

    Parent parent() {
        return source.parent();
    }

    /** Whether it is created if it is not found. */
    boolean isToBeCreated() {
        return wishes.stream().anyMatch(wish -> wish.parent().create());
    }

    Keys keys() {
        return keys;
    }

    Collection<SyncItem> items() {
        return wishes.stream().map(Wish::item).distinct().toList();
    }

    /** The ID that it had until Salesforce refused a link to it; null if it had none. */
    String formerId() {
        return formerId;
    }

    void hadId(String former) {
        formerId = former;
    }

    /** The record that its former one was merged into, or that one itself if it still exists; null if there is none. */
    String successor() {
        return successor;
    }

    void hasSuccessor(String salesforceId) {
        successor = salesforceId;
    }

    /** A record that has the value of one of its keys. */
    void hit(JsonNode record) {
        if (keys.usable().stream().anyMatch(key -> key.is(text(record, key)))) {
            hits.put(record.path("Id").asText(), record);
        }
    }

    /** IDs of the records that have the value of a key, and no value but its own in the keys that go before that one. */
    List<String> hits(ParentKey key) {
        List<String> ids = new ArrayList<>();
        hits.forEach((id, record) -> {
            if (key.is(text(record, key)) && keys.usable().stream().takeWhile(other -> other != key)
                    .allMatch(other -> text(record, other) == null || other.is(text(record, other)))) {
                ids.add(id);
            }
        });
        return ids;
    }

    private static String text(JsonNode record, ParentKey key) {
        return record.properties().stream().filter(field -> field.getKey().equalsIgnoreCase(key.field()))
                .findFirst().map(field -> field.getValue().textValue()).orElse(null);
    }

    /** It is known, so its items are linked to it. */
    void link(String salesforceId) {
        wishes.forEach(wish -> wish.item().link(wish.parent(), salesforceId));
    }

    /** It is not known; its items go on without it. */
    void leaveOut(RecordError why) {
        wishes.forEach(wish -> wish.item().leaveUnlinked(wish.parent(), why));
    }

    /** Whether an item still waits for it. */
    boolean isOpen() {
        return wishes.stream().anyMatch(wish -> wish.item().isAwaitingParents()
                && wish.item().getWantedParents().contains(wish.parent()));
    }

    /** A call that may have created it had no answer. */
    void doubt() {
        inDoubt = true;
    }

    boolean isInDoubt() {
        return inDoubt;
    }
}
