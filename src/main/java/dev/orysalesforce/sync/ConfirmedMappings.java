package dev.orysalesforce.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.ledger.OneWayLedger;
import dev.orysalesforce.mapping.HeldMappings;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.mapping.MappingResourceResolver;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.context.WebServerApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * The mappings that an operator has confirmed last; at the first start, those that the app was started with. The ledger keeps
 * their texts, so that an edit is noticed whenever it was made. They can be invoked beside those in use.
 */
@Component
public class ConfirmedMappings {

    private static final Logger LOG = LoggerFactory.getLogger(ConfirmedMappings.class);

    private final Mappings mappings;
    private final MappingResourceResolver texts;
    private final OneWayLedger ledger;
    private final ObjectMapper json;
    private final CamelContext camel;

    private volatile Running running;
    private volatile OneWayLedger.Confirmed confirmed = new OneWayLedger.Confirmed(null, null);
    private Running heldFor;
    private String held;
    private MappingSet reference;
    private HeldMappings holding;
    /** An item may still be at them. */
    private HeldMappings former;

    /** @param text what the ledger would keep of the set */
    private record Running(MappingSet set, String text) {}

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

    /** Before an edit can be made; if the ledger does not answer, the first batch learns them. */
    @EventListener
    void atStart(ApplicationReadyEvent ready) {
        if (!(ready.getApplicationContext() instanceof WebServerApplicationContext)) {
            return; // a command, which may have been given a draft
        }
        try {
            hasReference();
        } catch (DataAccessException e) {
            LOG.warn("The confirmed mappings are not known yet, because the ledger does not answer: {}", e.getClass().getSimpleName());
        }
    }

    /** The mappings in use: another object after each reload. */
    public MappingSet inUse() {
        return mappings.inUse();
    }

    /** Whether the mappings in use were confirmed, as far as is known without the ledger. It waits for nothing. */
    public boolean isConfirmed() {
        String last = confirmed.last();
        return last == null || last.equals(running().text());
    }

    /**
     * Whether there are mappings to compare those in use with: the ones confirmed last, or if these are in use, the ones confirmed
     * before them.
     *
     * @throws DataAccessException if the ledger does not answer
     */
    public synchronized boolean hasReference() {
        Running now = running();
        if (now.set() == MappingSet.EMPTY) {
            return false;
        }
        if (!now.text().equals(confirmed.last())) {
            confirmed = ledger.confirmed(); // perhaps another instance has confirmed them
            if (confirmed.last() == null) {
                confirm();
            }
        }
        hold(now, now.text().equals(confirmed.last()) ? confirmed.before() : confirmed.last());
        return reference != null;
    }

    /** A hash of their texts; null if there are none. */
    public synchronized String referenceId() {
        return reference == null ? null : Mapping.hash(held.getBytes(StandardCharsets.UTF_8));
    }

    /** What is compared with the mapping that made the item's record, by the last {@link #hasReference}; null if there is nothing. */
    public synchronized Mapping of(SyncItem item) {
        if (reference == null) {
            return null;
        }
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
        String now = running().text();
        OneWayLedger.Confirmed known = ledger.confirmed();
        if (!now.equals(known.last())) {
            ledger.confirm(now, known.last());
            known = new OneWayLedger.Confirmed(now, known.last());
        }
        confirmed = known;
    }

    private Running running() {
        MappingSet now = mappings.inUse();
        Running known = running;
        if (known == null || known.set() != now) {
            Map<String, String> names = new TreeMap<>();
            now.bySchema().forEach((schema, mapping) -> names.put(schema, mapping.name()));
            Map<String, String> files = new TreeMap<>();
            now.files().values().stream().filter(mapping -> mapping.isOfRecords() || mapping.isOfPersons())
                    .forEach(mapping -> files.put(mapping.name(), texts.text(mapping)));
            known = new Running(now, write(new Texts(names, files)));
            running = known;
        }
        return known;
    }

    private void hold(Running now, String wanted) {
        if (wanted != null && wanted.equals(held) && now == heldFor) {
            return;
        }
        heldFor = now;
        held = wanted;
        reference = null;
        if (wanted != null) {
            Texts them = read(wanted);
            HeldMappings next = new HeldMappings(them.files(), texts, camel);
            if (former != null) {
                former.close();
            }
            former = holding;
            holding = next;
            reference = now.set().with(them.bySchema(), them.files());
        }
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
