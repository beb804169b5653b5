package dev.orysalesforce.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.check.Finding;
import dev.orysalesforce.command.DoctorCommand.DoctorReport;
import dev.orysalesforce.salesforce.Login;
import dev.orysalesforce.sandbox.DuplicateRule;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.FieldRule;
import dev.orysalesforce.sandbox.FieldRule.Trait;
import dev.orysalesforce.sandbox.Org;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import dev.orysalesforce.sandbox.ory.OryAdminSandbox;
import dev.orysalesforce.sandbox.ory.OryFault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.component.salesforce.SalesforceComponent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.YAMLException;

/** Every mistake that the doctor knows is made, one at a time: it is found with its remedy, and nothing else is. */
@Tag("any-ledger")
@ExtendWith(OutputCaptureExtension.class)
@TestPropertySource(properties = {"test.context=doctor", "sync.reconcile.after-start=1h", "sync.erase=delete",
    "test.employees=mappings/lead.jslt", "test.colleagues=mappings/lead.jslt"}) // no Contacts, which would have findings
@Tag("nightly")
class DoctorTest extends AppTest {

    private static final OryAdminSandbox ORY = OryAdminSandbox.start();
    private static final WireMockServer PROXY =
            new WireMockServer(WireMockConfiguration.options().bindAddress("127.0.0.1").dynamicPort());

    @Autowired
    private DoctorCommand doctor;

    @Autowired
    private Login login;

    @Autowired
    private CamelContext camel;

    @TempDir
    private Path folder;

    @DynamicPropertySource
    static void ory(DynamicPropertyRegistry registry) {
        registry.add("ORY_ADMIN_URL", ORY::url);
    }

    /** A set-up without mistakes. */
    @BeforeEach
    void aCorrectOrgAndACorrectOry() throws Exception {
        askOrgAgain();
        login.ensure(); // the ledger knows its org
        camel.getComponent("salesforce", SalesforceComponent.class).getSession().logout();
        List.of("Lead", "Contact").forEach(object -> SALESFORCE.org().permit(object, Org.Permission.DELETE));
        SALESFORCE.org().activateAssignmentRule("Lead", SALESFORCE.org().userId());
        SALESFORCE.org().letViewSetup(true);
        ORY.reset();
        ORY.project().addMany(3, i -> Map.of("email", "p" + i + "@example.org")).forEach(ORY.project()::verify);
        PROXY.start();
    }

    @AfterEach
    void forgetDescriptions() {
        askOrgAgain();
        SALESFORCE.org().sessions().clientSecret("sandbox-secret");
        PROXY.resetAll();
    }

    @Test
    void aCorrectSetUpHasNoFinding() throws Exception {
        DoctorReport report = doctor.report(List.of(kratos(config -> {})), "http://127.0.0.1:" + port + "/");
        assertThat(report.findings()).isEmpty();
        assertThat(report.notes()).isEmpty();
        assertThat(report.seen()).anyMatch(line -> line.contains("Developer Edition, a sandbox"))
                .anyMatch(line -> line.contains("ory.sync@example.com"))
                .anyMatch(line -> line.contains("62.0; Salesforce serves 31.0 to 67.0"))
                .anyMatch(line -> line.contains("of 100,000 used") && line.contains("25,000 identities a day"))
                .anyMatch(line -> line.contains("Round robin"))
                .anyMatch(line -> line.contains("3 identities, 3 of 3 e-mail addresses verified"))
                .anyMatch(line -> line.contains("takes the secret"));
        assertThat(SALESFORCE.writes().all()).isEmpty();
        assertThat(deadLetters()).isEmpty();
        assertThat(pending()).isZero();
    }

    @Test
    void aFileThatCannotBeReadEndsIt() throws IOException {
        Path gone = folder.resolve("gone");
        assertThatThrownBy(() -> doctor.report(List.of(gone), null)).isInstanceOf(NoSuchFileException.class);
        Path noYaml = Files.writeString(folder.resolve("no.yml"), "selfservice: {");
        assertThatThrownBy(() -> doctor.report(List.of(noYaml), null)).isInstanceOf(YAMLException.class);
    }

