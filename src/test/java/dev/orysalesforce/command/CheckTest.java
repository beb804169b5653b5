package dev.orysalesforce.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.orysalesforce.AppTest;
import dev.orysalesforce.check.Finding;
import dev.orysalesforce.check.MappingExamples;
import dev.orysalesforce.check.OrgCheck;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.sandbox.FieldRule;
import dev.orysalesforce.sandbox.FieldRule.Trait;
import dev.orysalesforce.sandbox.FieldType;
import dev.orysalesforce.sandbox.Org;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.support.PatternHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;

/** Every mismatch between the mappings and an org is reported once, and nothing else. */
@Tag("any-ledger")
class CheckTest extends AppTest {

    @Autowired
    private CheckCommand check;

    @Autowired
    private DoctorCommand doctor;

    @Autowired
    private MappingExamples examples;

    @Autowired
    private OrgCheck org;

    @BeforeEach
    @AfterEach
    void theOrgIsAskedAgain() {
        askOrgAgain();
    }

    @Test
    void theShippedFilesFitACorrectOrg() throws Exception {
        CheckCommand.FilesReport report = check.report();
        assertThat(report.findings()).isEmpty();
        assertThat(report.examples()).isGreaterThan(70);
        assertThat(report.notes()).as("mappings of the tests").allMatch(note -> note.contains("no examples"));
    }

    /** No shipped route but these waits for calls from outside, or begins by itself. */
    @Test
    void commandsStartOnlyRoutesThatAreCalled(@Autowired CamelContext camel) {
        String[] excluded = (Commands.FROM_OUTSIDE + "," + Commands.BY_THEMSELVES).split(",");
        assertThat(camel.getRoutes()).extracting(route -> route.getEndpoint().getEndpointUri())
                .filteredOn(uri -> !PatternHelper.matchPatterns(uri, excluded)).hasSizeGreaterThan(50)
                .allMatch(uri -> uri.startsWith("direct:"));
    }

