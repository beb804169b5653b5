package dev.orysalesforce.kits;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.check.Finding;
import dev.orysalesforce.check.MappingExamples;
import dev.orysalesforce.check.OrgCheck;
import dev.orysalesforce.sandbox.FieldRule;
import dev.orysalesforce.sandbox.FieldRule.Trait;
import dev.orysalesforce.sandbox.ObjectSchema;
import dev.orysalesforce.sandbox.Org;
import dev.orysalesforce.sandbox.SandboxRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The metadata in salesforce/, the fields of the mappings and the look-ups, and the sandbox's description agree. */
@Tag("any-ledger")
class SalesforceMetadataTest extends AppTest {

    private static final Path METADATA = Path.of("salesforce", "force-app", "main", "default");
    private static final Path EXAMPLES = Path.of("mappings", "examples");
    private static final Instant START = Instant.parse("2026-11-01T10:00:00Z");

    /** Required fields and parts of a name have no permission of their own; an address has one for all its parts. */
    private static final Set<String> WITHOUT_PERMISSION = Set.of("FirstName", "LastName", "Company");
    private static final Pattern PART_OF_ADDRESS =
            Pattern.compile("(Lead\\.|Contact\\.Mailing)(Street|City|State|PostalCode|Country|StateCode|CountryCode)");

    /** Fields that every user with access to the object can read. */
    private static final Set<String> FOR_ALL = Set.of("Id", "IsDeleted", "MasterRecordId", "OwnerId", "CreatedDate",
            "LastModifiedDate", "SystemModstamp", "Name", "Status", "IsConverted", "ConvertedDate",
            "ConvertedAccountId", "ConvertedContactId");

    private final String id = UUID.randomUUID().toString();
    private Element permissions;

    @Autowired
    private OrgCheck doctor;

    @Autowired
    private MappingExamples examples;

    @BeforeEach
    void readPermissions() throws Exception {
        permissions = xml(METADATA.resolve("permissionsets/Ory_Identity_Sync.permissionset-meta.xml"));
    }

    /** Otherwise an event that waits for a missing permission would delay the next test. */
    @AfterEach
    void showEverything() {
        for (String object : List.of("Lead", "Contact", "Account")) {
            ObjectSchema schema = SALESFORCE.org().schema(object);
            List.copyOf(schema.rules()).forEach(rule -> schema.show(rule.name()));
        }
        askOrgAgain();
    }