    static Stream<Arguments> ailments() {
        return Stream.of(
                planted("Salesforce login", "consumer key", "SALESFORCE_CLIENT_ID",
                        salesforce -> salesforce.faults().start(Fault.loginRefused())),
                planted("Salesforce login", "consumer secret", "SALESFORCE_CLIENT_SECRET",
                        salesforce -> salesforce.org().sessions().clientSecret("rotated")),
                planted("Salesforce login", "no run-as user", "Run As", salesforce -> salesforce.faults()
                        .start(Fault.loginRefused("invalid_grant", "no client credentials user enabled"))),
                planted("Salesforce login", "login.salesforce.com", "My Domain", salesforce -> salesforce.faults()
                        .start(Fault.loginRefused("invalid_grant", "request not supported on this domain"))),
                planted("Salesforce login", "flow not enabled", "enable the client credentials flow",
                        salesforce -> salesforce.faults().start(
                                Fault.loginRefused("unsupported_grant_type", "grant type not supported"))),
                planted("Salesforce login", "unreachable", "curl -v", SalesforceSandbox::unplug),
                planted("Salesforce login", "another org", "SYNC_DATA_DIR", salesforce -> salesforce.org().becomeAnother()),
                planted("Salesforce API", "an edition without", "Professional",
                        salesforce -> salesforce.faults().start(Fault.apiDisabled())),
                planted("Salesforce API", "used up", "API Requests, Last 24 Hours",
                        salesforce -> salesforce.faults().start(Fault.dailyLimitExceeded())),
                org("SALESFORCE_API_VERSION", "not served any more", "SALESFORCE_API_VERSION=61.0",
                        org -> org.newestVersion(61)),
                org("Clock", "two minutes slow", "ntp", org -> org.setClockAhead(Duration.ofMinutes(2))),
                org("Clock", "two minutes fast", "ntp", org -> org.setClockAhead(Duration.ofMinutes(-2))),
                org("Lead.OwnerId", "no assignment rule", "Default Lead Owner", org -> {
                    org.reset();
                    org.letViewSetup(true);
                    List.of("Lead", "Contact").forEach(object -> org.permit(object, Org.Permission.DELETE));
                }),
                org("Lead", "converted Leads can be edited", "View and Edit Converted Leads", org -> org.letEditConverted(true)),
                org("Lead", "no delete, but sync.erase", "Ory_Identity_Erase",
                        org -> org.forbid("Lead", Org.Permission.DELETE)),
                org("Lead.RecordTypeId", "several record types", "Record Type Settings", org -> {
                    org.addRecordType("Lead", "Partner", false);
                    org.addRecordType("Lead", "Customer", true);
                }),
                org("Lead", "private", "Lead Sharing Rules", org -> org.company("DefaultLeadAccess", "None")),
                org("Contact", "read only", "Contact Sharing Rules", org -> org.company("DefaultContactAccess", "Read")),
                org("Contact", "controlled by private Accounts", "Account Sharing Rules", org -> {
                    org.company("DefaultContactAccess", "ControlledByParent");
                    org.company("DefaultAccountAccess", "None");
                }),
                org("Lead.Company", "person accounts", "take Company out", org -> {
                    org.enablePersonAccounts();
                    org.deployOryFieldsOnAccount();
                }),
                org("Lead.Ory_Identity_Id__c", "encrypted", "do not encrypt",
                        org -> org.schema("Lead").alter("Ory_Identity_Id__c", rule -> rule.with(Trait.ENCRYPTED))),
                org("Lead", "a duplicate rule", "SYNC_DUPLICATES=adopt", org -> org.activate(DuplicateRule.leadAlert())),
                org("Lead.Email", "encrypted", "SYNC_MATCH_EMAIL=never",
                        org -> org.schema("Lead").alter("Email", rule -> rule.with(Trait.ENCRYPTED))),
                org("API calls", "few", "more calls", org -> org.usage().limit(5000)),
                org("API calls", "used up by others", "buy more", org -> org.usage().used(95_000)),
                org("Lead.City", "a hidden part of an address", "Lead.Address", org -> org.schema("Lead").hide("City")),
                org("Lead.Ory_Identity_Id__c", "not unique", "salesforce/",
                        org -> org.schema("Lead").alter("Ory_Identity_Id__c", rule -> rule.without(Trait.UNIQUE))),
                org("Lead.Region__c", "required", "mapping fill it",
                        org -> org.schema("Lead").put(FieldRule.text("Region__c", 20).required())),
                org("Contact", "no create", "permission", org -> org.forbid("Contact", Org.Permission.CREATE)),
                ory("SYNC_MATCH_EMAIL", "unverified", "verify", ory -> ory.project().addMany(4,
                        i -> Map.of("email", "q" + i + "@example.org"))),
                ory("Large identities", "one", "elsewhere", ory -> ory.project().patch(ory.project().ids().get(0),
                        identity -> identity.withObject("/metadata_public").put("picture", "x".repeat(19_000)))),
                ory("ORY_ADMIN_TOKEN", "a key", "API Keys", ory -> ory.requireKey("another")),
                ory("ORY_ADMIN_URL", "a login page", "admin port", ory -> ory.fail(OryFault.html())),
                ory("ORY_ADMIN_URL", "gone", "curl -v", OryAdminSandbox::unplug));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("ailments")
    void eachMistakeIsFoundWithItsRemedy(String place, String what, String remedy, Consumer<DoctorTest> plant) throws Exception {
        plant.accept(this);
        one(doctor.report(List.of(), null), place, remedy);
    }

    @Test
    void unreadableSettingsAreANoteAndNoFinding() throws Exception {
        SALESFORCE.org().letViewSetup(false);
        SALESFORCE.org().activate(DuplicateRule.leadAlert());
        DoctorReport report = doctor.report(List.of(), null);
        assertThat(report.findings()).isEmpty();
        assertThat(report.notes()).anyMatch(note -> note.contains("Setup > Duplicate Rules"));
    }

    /** A refused question must not count as a good answer. */
    @Test
    void whatCouldNotBeAskedIsANoteEach() throws Exception {
        List.of("Organization", "User", "UserPermissionAccess", "AssignmentRule", "DuplicateRule")
                .forEach(object -> SALESFORCE.org().schema(object).rules()
                        .forEach(field -> SALESFORCE.org().schema(object).hide(field.name())));
        DoctorReport report = doctor.report(List.of(), null);
        assertThat(report.findings()).isEmpty();
        assertThat(report.notes()).extracting(note -> note.split(":")[0]).containsExactlyInAnyOrder("Edition and sharing",
                "Run-as user", "Converted Leads", "Assignment rules", "Duplicate rules", "The hooks were not checked",
                "Whether webhooks arrive was not tried");
    }

    @Test
    void theLanguageOfTheMessagesIsSeen() throws Exception {
        SALESFORCE.org().speakGerman(true);
        assertThat(doctor.report(List.of(), null).seen()).anyMatch(line -> line.startsWith("User: ") && line.endsWith(": de"));
    }

    @Test
    void personAccountsThatCannotCarryIdentitiesAreSeen() throws Exception {
        SALESFORCE.org().enablePersonAccounts();
        assertThat(doctor.report(List.of(), null).findings()).filteredOn(finding -> finding.place().equals("Account.Ory_Identity_Id__c"))
                .singleElement().satisfies(finding -> assertThat(finding.remedy()).contains("Ory_Identity_Person_Accounts"));
    }

    static Stream<Arguments> hooks() {
        return Stream.of(
                hook("registration.after.code", "another hook only", "network.sh", config -> config
                        .withArray("/selfservice/flows/registration/after/code/hooks").removeAll().addObject()
                        .put("hook", "session")),
                hook("registration.after.saml", "only the common list, and that not ours", "network.sh", config -> {
                    config.withObject("/selfservice/methods/saml").put("enabled", true);
                    config.withObject("/selfservice/flows/registration/after").remove("hooks");
                }),
                hook("settings.after.profile", "no hook", "network.sh",
                        config -> config.withObject("/selfservice/flows/settings").remove("after")),
                hook("verification.after", "no hook", "network.sh",
                        config -> config.withObject("/selfservice/flows/verification").remove("after")),
                hook("verification.enabled", "off", "SYNC_MATCH_EMAIL",
                        config -> config.withObject("/selfservice/flows/verification").put("enabled", false)),
                hook("response.parse", "parses", "parse", config -> password(config).withObject("/response")
                        .put("parse", true)),
                hook("response.ignore", "waits", "ignore: true", config -> password(config).remove("response")),
                hook("can_interrupt", "interrupts", "can_interrupt", config -> password(config).put("can_interrupt", true)),
                hook("method", "gets", "POST", config -> password(config).put("method", "GET")),
                hook("body", "none", "identity.jsonnet", config -> password(config).remove("body")),
                hook("auth", "none", "auth block", config -> password(config).remove("auth")),
                hook("auth", "another secret", "one of them", config -> password(config).withObject("/auth/config")
                        .put("password", "somebody-else's")),
                hook("password.body", "a template that is no function of ctx", "ory/identity.jsonnet", config -> password(config)
                        .put("body", inline("{ identity: std.extVar('ctx').identity }"))),
                hook("password.body", "one that reads what no context has", "ory/identity.jsonnet", config -> password(config)
                        .put("body", inline("function(ctx) { identity: ctx.identity, plan: ctx.identity.metadata_admin.plan }"))),
                hook("password.body", "one without an ID", "identity_id", config -> password(config)
                        .put("body", inline("function(ctx) { traits: ctx.identity.traits }"))),
                hook("selfservice.flows", "another file", "identity-config", ObjectNode::removeAll));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("hooks")
    void eachMistakeInTheHooksIsFound(String place, String what, String remedy, Consumer<ObjectNode> plant) throws Exception {
        Finding found = one(doctor.report(List.of(kratos(plant)), null), place, remedy);
        assertThat(found.toString()).doesNotContain(SECRET).doesNotContain("somebody-else");
        Path project = kratos(plant);
        ObjectNode whole = json.createObjectNode();
        whole.withObject("/services/identity").set("config", new YAMLMapper().readTree(project.toFile()));
        if (!place.equals("selfservice.flows")) {
            one(doctor.report(List.of(Files.writeString(project, whole.toString())), null), place, remedy);
        }
    }

    /** Kratos conceals only known secrets in its log. */
    @Test
    void aSecretThatKratosLogsIsFound() throws Exception {
        one(doctor.report(List.of(kratos(config -> password(config).putObject("auth").put("type", "api_key")
                .putObject("config").put("in", "header").put("name", "X-Webhook-Secret").put("value", SECRET))), null),
                "password.auth", "basic_auth");
    }

    /** {@code kratos serve -c kratos.yml -c hooks.yml}, as ory/README.md has it. */
    @Test
    void severalFilesAreReadAsKratosDoes() throws Exception {
        Path own = Files.writeString(folder.resolve("own.yml"), """
                selfservice: {flows: {verification: {enabled: true, after: {hooks: [{hook: elsewhere}]}}}}
                """);
        Path hooks = kratos(config -> config.withObject("/selfservice/flows/verification").remove("enabled"));
        assertThat(doctor.report(List.of(own, hooks), null).findings()).isEmpty();
        one(doctor.report(List.of(hooks, own), null), "kratos.yml + own.yml: selfservice.flows.verification.after", "network.sh");
    }

    static Stream<Arguments> ways() {
        return Stream.of(
                arguments("nobody", 0, "", "proxy"),
                arguments("a redirect", 301, "", "into the hooks"),
                arguments("an app with another secret", 401, "", "same secret"),
                arguments("an app that can't", 503, "", "health"),
                arguments("a web server", 404, "<html/>", "port 8080"),
                arguments("a web server that takes all", 200, "{}", "port 8080"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ways")
    void mistakesBetweenOryAndTheAppAreFound(String what, int status, String body, String remedy) throws Exception {
        String url = PROXY.baseUrl();
        PROXY.stubFor(WireMock.any(WireMock.anyUrl()).willReturn(WireMock.aResponse().withStatus(status)
                .withHeader("Location", "https://elsewhere.example.org/").withBody(body)));
        if (status == 0) {
            PROXY.stop();
        }
        one(doctor.report(List.of(), url), url, remedy);
    }

    @Test
    void atTheStartOneLineReportsThatAllIsWell(CapturedOutput output) {
        atTheStart();
        assertThat(lines(output)).singleElement().asString().contains("INFO").contains("nothing wrong");
        assertThat(SALESFORCE.calls().where(call -> call.kind().isData())).as("what application.yaml says it takes").hasSize(3);
        assertThat(ORY.calls()).hasSize(1);
    }

    @Test
    void atTheStartEachFindingIsALine(CapturedOutput output) throws Exception {
        SALESFORCE.org().company("DefaultLeadAccess", "None");
        SALESFORCE.org().usage().limit(5000);
        ORY.requireKey("another");
        List<Finding> findings = doctor.report(List.of(), null).findings();
        assertThat(findings).hasSize(3);
        atTheStart();
        assertThat(lines(output)).hasSize(3).zipSatisfy(findings, (line, finding) -> assertThat(line).contains("WARN")
                .contains(finding.place() + ": " + finding.message() + " " + finding.why() + " Fix: " + finding.remedy()));
        assertThat(health().path("components").path("deliveryPause").path("status").asText()).isEqualTo("UP");
    }

    static Stream<Arguments> outages() {
        return Stream.of(arguments("gone", (Consumer<SalesforceSandbox>) SalesforceSandbox::unplug),
                arguments("down", (Consumer<SalesforceSandbox>) salesforce -> salesforce.faults().start(Fault.unavailable())));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("outages")
    void atTheStartAnOutageIsALineAndNoMore(String what, Consumer<SalesforceSandbox> plant, CapturedOutput output) {
        plant.accept(SALESFORCE);
        atTheStart();
        assertThat(lines(output)).singleElement().asString().contains("INFO").contains("Salesforce can't be reached")
                .contains(" doctor");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void atTheStartARejectedLoginIsAFinding(boolean afterAnExpiredToken, CapturedOutput output) {
        if (afterAnExpiredToken) {
            login.look();
            SALESFORCE.org().expireTokens();
        }
        SALESFORCE.faults().start(Fault.loginRefused());
        atTheStart();
        assertThat(lines(output)).singleElement().asString().contains("WARN").contains("Salesforce login: ")
                .contains("SALESFORCE_CLIENT_ID").doesNotContain("sandbox-secret");
    }

    /** An operator who first starts it with the login of another org may correct that. */
    @Test
    void aCheckDoesNotBindTheLedgerToAnOrg() {
        sql.update("delete from belongings where name = 'org'");
        atTheStart();
        assertThat(sql.queryForList("select value from belongings where name = 'org'")).isEmpty();
    }

    private void atTheStart() {
        camel.createFluentProducerTemplate().to("direct:doctor.log").send();
    }

    private static List<String> lines(CapturedOutput output) {
        return output.getOut().lines().filter(line -> line.contains(" doctor.log") && line.contains("et-up")).toList();
    }

    private static Finding one(DoctorReport report, String place, String remedy) {
        assertThat(report.findings()).hasSize(1).allSatisfy(finding -> {
            assertThat(finding.place()).endsWith(place);
            assertThat(finding.severity()).isIn("error", "warning");
            assertThat(finding.message()).isNotBlank().doesNotContain("null");
            assertThat(finding.why()).isNotBlank().doesNotContain("null");
            assertThat(finding.remedy()).contains(remedy).doesNotContain("null");
        });
        return report.findings().get(0);
    }

    /** The file of ory/ with the app's secret, after the change. */
    private Path kratos(Consumer<ObjectNode> change) throws Exception {
        String kit = Files.readString(Path.of("ory/kratos.yml")).replace("the-first-of-ORY_WEBHOOK_SECRET", SECRET)
                .replace("file:///etc/kratos/identity.jsonnet", Path.of("ory/identity.jsonnet").toAbsolutePath().toUri().toString());
        ObjectNode config = json.valueToTree(new Yaml().load(kit));
        config.withObject("/selfservice/flows/verification").put("enabled", true);
        change.accept(config);
        return Files.writeString(folder.resolve("kratos.yml"), new YAMLMapper().writeValueAsString(config));
    }

    private static String inline(String template) {
        return "base64://" + Base64.getEncoder().encodeToString(template.getBytes(StandardCharsets.UTF_8));
    }

    private static ObjectNode password(ObjectNode config) {
        return (ObjectNode) config.at("/selfservice/flows/registration/after/password/hooks/0/config");
    }

    private static Arguments planted(String place, String what, String remedy, Consumer<SalesforceSandbox> plant) {
        return arguments(place, what, remedy, (Consumer<DoctorTest>) test -> plant.accept(SALESFORCE));
    }

    private static Arguments org(String place, String what, String remedy, Consumer<Org> plant) {
        return planted(place, what, remedy, salesforce -> plant.accept(salesforce.org()));
    }

    private static Arguments ory(String place, String what, String remedy, Consumer<OryAdminSandbox> plant) {
        return arguments(place, what, remedy, (Consumer<DoctorTest>) test -> plant.accept(ORY));
    }

    private static Arguments hook(String place, String what, String remedy, Consumer<ObjectNode> plant) {
        return arguments(place, what, remedy, plant);
    }
}
