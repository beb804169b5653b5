package dev.orysalesforce.parent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.ledger.FieldHash;
import dev.orysalesforce.mapping.SharedHosts;
import dev.orysalesforce.salesforce.Describe;
import dev.orysalesforce.salesforce.Describe.Field;
import dev.orysalesforce.salesforce.RecordError;
import dev.orysalesforce.sync.Mappings;
import dev.orysalesforce.sync.Parent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * Tells by which of its fields a parent may be found. What kind of field one is, the org's description tells: an external ID is
 * compared as it is; a web address by its host, if Ory has verified an e-mail address of the identity at this host, because a
 * person can type any host.
 */
@Component
class ParentKeys {

    private static final Duration GOOD_FOR = Duration.ofDays(1);
    private static final String URL = "url";
    private static final String WAITS = "PARENT_WAITS_FOR_VERIFICATION";
    private static final String WITHOUT_KEY = "PARENT_WITHOUT_KEY";

    /** Reasons that may be over at the next event, although the mapping answers the same. */
    private static final Set<String> OPEN = Set.of(WAITS, ParentResults.LEFT_OUT);

    private final Describe org;
    private final Mappings mappings;
    private final FieldHash hash;

    ParentKeys(Describe org, Mappings mappings, FieldHash hash) {
        this.org = org;
        this.mappings = mappings;
        this.hash = hash;
    }

    /**
     * The keys of a parent, for one identity.
     *
     * @param usable in the order of the mapping's {@code match}
     * @param fields what is sent to the parent: its fields but those of {@code match} that it may not be found by
     * @param why it has no key; null if it has one, or if nothing is to be said of it
     * @param isOpen whether it may have a key later, so that the record keeps the link that it has
     */
    record Keys(List<ParentKey> usable, ObjectNode fields, RecordError why, boolean isOpen) {

        /** What the ledger knows the parent by. */
        List<String> references() {
            return usable.stream().map(ParentKey::reference).toList();
        }
    }

    Keys of(Parent parent, IdentityChange change) {
        if (!org.isVisible(parent.object())) {
            return new Keys(List.of(), parent.fields(), RecordError.of(ParentResults.LEFT_OUT, parent.field() + " was left out: the"
                    + " run-as user may not see the object " + parent.object() + " — Give it read access, for Accounts with the"
                    + " permission set Ory_Identity_Accounts of salesforce/ or another one."), true);
        }
        Map<String, Field> described = org.fields(parent.object(), GOOD_FOR);
        List<ParentKey> keys = new ArrayList<>();
        RecordError open = null;
        RecordError why = null;
        ObjectNode fields = parent.fields().deepCopy();
        for (String name : parent.match()) {
            String value = parent.value(name);
            Field field = described.get(name);
            RecordError unusable = value.isEmpty() ? null : unusable(parent, name, value, field, change);
            if (value.isEmpty() || unusable != null) {
                fields.remove(name);
                why = unusable == null ? why : unusable;
                open = unusable != null && OPEN.contains(unusable.code()) ? unusable : open;
            } else {
                boolean isHost = field.type().equals(URL);
                String key = isHost ? WebAddress.host(value) : value;
                keys.add(new ParentKey(name, isHost, key, hash.of(parent.object(), name, TextNode.valueOf(key))));
            }
        }
        return new Keys(keys, fields, !keys.isEmpty() ? null : open != null ? open : why, open != null);
    }

    private RecordError unusable(Parent parent, String name, String value, Field field, IdentityChange change) {
        String key = parent.object() + "." + name;
        if (field == null) {
            return error(ParentResults.LEFT_OUT, parent, key + " is not a field that the run-as user can see — Create it, give the"
                    + " user access to it, or take it out of the mapping.");
        } else if (field.type().equals(URL)) {
            return unusableHost(parent, key, WebAddress.host(value), change);
        } else if (!field.externalId()) {
            return error(WITHOUT_KEY, parent, key + " is neither an external ID nor a web address, so no parent is found"
                    + " by it — Take it out of match.");
        } else if (field.length() > 0 && value.length() > field.length()) {
            return error(WITHOUT_KEY, parent, "the value for " + key + " is longer than the field.");
        }
        return null;
    }

    private RecordError unusableHost(Parent parent, String key, String host, IdentityChange change) {
        SharedHosts shared = mappings.sharedHosts();
        if (host == null) {
            return error(WITHOUT_KEY, parent, "the value for " + key + " is not a host alone.");
        } else if (!shared.isKnown()) {
            return error(ParentResults.LEFT_OUT, parent, SharedHosts.FILE + " is missing beside the mappings, so the app can't tell hosts"
                    + " that many people share — Put the file back.");
        } else if (shared.contains(host)) {
            return error("SHARED_HOST", parent, "the host in " + key + " is one that many people share (" + SharedHosts.FILE + ").");
        } else if (!change.hasVerifiedAt(host)) {
            return error(WAITS, parent, "Ory has not verified an e-mail address of the identity at the host"
                    + " in " + key + ". The app checks again at its next event.");
        }
        return null;
    }

    private static RecordError error(String code, Parent parent, String why) {
        return RecordError.of(code, parent.field() + " was left out: " + why);
    }
}
