package dev.orysalesforce.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The Salesforce org: its records, its set-up, and what people do in it by hand. Thread safe. Methods named after what
 * sales or an administrator does are for tests; calls of the app come in over HTTP.
 */
public final class Org {
    /** What the calling user may do with an object. */
    public enum Permission { READ, CREATE, EDIT, DELETE }

    private static final int LARGEST_QUERY_PAGE = 2_000;
    private static final String LAST_MODIFIED_BY = "LastModifiedById";
    /** Who does what is done by hand. */
    private static final String SALESPERSON = RecordId.of("005", 2);
    private static final String USERNAME = "ory.sync@example.com";

    private final Map<String, Integer> automationLimits = new ConcurrentHashMap<>();
    private volatile boolean german;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, ObjectTable> tables = new ConcurrentHashMap<>();
    private final List<DuplicateRule> duplicateRules = new CopyOnWriteArrayList<>();
    private final List<ValidationRule> validationRules = new CopyOnWriteArrayList<>();
    private final Map<String, String> assignmentRules = new ConcurrentHashMap<>();
    private final Map<String, Set<Permission>> permissions = new ConcurrentHashMap<>();
    private final Set<String> readOnlyRecords = ConcurrentHashMap.newKeySet();
    private final Set<String> hiddenRecords = ConcurrentHashMap.newKeySet();
    private final ApiUsage usage = new ApiUsage();
    private final Sessions sessions = new Sessions();
    private final WriteLog writes = new WriteLog();
    private final CampaignMembers campaignMembers = new CampaignMembers(this);
    private final PersonAccounts personAccounts = new PersonAccounts(this);
    private volatile String id = RecordId.of("00D", 1);
    private final String userId = RecordId.of("005", 1);
    private volatile RecordId ids;
    private volatile boolean setupViewable;
    private volatile boolean convertedEditable;
    private volatile String defaultLeadOwner;
    private volatile Duration clockAhead = Duration.ZERO;
    private volatile int newestVersion;
    private volatile int queryPage;
    private volatile int mostScanned;
    private final Map<String, List<RecordType>> recordTypes = new ConcurrentHashMap<>();
    private volatile Stamp stamp;

    /** A record type that the calling user may use. */
    record RecordType(String name, boolean usual) {
    }

    private record Stamp(long second, String text) {
    }

    Org() {
        reset();
    }

    // ---- set-up, as an administrator does it ----

    /** The 18-character ID of the org. */
    public String id() {
        return id;
    }

    /** The same login leads to another org from now on, as after a change of the login URL. */
    public void becomeAnother() {
        id = RecordId.of("00D", 2);
    }

    /** The login leads to the first org again. */
    public void becomeItself() {
        id = RecordId.of("00D", 1);
    }

    /** The user on whose behalf calls run; owns what no assignment rule gives away. */
    public String userId() {
        return userId;
    }

    /** The fields of an object, to be read and changed. */
    public ObjectSchema schema(String object) {
        return table(object).schema();
    }

    /** Adds an object of one's own. */
    public void addObject(ObjectSchema schema) {
        tables.put(schema.name().toLowerCase(Locale.ROOT), new ObjectTable(schema));
    }

    /**
     * Switches person accounts on, which shows as {@code IsPersonAccount} on Account and Contact. A Lead needs no company
     * then: without one it is converted to a person account. There is one record type for people, PersonAccount; the usual one is for
     * companies.
     */
    public void enablePersonAccounts() {
        personAccounts.enable();
    }

    /** Deploys the two Ory fields on Account. */
    public void deployOryFieldsOnAccount() {
        personAccounts.deployOryFields();
    }

    /** Adds a record type for people. */
    public void addPersonType(String name, boolean usual) {
        personAccounts.addType(name, usual);
    }

    /** Activates a duplicate rule; a new org has none active. */
    public void activate(DuplicateRule rule) {
        duplicateRules.add(rule);
        insert("DuplicateRule", Map.of("MasterLabel", rule.name().replace('_', ' '), "SobjectType", rule.object(),
                "IsActive", true));
    }

    /** Activates a validation rule. */
    public void activate(ValidationRule rule) {
        validationRules.add(rule);
    }

