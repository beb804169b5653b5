package dev.orysalesforce.operator;

import dev.orysalesforce.ledger.Audit;
import dev.orysalesforce.ledger.Audit.Kind;
import java.util.Locale;
import org.apache.camel.Header;
import org.springframework.stereotype.Component;

/** The audit, for the operator. */
@Component("auditEntries")
public class AuditEntries {

    private static final int DEFAULT_LIMIT = 100;
    private static final int MOST = 1000;

    private final Audit audit;

    AuditEntries(Audit audit) {
        this.audit = audit;
    }

    /** A page of what operators did, newest first. */
    public Audit.Page list(@Header("identity") String identity, @Header("act") String act, @Header("offset") String offset,
            @Header("limit") String limit) {
        DeadLetters.check(identity == null || JmsSelectors.isId(identity), "identity is a UUID.");
        DeadLetters.check(act == null || Kind.titles().containsKey(act),
                "act is one of " + String.join(", ", Kind.titles().keySet()) + ".");
        return audit.list(identity == null ? null : identity.toLowerCase(Locale.ROOT), act,
                DeadLetters.number(offset, 0, 0, Integer.MAX_VALUE, "offset is a number from 0."),
                DeadLetters.number(limit, DEFAULT_LIMIT, 1, MOST, "limit is a number from 1 to " + MOST + "."));
    }
}