    static Stream<Arguments> mismatches() {
        return Stream.of(
                planted("a field that is not there", "Lead.Title", lead("Title", null)),
                planted("a field that this user can't see", "Contact.MailingCity",
                        contact("MailingCity", rule -> rule.without(Trait.VISIBLE))),
                planted("a field that this user can't write", "Lead.Phone", lead("Phone", FieldRule::readOnly)),
                planted("one that can only be written at first", "Contact.MobilePhone",
                        contact("MobilePhone", rule -> rule.without(Trait.UPDATEABLE))),
                planted("one that can't be written at first", "Lead.FirstName",
                        lead("FirstName", rule -> rule.without(Trait.CREATEABLE))),
                planted("a number", "Lead.Company", lead("Company", rule -> FieldRule.number("Company"))),
                planted("a checkbox", "Contact.Title", contact("Title", rule -> FieldRule.checkbox("Title"))),
                planted("a time", "Contact.Phone", contact("Phone", rule -> FieldRule.datetime("Phone"))),
                planted("an e-mail address", "Lead.MobilePhone",
                        lead("MobilePhone", rule -> FieldRule.of(FieldType.EMAIL, "MobilePhone", 80))),
                planted("too short a text", "Lead.LastName", lead("LastName", rule -> rule.withLength(60))),
                planted("a picklist that takes only its own", "Lead.LeadSource",
                        lead("LeadSource", rule -> rule.with(Trait.RESTRICTED))),
                planted("something required", "Lead.Region__c",
                        org -> org.schema("Lead").put(FieldRule.text("Region__c", 20).required())),
                planted("no Ory ID", "Contact.Ory_Identity_Id__c", contact("Ory_Identity_Id__c", null)),
                planted("an Ory ID that is not unique", "Lead.Ory_Identity_Id__c",
                        lead("Ory_Identity_Id__c", rule -> rule.without(Trait.UNIQUE))),
                planted("an Ory ID that is no external ID", "Contact.Ory_Identity_Id__c",
                        contact("Ory_Identity_Id__c", rule -> rule.without(Trait.EXTERNAL_ID))),
                planted("an Ory ID that is too short", "Lead.Ory_Identity_Id__c",
                        lead("Ory_Identity_Id__c", rule -> rule.withLength(18))),
                planted("an Ory ID that is a number", "Lead.Ory_Identity_Id__c",
                        lead("Ory_Identity_Id__c", rule -> FieldRule.number("Ory_Identity_Id__c"))),
                planted("a version that this user can't see", "Lead.Ory_Updated_At__c",
                        lead("Ory_Updated_At__c", rule -> rule.without(Trait.VISIBLE))),
                planted("a version that this user can't write", "Lead.Ory_Updated_At__c",
                        lead("Ory_Updated_At__c", FieldRule::readOnly)),
                planted("a version that is a text", "Contact.Ory_Updated_At__c",
                        contact("Ory_Updated_At__c", rule -> FieldRule.text("Ory_Updated_At__c", 255))),
                planted("a field of an Account", "Account.Website", change("Website", "Account", null)),
                planted("an external ID that is none", "Account.Ory_Organization_Id__c",
                        change("Ory_Organization_Id__c", "Account", rule -> rule.without(Trait.EXTERNAL_ID))),
                planted("an Account that this user can't make", "Account", org -> org.forbid("Account", Org.Permission.CREATE)),
                planted("an Account that this user can't see", "Account", org -> org.forbid("Account", Org.Permission.READ)),
                planted("an object that this user can't make", "Contact",
                        org -> org.forbid("Contact", Org.Permission.CREATE)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mismatches")
    void eachMismatchIsFoundAndNothingElse(String what, String place, Consumer<Org> plant) {
        plant.accept(SALESFORCE.org());
        Collection<Finding> findings = findings();
        assertThat(findings).extracting(Finding::place).containsExactly(place);
        assertThat(findings).allSatisfy(finding -> {
            assertThat(finding.severity()).isEqualTo("error");
            assertThat(finding.message()).doesNotContain("Lovelace").isNotBlank();
            assertThat(finding.remedy()).isNotBlank();
        });
    }

    @Test
    void parentsOfAWrongShapeAreFound(@TempDir Path folder) throws Exception {
        Path input = Files.writeString(folder.resolve("wrong.input.json"), """
                {"identity": {"id": "9f425a8d-7efc-4768-8f23-7647a74fdf13", "traits": {"name": {"last": "Lovelace"},
                 "parents": {"AccountId": {"attributes": {"type": "Account"}}}}}, "event": "registration"}""");
        Path expected = Files.writeString(folder.resolve("wrong.expected.json"), "{}");
        assertThat(examples.finding(new MappingExamples.Example(Mapping.of("src/test/resources/mappings/parented.jslt"), input, expected)))
                .hasValueSatisfying(finding -> assertThat(finding.message()).contains("AccountId has no match"));
    }

    @Test
    void missingAccessForChildrenIsFound(@TempDir Path folder) throws Exception {
        Path input = Files.writeString(folder.resolve("member.input.json"), "{}");
        Path expected = Files.writeString(folder.resolve("member.expected.json"), """
                {"attributes": {"type": "Lead"}, "LastName": "Lovelace", "Company": "Engines", "children": [{"attributes": {"type": "CampaignMember"},
                 "match": ["CampaignId"], "CampaignId": {"Name": "A"}, "Seat__c": "1"}]}""");
        List<MappingExamples.Example> member = List.of(
                new MappingExamples.Example(Mapping.of("src/test/resources/mappings/campaigned.jslt"), input, expected));
        assertThat(org.findings(member)).isEmpty();
        SALESFORCE.org().forbid("CampaignMember", Org.Permission.CREATE);
        SALESFORCE.org().schema("CampaignMember").hide("Seat__c");
        askOrgAgain();
        assertThat(org.findings(member)).extracting(Finding::place).containsExactly("CampaignMember", "CampaignMember.Seat__c");
        SALESFORCE.org().forbid("CampaignMember", Org.Permission.READ);
        askOrgAgain();
        assertThat(org.findings(member)).extracting(Finding::place).containsExactly("CampaignMember");
        askOrgAgain();
    }

    @Test
    void theDoctorKnowsTheFurtherNeedsOfContacts() throws Exception {
        assertThat(doctor.report(List.of(), null).findings()).filteredOn(finding -> finding.place().equals("Contact.AccountId"))
                .singleElement().satisfies(finding -> assertThat(finding.message()).contains("mappings/contact.jslt"));
        SALESFORCE.org().enablePersonAccounts();
        assertThat(doctor.report(List.of(), null).findings()).extracting(Finding::place).contains("Person accounts")
                .doesNotContain("Contact.AccountId");
    }

    @Test
    void severalAreFoundTogether() {
        List.of("Title", "Phone", "City").forEach(field -> SALESFORCE.org().schema("Lead").hide(field));
        SALESFORCE.org().schema("Contact").alter("LastName", rule -> rule.withLength(10));
        assertThat(findings()).extracting(Finding::place)
                .containsExactlyInAnyOrder("Lead.Title", "Lead.Phone", "Lead.City", "Contact.LastName");
    }

    private Collection<Finding> findings() {
        return org.findings(examples.examples());
    }

    private static Arguments planted(String what, String place, Consumer<Org> plant) {
        return arguments(what, place, plant);
    }

    private static Consumer<Org> lead(String field, UnaryOperator<FieldRule> change) {
        return change(field, "Lead", change);
    }

    private static Consumer<Org> contact(String field, UnaryOperator<FieldRule> change) {
        return change(field, "Contact", change);
    }

    private static Consumer<Org> change(String field, String object, UnaryOperator<FieldRule> change) {
        return org -> {
            if (change == null) {
                org.schema(object).remove(field);
            } else {
                org.schema(object).alter(field, change);
            }
        };
    }
}