    /** Switches all duplicate and validation rules off. */
    public void deactivateRules() {
        duplicateRules.clear();
        validationRules.clear();
        addObject(schema("DuplicateRule"));
    }

    /**
     * Activates an assignment rule: it gives a record to {@code ownerId} at each create <em>and update</em> by a call
     * that does not say {@code Sforce-Auto-Assign: FALSE}.
     */
    public void activateAssignmentRule(String object, String ownerId) {
        assignmentRules.put(object, ownerId);
        insert("AssignmentRule", Map.of("Name", "Round robin", "SobjectType", object, "Active", true));
    }

    /** The Default Lead Owner of Lead Settings: gets new Leads of calls that use assignment rules if no rule is active. */
    public void defaultLeadOwner(String ownerId) {
        defaultLeadOwner = ownerId;
    }

    /** Adds a record type; new records get the usual one. */
    public void addRecordType(String object, String name, boolean usual) {
        recordTypes.computeIfAbsent(object, o -> new CopyOnWriteArrayList<>()).add(new RecordType(name, usual));
        insert("RecordType", Map.of("Name", name, "DeveloperName", name.replace(' ', '_'), "SobjectType", object, "IsActive", true));
    }

    /** Takes a record type from the calling user's profile; records of it stay. */
    public void withdrawRecordType(String object, String name) {
        recordTypes.get(object).removeIf(type -> type.name().equals(name));
    }

    /** The ID of a record type. */
    public String typeId(String object, String name) {
        return find("RecordType", "Name", name).stream().filter(type -> type.text("SobjectType").equals(object)).findFirst().orElseThrow()
                .id();
    }

    boolean isUsualType(String object, String name) {
        return recordTypes(object).stream().anyMatch(type -> type.usual() && type.name().equals(name));
    }

    /** Changes a field of the Organization: its edition, its sharing defaults. */
    public void company(String field, Object value) {
        edit(id, Map.of(field, value));
    }

    /** Salesforce's clock goes before the one of this machine. */
    public void setClockAhead(Duration ahead) {
        clockAhead = ahead;
    }

    /** Versions after this one are not served. */
    public void newestVersion(int version) {
        newestVersion = version;
    }

    /** A query that has to look at more records takes longer than two minutes, as in an org with millions. */
    public void timeOutQueriesAbove(int records) {
        mostScanned = records;
    }

    /** The most records in a page of a query, at most 2,000; wide records make real pages smaller, too. */
    public void queryPage(int records) {
        queryPage = Math.min(LARGEST_QUERY_PAGE, records);
    }

    /** Gives the calling user a permission. All but {@link Permission#DELETE} are there from the start. */
    public void permit(String object, Permission permission) {
        permissionsOf(object).add(permission);
    }

    /** Takes a permission from the calling user. */
    public void forbid(String object, Permission permission) {
        permissionsOf(object).remove(permission);
    }

    /** The language of the calling user, in which some messages are: German, or English as from the start. */
    public void speakGerman(boolean yes) {
        german = yes;
        table("User").put(new SandboxRecord("User", userId,
                Map.of("Username", USERNAME, "LanguageLocaleKey", yes ? "de" : "en_US")));
    }

    String says(String english, String inGerman) {
        return german ? inGerman : english;
    }

    /**
     * Triggers of an object exceed a limit if a call has too many of its rows: all of them are refused.
     *
     * @param rows the most that pass
     */
    public void limitAutomation(String object, int rows) {
        automationLimits.put(object, rows);
    }

    boolean exceedsAutomation(String object, long rows) {
        return rows > automationLimits.getOrDefault(object, Integer.MAX_VALUE);
    }

    /** Makes one record read-only for the calling user, as sharing rules or record locks do. */
    public void makeReadOnly(String recordId) {
        readOnlyRecords.add(recordId);
    }

    /** Takes {@link #makeReadOnly} back. */
    public void makeEditable(String recordId) {
        readOnlyRecords.remove(recordId);
    }

    /**
     * The org-wide default of the record's object becomes Private, and the record is not shared with the calling user: queries
     * leave it out, its ID is unknown to calls, and only an upsert still finds it by a unique external ID.
     */
    public void hide(String recordId) {
        String object = existing(recordId).object();
        company("Default" + object + "Access", "None");
        hiddenRecords.add(recordId);
    }

