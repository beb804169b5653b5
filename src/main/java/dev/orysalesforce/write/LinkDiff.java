package dev.orysalesforce.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.orysalesforce.ledger.FieldHash;
import dev.orysalesforce.ledger.Mark;
import dev.orysalesforce.ledger.Mark.Kind;
import dev.orysalesforce.sync.Batch;
import dev.orysalesforce.sync.Parent;
import dev.orysalesforce.sync.ParentLink;
import dev.orysalesforce.sync.SyncItem;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * Selects the links to parents that are written. In a record that exists, the app fills a link that is empty, and changes or
 * clears a link only while the record holds what the app has written there.
 */
@Component("linkDiff")
public class LinkDiff {

    private final FieldHash hash;

    LinkDiff(FieldHash hash) {
        this.hash = hash;
    }

    /** Drops the wish for a parent if the record has another one, which the app has not linked; called once that was read. */
    public void keepLinksOfSales(Batch batch) {
        batch.getPending().stream().filter(SyncItem::hasRecord).forEach(item -> {
            for (Parent parent : item.getWantedParents()) {
                if (!marks(item).containsKey(parent.field()) && item.getShown().hasNonNull(parent.field())) {
                    item.keepLink(parent);
                }
            }
        });
    }

    /** Links that can be decided about only once it is known what the record holds. */
    Stream<String> unread(SyncItem item) {
        if (item.isSentBefore() || item.isLate() || item.isGone()) {
            return Stream.empty();
        }
        Map<String, String> marks = marks(item);
        return fields(item, marks).stream().filter(field -> !item.getShown().has(field) && !item.getDraft().dropped().contains(field))
                .filter(field -> isUnread(item, item.getLinks().get(field), Kind.LINK.read(marks.get(field)), field));
    }

    private boolean isUnread(SyncItem item, ParentLink link, Mark mark, String field) {
        if (link == null) {
            return item.getChange().isComplete() && !mark.isOnly(hash(item, field, NullNode.getInstance()));
        }
        return switch (link.state()) {
            case WANTED -> mark.hashes().isEmpty();
            case LINKED -> !mark.isOnly(hash(item, field, TextNode.valueOf(link.salesforceId())));
            case LEFT_OUT, OF_SALES -> false;
        };
    }

    /**
     * @param toSend gets the links to send
     * @param hashes gets the marks for the ledger
     */
    void compare(SyncItem item, ObjectNode toSend, Map<String, String> hashes) {
        Map<String, String> marks = marks(item);
        fields(item, marks).forEach(field -> {
            ParentLink link = item.getLinks().get(field);
            Mark mark = Kind.LINK.read(marks.get(field));
            if (item.getDraft().dropped().contains(field)) {
                if (marks.containsKey(field)) {
                    hashes.put(field, marks.get(field));
                }
            } else if (link != null && link.isLinked()) {
                link(item, link, mark, toSend, hashes);
            } else if (!mark.hashes().isEmpty()) {
                unlink(item, field, link, mark, toSend, hashes);
            }
        });
    }

    private void link(SyncItem item, ParentLink link, Mark mark, ObjectNode toSend, Map<String, String> hashes) {
        String field = link.parent().field();
        String linked = hash(item, field, TextNode.valueOf(link.salesforceId()));
        JsonNode held = item.getShown().path(field);
        if (mark.isOnly(linked)) {
            hashes.put(field, mark.toString());
        } else if (item.hasRecord() && link.salesforceId().equals(held.textValue())) {
            if (!mark.hashes().isEmpty()) {
                hashes.put(field, Kind.LINK.of(linked).toString()); // its former parent was merged into this one
            }
        } else if (!item.isSentBefore() && (!item.hasRecord() || !held.isTextual() || isOurs(item, field, held, mark))) {
            toSend.put(field, link.salesforceId());
            hashes.put(field, Kind.LINK.of(linked).toString());
        }
    }

    private void unlink(SyncItem item, String field, ParentLink link, Mark mark, ObjectNode toSend, Map<String, String> hashes) {
        JsonNode held = item.getShown().path(field);
        boolean isOpen = link == null && !item.getChange().isComplete();
        if (isOpen) {
            item.leaveOpen();
        }
        if (isOpen || link != null || held.isMissingNode() && !mark.isOnly(hash(item, field, NullNode.getInstance()))) {
            hashes.put(field, mark.toString());
        } else if (held.isTextual() && isOurs(item, field, held, mark)) {
            toSend.putNull(field);
            hashes.put(field, Kind.LINK.of(hash(item, field, NullNode.getInstance())).toString());
        }
    }

    private boolean isOurs(SyncItem item, String field, JsonNode held, Mark mark) {
        return mark.hashes().contains(hash(item, field, held));
    }

    /** What the ledger keeps of links, whatever the mapping answers now. */
    private static Map<String, String> marks(SyncItem item) {
        Map<String, String> marks = new HashMap<>();
        if (item.getKnown() != null && item.hasRecord() && item.getObject().equals(item.getKnown().object())) {
            item.getKnown().fields().forEach((field, stored) -> {
                if (Kind.LINK.isOn(stored)) {
                    marks.put(field, stored);
                }
            });
        }
        return marks;
    }

    private static Set<String> fields(SyncItem item, Map<String, String> marks) {
        Set<String> fields = new LinkedHashSet<>(item.getLinks().keySet());
        fields.addAll(marks.keySet());
        return fields;
    }

    private String hash(SyncItem item, String field, JsonNode value) {
        return hash.of(item.getIdentity(), field, value);
    }
}
