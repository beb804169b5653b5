package dev.orysalesforce.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orysalesforce.AppTest;
import dev.orysalesforce.check.HookCheck.Result;
import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.mapping.HookTemplate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Templates with the mistakes of published ones. */
@Tag("any-ledger")
class HookCheckTest extends AppTest {

    @Autowired
    private HookCheck hooks;

    @Test
    void theShippedTemplateMakesARecordOfEachFlow() throws IOException {
        Result result = check(Files.readString(Path.of("ory/identity.jsonnet")));
        assertThat(result.findings()).isEmpty();
        assertThat(result.records()).containsOnlyKeys(IdentityChange.FLOWS)
                .allSatisfy((flow, record) -> assertThat(record.path("Email").asText()).as(flow).contains("@"));
    }

    @Test
    void aFlatTemplateOfTheDocumentationIsGood() throws IOException {
        Result result = check("function(ctx) { identity_id: ctx.identity.id, email: ctx.identity.traits.email }");
        assertThat(result.findings()).isEmpty();
        assertThat(result.records().get("registration").path("onCreate").path("LastName").asText()).isEqualTo("Ada.Lovelace");
    }

    @Test
    void oneThatIsNoFunctionOfTheContext() throws IOException {
        assertThat(check("{ identity: std.extVar('ctx').identity }").findings()).isNotEmpty()
                .allSatisfy(finding -> assertThat(finding.message()).startsWith("It can't be rendered"))
                .anySatisfy(finding -> assertThat(finding.severity()).isEqualTo("error"));
    }

    @Test
    void oneThatReadsWhatNoContextHas() throws IOException {
        Result result = check("function(ctx) {\n  identity_id: ctx.identity.id,\n  plan: ctx.identity.metadata_admin.plan\n}");
        assertThat(result.findings()).anySatisfy(finding -> {
            assertThat(finding.severity()).isEqualTo("error");
            assertThat(finding.place()).isEqualTo("hook.jsonnet:3");
            assertThat(finding.message()).contains("reads .metadata_admin").contains("all traits").doesNotContain("In:");
        });
    }

    @Test
    void oneThatReadsWhatTheFormAndTheOperatorAdd() throws IOException {
        assertThat(check("function(ctx) { identity: ctx.identity, plan: ctx.identity.metadata_public.plan,\n"
                + "  utm: if 'transient_payload' in ctx.flow then ctx.flow.transient_payload.utm.source }").findings())
                .singleElement().satisfies(finding -> {
                    assertThat(finding.severity()).as("an identity without metadata").isEqualTo("warning");
                    assertThat(finding.place()).isEqualTo("hook.jsonnet:1");
                });
    }

    @Test
    void oneThatReadsWhatSomeFlowsLack() throws IOException {
        Result result = check("function(ctx) { identity: ctx.identity, transient_payload: ctx.flow.transient_payload }");
        assertThat(result.findings()).anySatisfy(finding -> {
            assertThat(finding.severity()).isEqualTo("error");
            assertThat(finding.message()).contains("reads .transient_payload").contains("In: settings");
        });
        assertThat(check("function(ctx) { identity: ctx.session.identity }").findings())
                .anySatisfy(finding -> assertThat(finding.message()).contains("registration"));
    }

    @Test
    void oneThatReadsAnOptionalTrait() throws IOException {
        Result result = check("function(ctx) { identity_id: ctx.identity.id, email: ctx.identity.traits.email,\n"
                + "  first_name: ctx.identity.traits.name.first, company: ctx.identity.traits.organization.label }");
        assertThat(result.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo("warning");
            assertThat(finding.place()).isEqualTo("hook.jsonnet:2");
            assertThat(finding.message()).contains("no other trait");
            assertThat(finding.remedy()).contains("std.objectHas");
        });
        assertThat(result.records().get("login").path("LastName").asText()).isEqualTo("Ada");
    }

    @Test
    void oneWithoutAnId() throws IOException {
        assertThat(check("function(ctx) { email: ctx.identity.traits.email }").findings()).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo("error");
            assertThat(finding.message()).contains("No identity");
            assertThat(finding.remedy()).contains("identity_id");
        });
    }

    @Test
    void oneWithAnIdAloneNeedsTheAdminApi() throws IOException {
        assertThat(check(Files.readString(Path.of("ory/identity-thin.jsonnet"))).findings())
                .anySatisfy(finding -> assertThat(finding.message()).contains("ORY_ADMIN_URL"));
    }

    @Test
    void oneThatSendsEverything() throws IOException {
        Result result = check("function(ctx) ctx");
        assertThat(result.findings()).isNotEmpty().allSatisfy(finding -> assertThat(finding.severity()).isEqualTo("warning"))
                .anySatisfy(finding -> assertThat(finding.message()).contains("request_cookies"));
        assertThat(result.records().get("recovery").path("LastName").asText()).isEqualTo("King");
    }

    @Test
    void oneWithoutTheAddress() throws IOException {
        assertThat(check("function(ctx) { identity_id: ctx.identity.id, name: ctx.identity.traits.name }").findings())
                .anySatisfy(finding -> assertThat(finding.message()).contains("no Email"));
    }

    @Test
    void oneThatIsNoJsonnet() throws IOException {
        assertThat(check("function(ctx) { identity: ctx.identity").findings())
                .anySatisfy(finding -> assertThat(finding.message()).contains("can't be rendered"));
    }

    private Result check(String template) throws IOException {
        return hooks.check(new HookTemplate("hook.jsonnet", template), IdentityChange.FLOWS);
    }
}