    /** Whether the calling user has View and Edit Converted Leads; false unless set. */
    public void letEditConverted(boolean yes) {
        convertedEditable = yes;
        table("UserPermissionAccess").put(new SandboxRecord("UserPermissionAccess", RecordId.of("0Up", 1),
                Map.of("PermissionsAllowViewEditConvertedLeads", yes)));
    }

    /**
     * Whether the calling user has View Setup and Configuration, and so may read {@code /limits} and duplicate rules; false
     * unless set, as for a modest integration user.
     */
    public void letViewSetup(boolean yes) {
        setupViewable = yes;
    }

    /** The daily API limit and what is used of it. */
    public ApiUsage usage() {
        return usage;
    }

    /** Clients, secrets and tokens. */
    public Sessions sessions() {
        return sessions;
    }

    /** Kills every token that was handed out, as a session time-out does. */
    public void expireTokens() {
        sessions.expireAll();
    }

    /** How long a token lives from its issue; null, the default, without limit. Counts for tokens issued afterwards. */
    public void tokenLifetime(Duration lifetime) {
        sessions.lifetime(lifetime);
    }

    /** Every row that calls wrote. */
    public WriteLog writes() {
        return writes;
    }

    // ---- what sales does ----

    /**
     * Adds a record by hand. Unknown fields are a mistake of the test and are refused; required fields are not asked
     * for.
     *
     * @return its ID
     */
    public String insert(String object, Map<String, ?> fields) {
        return locked(() -> {
            ObjectTable table = table(object);
            Map<String, Object> values = storedByHand(table.schema(), fields);
            checkUnique(table, values, null);
            personAccounts.complete(table.schema(), null, values);
            SandboxRecord record = newRecord(table.schema(), values);
            table.put(personAccounts.mirrored(record, ObjectTable::put));
            return record.id();
        });
    }

    /**
     * Adds a campaign.
     *
     * @param statuses of its members, in their order; the first one is the default
     * @return its ID
     */
    public String addCampaign(String name, String... statuses) {
        String campaign = insert("Campaign", Map.of("Name", name));
        for (int i = 0; i < statuses.length; i++) {
            insert("CampaignMemberStatus", Map.of("CampaignId", campaign, "Label", statuses[i], "SortOrder", i + 1, "IsDefault", i == 0));
        }
        return campaign;
    }

    /** Changes a record by hand; null empties a field. Also reaches fields that calls cannot write. */
    public void edit(String recordId, Map<String, ?> fields) {
        locked(() -> {
            SandboxRecord record = existing(recordId);
            ObjectTable table = table(record.object());
            Map<String, Object> values = storedByHand(table.schema(), fields);
            checkUnique(table, values, recordId);
            table.put(personAccounts.mirrored(changed(record, values), ObjectTable::put));
            return null;
        });
    }

    /** Moves a record to the recycle bin. */
    public void delete(String recordId) {
        edit(recordId, Map.of("IsDeleted", true));
    }

    /** Takes a record out of the recycle bin. */
    public void undelete(String recordId) {
        edit(recordId, Map.of("IsDeleted", false));
    }

    /** Removes a record for good: from the recycle bin, too. Nothing refers to it any more. */
    public void purge(String recordId) {
        locked(() -> {
            ObjectTable table = table(existing(recordId).object());
            table.remove(recordId);
            for (SandboxRecord lead : List.copyOf(table("Lead").all())) {
                if (recordId.equals(lead.text("ConvertedContactId"))) {
                    edit(lead.id(), Collections.singletonMap("ConvertedContactId", null));
                }
            }
            return null;
        });
    }

