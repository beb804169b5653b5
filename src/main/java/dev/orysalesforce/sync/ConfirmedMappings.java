package dev.orysalesforce.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.ledger.OneWayLedger;
import dev.orysalesforce.mapping.HeldMappings;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.mapping.MappingResourceResolver;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.CamelContext;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * The mappings that an operator has confirmed last; at the first start, those that the app was started with. The ledger keeps
 * their texts, so that an edit is noticed whenever it was made. They can be invoked beside those in use.
 */
@Component
public class ConfirmedMappings {

    private final Mappings mappings;
    private final MappingResourceResolver texts;
    private final OneWayLedger ledger;
    private final ObjectMapper json;
    private final CamelContext camel;

    private MappingSet seen;
    private String running;
    private OneWayLedger.Confirmed confirmed = new OneWayLedger.Confirmed(null, null);
    private String held;
    private MappingSet reference;
    private HeldMappings holding;
    /** An item may still be at them. */
    private HeldMappings former;

    /**
     * What the ledger keeps of a set.
     *
     * @param bySchema identity schema to the name of its mapping
     * @param files name to text
     */
    private record Texts(Map<String, String> bySchema, Map<String, String> files) {}

    ConfirmedMappings(Mappings mappings, MappingResourceResolver texts, OneWayLedger ledger, ObjectMapper json, CamelContext camel) {
        this.mappings = mappings;
        this.texts = texts;
        this.ledger = ledger;
        this.json = json;
        this.camel = camel;
    }

    /** Whether the mappings in use were confirmed, as far as is known without the ledger. */
    public synchronized boolean isConfirmed() {
        look();
        return confirmed.last() == null || running.equals(confirmed.last());
    }

    /**
     * Whether there are mappings to compare those in use with: the ones confirmed last, or if these are in use, the ones confirmed
     * before them.
     *
     * @throws DataAccessException if the ledger does not answer
     */
    public synchronized boolean hasReference() {
        look();
        if (!running.equals(confirmed.last())) {
            confirmed = ledger.confirmed(); // perhaps another instance has confirmed them
            if (confirmed.last() == null) {
                confirm();
            }
        }
        hold(running.equals(confirmed.last()) ? confirmed.before() : confirmed.last());
        return reference != null;
    }

    /** What is compared with the mapping that made the item's record. Call it after {@link #hasReference}. */
    public synchronized Mapping of(SyncItem item) {
        MappingChoice choice = item.getMappingChoice();
        Mapping other = choice.current().equals(choice.own()) ? null : reference.files().get(choice.current().name());
        return other == null ? reference.of(item.getChange()) : other;
    }

    /**
     * The mappings in use are confirmed.
     *
     * @throws DataAccessException if the ledger does not answer
     */
    public synchronized void confirm() {
        look();
        confirmed = ledger.confirmed();
        if (!running.equals(confirmed.last())) {
            ledger.confirm(running, confirmed.last());
            confirmed = new OneWayLedger.Confirmed(running, confirmed.last());
        }
    }

    private void look() {
        MappingSet now = mappings.inUse();
        if (now != seen) {
            Map<String, String> names = new TreeMap<>();
            now.bySchema().forEach((schema, mapping) -> names.put(schema, mapping.name()));
            Map<String, String> files = new TreeMap<>();
            now.files().values().stream().filter(mapping -> mapping.isOfRecords() || mapping.isOfPersons())
                    .forEach(mapping -> files.put(mapping.name(), texts.text(mapping)));
            running = write(new Texts(names, files));
            seen = now;
            held = null; // the reference is made of the set in use
        }
    }

    private void hold(String wanted) {
        if (wanted == null) {
            reference = null;
            held = null;
            return;
        }
        if (wanted.equals(held)) {
            return;
        }
        Texts them = read(wanted);
        HeldMappings next = new HeldMappings(them.files(), texts, camel);
        if (former != null) {
            former.close();
        }
        former = holding;
        holding = next;
        held = wanted;
        reference = seen.with(them.bySchema(), them.files());
    }

    private String write(Texts them) {
        try {
            return json.writeValueAsString(them);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private Texts read(String them) {
        try {
            return json.readValue(them, Texts.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The confirmed mappings can't be read from the ledger", e);
        }
    }
}
