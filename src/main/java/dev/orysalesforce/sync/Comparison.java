package dev.orysalesforce.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.journal.IdentityChange;
import java.time.temporal.ChronoUnit;
import org.springframework.stereotype.Component;

/** Decides which fields of a record go out. */
@Component("comparison")
public class Comparison {

    static final String ORY_ID = "Ory_Identity_Id__c";
    private static final String ORY_UPDATED_AT = "Ory_Updated_At__c";
    private static final String ON_CREATE = "onCreate";

    /** Every record counts as new until something knows better: the stop-gaps go in where the mapping had nothing. */
    public void compare(Row row) {
        ObjectNode record = row.getRecord();
        if (record.remove(ON_CREATE) instanceof ObjectNode stopGaps) {
            stopGaps.properties().stream()
                    .filter(field -> !record.hasNonNull(field.getKey()))
                    .forEach(field -> record.set(field.getKey(), field.getValue()));
        }
        IdentityChange change = row.getChange();
        record.put(ORY_ID, change.identityId());
        record.put(ORY_UPDATED_AT, change.version().at().truncatedTo(ChronoUnit.MILLIS).toString());
    }
}