    /**
     * Converts a Lead into a new Contact of a new Account, or into a person account.
     *
     * @param carryExternalId whether the org maps the two Ory fields from Lead to Contact
     * @return the ID of the Contact, or of the person account
     */
    public String convertLead(String leadId, boolean carryExternalId) {
        return locked(() -> {
            SandboxRecord lead = existing(leadId);
            if (personAccounts.takes(lead)) {
                String person = insert("Account", personAccounts.converted(lead, carryExternalId));
                markConverted(leadId, record(person).text("PersonContactId"), person);
                return person;
            }
            Map<String, Object> account = new LinkedHashMap<>();
            account.put("Name", lead.get("Company"));
            String accountId = insert("Account", account);
            Map<String, Object> contact = new LinkedHashMap<>();
            for (String field : List.of("FirstName", "LastName", "Title", "Email", "Phone", "MobilePhone",
                    "LeadSource", "HasOptedOutOfEmail", "HasOptedOutOfFax", "DoNotCall", "OwnerId")) {
                contact.put(field, lead.get(field));
            }
            contact.put("AccountId", accountId);
            if (carryExternalId) {
                contact.put(StandardObjects.IDENTITY, lead.get(StandardObjects.IDENTITY));
                contact.put(StandardObjects.UPDATED_AT, lead.get(StandardObjects.UPDATED_AT));
            }
            String contactId = insert("Contact", contact);
            markConverted(leadId, contactId, accountId);
            return contactId;
        });
    }

    /** Converts a Lead into a Contact that exists already; the Contact stays as it is. */
    public void convertLeadInto(String leadId, String contactId) {
        locked(() -> {
            markConverted(leadId, contactId, existing(contactId).text("AccountId"));
            return null;
        });
    }

    /**
     * Merges two records of an object. The winner keeps all of its own values, its external ID too, and takes no value
     * from the loser; the loser goes to the recycle bin with {@code MasterRecordId}. Leads that were converted into the
     * loser point to the winner from then on, and so do the Contacts of a loser that is an Account.
     */
    public void merge(String winnerId, String loserId) {
        locked(() -> {
            SandboxRecord winner = existing(winnerId);
            edit(loserId, Map.of("IsDeleted", true, "MasterRecordId", winnerId));
            if (winner.object().equals("Contact")) {
                for (SandboxRecord lead : records("Lead")) {
                    if (loserId.equals(lead.text("ConvertedContactId"))) {
                        edit(lead.id(), Map.of("ConvertedContactId", winnerId));
                    }
                }
            }
            if (winner.object().equals("Account")) {
                find("Contact", "AccountId", loserId).forEach(contact -> edit(contact.id(), Map.of("AccountId", winnerId)));
            }
            return null;
        });
    }

    // ---- looking at it ----

    /** The record of this ID, deleted or not, or null. */
    public SandboxRecord record(String recordId) {
        return locked(() -> {
            ObjectTable table = tableOfId(recordId).orElse(null);
            return table == null ? null : table.get(recordId);
        });
    }

    /** The live records of an object, oldest first. */
    public List<SandboxRecord> records(String object) {
        return locked(() -> table(object).all().stream().filter(record -> !record.isDeleted()).toList());
    }

    /** The live records whose field has this value. */
    public List<SandboxRecord> find(String object, String field, Object value) {
        return locked(() -> {
            ObjectTable table = table(object);
            Optional<FieldRule> rule = table.schema().rule(field).filter(FieldRule::isIndexed);
            return rule.isPresent()
                    ? table.live(rule.get(), value)
                    : records(object).stream().filter(record -> value.equals(record.get(field))).toList();
        });
    }

    /** The live Leads, Contacts and person accounts of one identity. */
    public List<SandboxRecord> byIdentity(String identity) {
        return locked(() -> {
            List<SandboxRecord> found = new ArrayList<>(find("Lead", StandardObjects.IDENTITY, identity));
            found.addAll(find("Contact", StandardObjects.IDENTITY, identity));
            if (schema("Account").rule(StandardObjects.IDENTITY).isPresent()) {
                found.addAll(find("Account", StandardObjects.IDENTITY, identity));
            }
            return found;
        });
    }

    /** Identities with more than one live record, the Lead that a Contact was converted from not counted. */
    public Set<String> duplicatedIdentities() {
        return locked(() -> {
            Set<String> once = new HashSet<>();
            Set<String> twice = new HashSet<>();
            for (String object : List.of("Lead", "Contact")) {
                for (SandboxRecord record : records(object)) {
                    if (record.identity() != null && !record.is("IsConverted") && !once.add(record.identity())) {
                        twice.add(record.identity());
                    }
                }
            }
            return twice;
        });
    }