    @Test
    void theFieldsMatchTheSandboxsDescription() throws Exception {
        Set<String> deployed = new TreeSet<>();
        for (Path file : files(METADATA.resolve("objects"), ".field-meta.xml")) {
            Element field = xml(file);
            String object = file.getParent().getParent().getFileName().toString();
            String name = text(field, "fullName");
            FieldRule rule = SALESFORCE.org().schema(object).rule(name).orElseThrow();
            assertThat(file.getFileName()).hasToString(name + ".field-meta.xml");
            assertThat(rule.label()).isEqualTo(text(field, "label"));
            assertThat(rule.type().wireName()).isEqualTo(
                    Map.of("Text", "string", "DateTime", "datetime").get(text(field, "type")));
            assertThat(String.valueOf(rule.length())).isEqualTo(rule.length() == 0 ? "0" : text(field, "length"));
            assertThat(rule.is(Trait.UNIQUE)).isEqualTo(is(field, "unique"));
            assertThat(rule.is(Trait.EXTERNAL_ID)).isEqualTo(is(field, "externalId"));
            assertThat(rule.is(Trait.CASE_SENSITIVE)).isEqualTo(is(field, "caseSensitive"));
            assertThat(rule.is(Trait.NILLABLE)).isEqualTo(!is(field, "required"));
            deployed.add(object + "." + name);
        }
        assertThat(deployed).isEqualTo(Stream.of("Lead", "Contact", "Account")
                .flatMap(object -> SALESFORCE.org().schema(object).rules().stream().map(rule -> object + "." + rule.name()))
                .filter(field -> field.endsWith("__c")).collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void thePermissionSetNamesExactlyTheFieldsOfTheMappings() throws Exception {
        Set<String> written = new TreeSet<>();
        for (Path example : files(EXAMPLES, ".expected.json")) {
            JsonNode record = read(Files.readString(example));
            String object = record.at("/attributes/type").asText();
            if (!object.isEmpty() && !object.equals("PersonAccount")) {
                Stream.concat(record.properties().stream(), record.path("onCreate").properties().stream())
                        .map(Map.Entry::getKey).filter(field -> Character.isUpperCase(field.charAt(0)))
                        .forEach(field -> written.add(object + "." + field));
                written.add(object + ".Ory_Identity_Id__c");
                written.add(object + ".Ory_Updated_At__c");
            }
        }
        for (String object : List.of("Lead", "Contact")) {
            Matcher field = Pattern.compile("(?m)^ +\"([A-Z]\\w*)\":").matcher(
                    Files.readString(Path.of("mappings", object.toLowerCase() + ".jslt")));
            while (field.find()) {
                assertThat(written).as("the examples show every field").contains(object + "." + field.group(1));
            }
        }
        assertThat(written).allSatisfy(field -> assertThat(SALESFORCE.org().schema(field.split("\\.")[0])
                .rule(field.split("\\.")[1])).as(field + " in the sandbox").isPresent());
        assertThat(fieldPermissions().keySet()).isEqualTo(written.stream()
                .filter(field -> !WITHOUT_PERMISSION.contains(field.split("\\.")[1]))
                .map(SalesforceMetadataTest::permission).collect(Collectors.toCollection(TreeSet::new)));
        assertThat(fieldPermissions().values()).as("editable").containsOnly(true);
    }

    @Test
    void thoseOfPersonAccountsAreGovernedByContactAndAccount() throws Exception {
        Path kit = Path.of("salesforce/person-accounts/main/default");
        Element set = xml(kit.resolve("permissionsets/Ory_Identity_Person_Accounts.permissionset-meta.xml"));
        Set<String> written = new TreeSet<>(Set.of("Account.Ory_Identity_Id__c", "Account.Ory_Updated_At__c"));
        for (Path example : files(EXAMPLES.resolve("person-account"), ".expected.json")) {
            JsonNode record = read(Files.readString(example));
            Stream.concat(record.properties().stream(), record.path("onCreate").properties().stream()).map(Map.Entry::getKey)
                    .filter(field -> Character.isUpperCase(field.charAt(0)) && !WITHOUT_PERMISSION.contains(field))
                    .map(field -> field.startsWith("Person") ? permission("Contact." + field.substring("Person".length()))
                            : "Account." + field)
                    .forEach(written::add);
        }
        Map<Boolean, Set<String>> ofAccount = written.stream().collect(Collectors.partitioningBy(
                field -> field.startsWith("Account."), Collectors.toCollection(TreeSet::new)));
        assertThat(fieldPermissions().keySet()).containsAll(ofAccount.get(false));
        assertThat(new TreeSet<>(texts(set, "field"))).isEqualTo(ofAccount.get(true));
        assertThat(objectPermissions(set)).isEqualTo(Map.of("Account", Set.of("Read", "Create", "Edit")));
        assertThat(texts(set, "recordType")).as("that of a new person account").containsExactly("PersonAccount.PersonAccount");
        for (String field : List.of("Ory_Identity_Id__c", "Ory_Updated_At__c")) {
            Element ofContact = xml(METADATA.resolve("objects/Contact/fields/" + field + ".field-meta.xml"));
            Element own = xml(kit.resolve("objects/Account/fields/" + field + ".field-meta.xml"));
            for (String property : List.of("fullName", "label", "type", "length", "externalId", "unique", "caseSensitive", "required")) {
                assertThat(texts(own, property)).as(property).isEqualTo(texts(ofContact, property));
            }
        }
    }

    static Stream<String> permittedFields() throws Exception {
        return elements(xml(METADATA.resolve("permissionsets/Ory_Identity_Sync.permissionset-meta.xml")), "field")
                .map(Element::getTextContent);
    }

    @ParameterizedTest
    @MethodSource("permittedFields")
    void theDoctorMissesEachPermissionThatIsNotThere(String permission) {
        String object = permission.split("\\.")[0];
        List<String> governed = SALESFORCE.org().schema(object).rules().stream().map(rule -> object + "." + rule.name())
                .filter(field -> permission(field).equals(permission)).toList();
        List<String> written = governed.stream().filter(field -> !field.matches(".*(State|Country)(Code)?")).toList();
        governed.forEach(field -> SALESFORCE.org().schema(object).hide(field.split("\\.")[1]));
        assertThat(doctorsFindings()).extracting(Finding::place).containsExactlyInAnyOrderElementsOf(written);
        governed.forEach(field -> SALESFORCE.org().schema(object).show(field.split("\\.")[1]));
        governed.forEach(field -> SALESFORCE.org().schema(object).alter(field.split("\\.")[1], FieldRule::readOnly));
        assertThat(doctorsFindings()).extracting(Finding::place).containsExactlyInAnyOrderElementsOf(written);
    }

    @Test
    void theDoctorMissesNothingElse() {
        restrict();
        assertThat(doctorsFindings()).isEmpty();
    }

    @Test
    void objectPermissionsAreTheLeast() throws Exception {
        assertThat(objectPermissions(permissions)).isEqualTo(Map.of("Lead", Set.of("Read", "Create", "Edit"),
                "Contact", Set.of("Read", "Create", "Edit"), "Account", Set.of("Read")));
        assertThat(texts(permissions, "name")).as("user permissions").containsExactly("ApiEnabled");
        Element erase = xml(METADATA.resolve("permissionsets/Ory_Identity_Erase.permissionset-meta.xml"));
        assertThat(objectPermissions(erase)).isEqualTo(Map.of("Lead", Set.of("Read", "Edit", "Delete"),
                "Contact", Set.of("Read", "Edit", "Delete"), "Account", Set.of("Read")));
        assertThat(texts(erase, "field")).isEmpty();
    }

    @Test
    void withThatPermissionSetAloneEverythingTheAppDoesWorks() throws Exception {
        restrict();
        send(0, "First Ltd");
        assertThat(record(id).text("City")).isEqualTo("London");
        assertThat(record(id).text("LeadSource")).isEqualTo("Ory Registration");
        send(1, "Second Ltd");
        assertThat(record(id).text("Company")).isEqualTo("Second Ltd");

        sql.update("delete from identities");
        send(2, "Third Ltd");
        assertThat(record(id).text("Company")).as("found by its Ory ID").isEqualTo("Third Ltd");

        String winner = SALESFORCE.org().insert("Lead", Map.of("LastName", "Winner", "Company", "Winner Ltd"));
        SALESFORCE.org().merge(winner, record(id).id());
        send(3, "Fourth Ltd");
        assertThat(record(id).id()).as("merged").isEqualTo(winner);

        String contact = SALESFORCE.org().convertLead(winner, false);
        send(4, "Fifth Ltd", "title");
        assertThat(SALESFORCE.org().record(contact).identity()).as("converted").isEqualTo(id);
        assertThat(SALESFORCE.org().record(contact).text("Title")).isEqualTo("title");
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void adoptionByEmailAndTheContactMappingWork() throws Exception {
        restrict();
        String contact = SALESFORCE.org().insert("Contact",
                Map.of("LastName", "Typed by sales", "Email", "ada@example.org"));
        ObjectNode body = Ory.identity(id, START, "Person");
        ObjectNode identity = (ObjectNode) body.path("identity");
        identity.put("schema_id", "employee");
        ObjectNode traits = (ObjectNode) identity.path("traits");
        traits.put("email", "ada@example.org").put("phone", "+44 1").put("mobile", "+44 2")
                .put("job_title", "Programmer").put("city", "London");
        identity.putArray("verifiable_addresses").addObject().put("value", "ada@example.org").put("via", "email")
                .put("verified", true);
        ory.sends("registration", body);
        settle();
        SandboxRecord record = record(id);
        assertThat(record.id()).isEqualTo(contact);
        assertThat(record.text("LastName")).isEqualTo("Typed by sales");
        assertThat(List.of(record.text("FirstName"), record.text("Phone"), record.text("MobilePhone"),
                record.text("Title"), record.text("MailingCity")))
                .containsExactly("Pat", "+44 1", "+44 2", "Programmer", "London");
        assertThat(deadLetters()).isEmpty();
    }

    /** Without the mapping that needs the permission set Ory_Identity_Accounts, too. */
    private Collection<Finding> doctorsFindings() {
        askOrgAgain();
        return doctor.findings(examples.examples().stream()
                .filter(example -> !example.mapping().name().contains("contact-with-account")).toList());
    }

    /** Which permission governs a field: a part of an address has none of its own, and can't be deployed. */
    private static String permission(String field) {
        Matcher part = PART_OF_ADDRESS.matcher(field);
        return part.matches() ? part.group(1) + "Address" : field;
    }

    private void send(int minute, String company, String... title) throws IOException {
        ObjectNode body = (ObjectNode) read(Files.readString(EXAMPLES.resolve("lead/complete.input.json")));
        ObjectNode identity = (ObjectNode) body.path("identity");
        identity.put("id", id).put("updated_at", START.plusSeconds(60L * minute).toString());
        ObjectNode traits = (ObjectNode) identity.path("traits");
        traits.put("company", company);
        if (title.length > 0) {
            traits.put("job_title", title[0]);
        }
        assertThat(ory.sends(minute == 0 ? "registration" : "settings", body).statusCode()).isEqualTo(204);
        settle();
    }

    /** The sandbox's user has this permission set and nothing else. */
    private void restrict() {
        Map<String, Boolean> fields = fieldPermissions();
        for (String object : List.of("Lead", "Contact", "Account")) {
            ObjectSchema schema = SALESFORCE.org().schema(object);
            for (FieldRule rule : List.copyOf(schema.rules())) {
                String field = object + "." + rule.name();
                boolean governed = !WITHOUT_PERMISSION.contains(rule.name()) && !FOR_ALL.contains(rule.name());
                Boolean editable = fields.get(permission(field));
                if (governed && editable == null) {
                    schema.hide(rule.name());
                } else if (governed && !editable) {
                    schema.alter(rule.name(), FieldRule::readOnly);
                }
            }
            Set<String> granted = objectPermissions(permissions).get(object);
            for (Org.Permission permission : Org.Permission.values()) {
                if (!granted.contains(permission.name().charAt(0) + permission.name().substring(1).toLowerCase())) {
                    SALESFORCE.org().forbid(object, permission);
                }
            }
        }
    }

    /** Each field that may be read, and whether it may be edited. */
    private Map<String, Boolean> fieldPermissions() {
        return elements(permissions, "fieldPermissions").filter(field -> is(field, "readable"))
                .collect(Collectors.toMap(field -> text(field, "field"), field -> is(field, "editable"),
                        (one, other) -> one, TreeMap::new));
    }

    private static Map<String, Set<String>> objectPermissions(Element set) {
        return elements(set, "objectPermissions").collect(Collectors.toMap(object -> text(object, "object"), object -> {
            assertThat(is(object, "viewAllRecords") || is(object, "modifyAllRecords")).isFalse();
            return Stream.of("Read", "Create", "Edit", "Delete").filter(right -> is(object, "allow" + right))
                    .collect(Collectors.toSet());
        }));
    }

    private static boolean is(Element parent, String name) {
        return texts(parent, name).equals(List.of("true"));
    }

    private static String text(Element parent, String name) {
        return texts(parent, name).get(0);
    }

    private static List<String> texts(Element parent, String name) {
        return elements(parent, name).map(Element::getTextContent).toList();
    }

    private static Stream<Element> elements(Element parent, String name) {
        NodeList found = parent.getElementsByTagName(name);
        return Stream.iterate(0, i -> i + 1).limit(found.getLength()).map(i -> (Element) found.item(i));
    }

    private static Element xml(Path file) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile()).getDocumentElement();
    }

    private static List<Path> files(Path folder, String ending) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
        }
    }
}