    /** A new org: no records, the original set-up, an empty write log. Client, secret and tokens stay. */
    public void reset() {
        becomeItself();
        locked(() -> {
            tables.clear();
            StandardObjects.all().forEach(this::addObject);
            duplicateRules.clear();
            validationRules.clear();
            assignmentRules.clear();
            permissions.clear();
            automationLimits.clear();
            readOnlyRecords.clear();
            hiddenRecords.clear();
            usage.reset();
            sessions.lifetime(null);
            writes.clear();
            setupViewable = false;
            letEditConverted(false);
            defaultLeadOwner = userId;
            clockAhead = Duration.ZERO;
            newestVersion = 67;
            queryPage = LARGEST_QUERY_PAGE;
            mostScanned = Integer.MAX_VALUE;
            recordTypes.clear();
            ids = new RecordId();
            Map<String, Object> self = new LinkedHashMap<>();
            self.put("Name", "Sandbox");
            self.put("OrganizationType", "Developer Edition");
            self.put("IsSandbox", true);
            self.put("DefaultLeadAccess", "ReadEditTransfer");
            self.put("DefaultContactAccess", "Edit");
            self.put("DefaultAccountAccess", "Edit");
            table("Organization").put(new SandboxRecord("Organization", id, self));
            speakGerman(false);
            return null;
        });
    }

    // ---- for the API ----

    CampaignMembers campaignMembers() {
        return campaignMembers;
    }

    PersonAccounts personAccounts() {
        return personAccounts;
    }

    int mostScanned() {
        return mostScanned;
    }

    int queryPage() {
        return queryPage;
    }

    <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    ObjectTable table(String object) {
        return findTable(object).orElseThrow(() -> new IllegalArgumentException("no object " + object));
    }

    Optional<ObjectTable> findTable(String object) {
        return Optional.ofNullable(tables.get(object.toLowerCase(Locale.ROOT)));
    }

    Optional<ObjectTable> tableOfId(String recordId) {
        return tables.values().stream().filter(table -> recordId.startsWith(table.schema().keyPrefix())).findAny();
    }

    List<ObjectSchema> schemas() {
        return tables.values().stream().map(ObjectTable::schema)
                .sorted((a, b) -> a.name().compareTo(b.name())).toList();
    }

    boolean may(String object, Permission permission) {
        return permissionsOf(object).contains(permission);
    }

    boolean isReadOnly(String recordId) {
        return readOnlyRecords.contains(recordId);
    }

    boolean isHidden(String recordId) {
        return hiddenRecords.contains(recordId);
    }

    boolean isConvertedEditable() {
        return convertedEditable;
    }

    boolean isSetupViewable() {
        return setupViewable;
    }

    /** Whether calls find this object at all. */
    boolean isVisible(ObjectTable table) {
        String object = table.schema().name();
        return may(object, Permission.READ) && (setupViewable || !object.equals("DuplicateRule"));
    }

    Instant clock() {
        return Instant.now().plus(clockAhead);
    }

    /** @param version {@code v62.0}, for instance */
    boolean serves(String version) {
        return version.matches("v[2-9]\\d\\.0") && Integer.parseInt(version.substring(1, 3)) <= newestVersion;
    }

    int newestVersion() {
        return newestVersion;
    }

    List<RecordType> recordTypes(String object) {
        return recordTypes.getOrDefault(object, List.of());
    }

    List<DuplicateRule> duplicateRules() {
        return duplicateRules;
    }

    List<ValidationRule> validationRules() {
        return validationRules;
    }

    /** The owner by assignment rule; for a new Lead that no rule is for, the default owner. */
    Optional<String> assignee(String object, boolean isNew) {
        return Optional.ofNullable(assignmentRules.get(object))
                .or(() -> isNew && object.equals("Lead") ? Optional.of(defaultLeadOwner) : Optional.empty());
    }

    /** A record as Salesforce completes it: ID, defaults, owner, name, times. */
    SandboxRecord newRecord(ObjectSchema schema, Map<String, Object> values) {
        Map<String, Object> fields = new LinkedHashMap<>();
        schema.defaulted().forEach(rule -> fields.put(rule.name(), rule.defaultValue()));
        fields.put("OwnerId", userId);
        fields.put(LAST_MODIFIED_BY, userId);
        values.forEach((field, value) -> {
            if (value != null) {
                fields.put(field, value);
            }
        });
        String now = now();
        fields.putIfAbsent("CreatedDate", now);
        fields.put("LastModifiedDate", now);
        fields.put("SystemModstamp", now);
        name(schema, fields);
        return new SandboxRecord(schema.name(), ids.next(schema.keyPrefix()), fields);
    }

    SandboxRecord changed(SandboxRecord record, Map<String, Object> values) {
        Map<String, Object> fields = new LinkedHashMap<>(record.fields());
        fields.put(LAST_MODIFIED_BY, userId);
        fields.putAll(values);
        String now = now();
        fields.put("LastModifiedDate", now);
        fields.put("SystemModstamp", now);
        name(schema(record.object()), fields);
        return new SandboxRecord(record.object(), record.id(), fields);
    }

    /** Formatting a moment costs more than the rest of a row, and all rows of a second share it. */
    private String now() {
        Instant moment = Instant.now();
        Stamp last = stamp;
        if (last == null || last.second != moment.getEpochSecond()) {
            last = new Stamp(moment.getEpochSecond(), SalesforceTime.stored(moment));
            stamp = last;
        }
        return last.text;
    }

    private static void name(ObjectSchema schema, Map<String, Object> fields) {
        if (schema.rule("LastName").isPresent()
                && (!schema.name().equals("Account") || fields.get(PersonAccounts.IS_PERSON) == Boolean.TRUE)) {
            Object first = fields.get("FirstName");
            Object last = fields.get("LastName");
            fields.put("Name", first == null ? last : last == null ? first : first + " " + last);
        }
    }

    private void markConverted(String leadId, String contactId, String accountId) {
        Map<String, Object> converted = new LinkedHashMap<>();
        converted.put("IsConverted", true);
        converted.put("Status", "Closed - Converted");
        converted.put("ConvertedDate", Instant.now().toString());
        converted.put("ConvertedContactId", contactId);
        converted.put("ConvertedAccountId", accountId);
        edit(leadId, converted);
        campaignMembers.convert(leadId, contactId);
    }

    private static Map<String, Object> storedByHand(ObjectSchema schema, Map<String, ?> fields) {
        Map<String, Object> values = stored(schema, fields);
        schema.rule(LAST_MODIFIED_BY).ifPresent(rule -> values.put(rule.name(), SALESPERSON));
        return values;
    }

    private static Map<String, Object> stored(ObjectSchema schema, Map<String, ?> fields) {
        Map<String, Object> values = new HashMap<>();
        fields.forEach((field, value) -> {
            FieldRule rule = schema.rule(field).orElseThrow(
                    () -> new IllegalArgumentException("no field " + field + " on " + schema.name()));
            Object kept = value;
            if (rule.type() == FieldType.DATETIME && value != null) {
                Instant moment = value instanceof Instant instant ? instant : SalesforceTime.parse(value.toString());
                kept = SalesforceTime.stored(moment);
            }
            values.put(rule.name(), kept);
        });
        return values;
    }

    private void checkUnique(ObjectTable table, Map<String, Object> values, String self) {
        for (FieldRule rule : table.schema().unique()) {
            Object value = values.get(rule.name());
            if (value != null) {
                for (SandboxRecord other : table.live(rule, value)) {
                    if (!other.id().equals(self)) {
                        throw new IllegalArgumentException(rule.name() + " already on " + other.id());
                    }
                }
            }
        }
    }

    private SandboxRecord existing(String recordId) {
        SandboxRecord record = record(recordId);
        if (record == null) {
            throw new IllegalArgumentException("no record " + recordId);
        }
        return record;
    }

    private Set<Permission> permissionsOf(String object) {
        return permissions.computeIfAbsent(object, o -> {
            Set<Permission> granted = ConcurrentHashMap.newKeySet();
            granted.addAll(EnumSet.complementOf(EnumSet.of(Permission.DELETE)));
            return granted;
        });
    }
}
