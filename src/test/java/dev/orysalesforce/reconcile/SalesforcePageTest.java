package dev.orysalesforce.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.reconcile.ReconcileRun.Phase;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Where a page begins, and whether it is the last one. */
class SalesforcePageTest {

    private static final String TWO = "\"records\": [{\"Ory_Identity_Id__c\": \"a\"}, {\"Ory_Identity_Id__c\": \"b\"}]}";

    @Test
    void aPageBeginsAfterTheLastKey() {
        assertThat(soql(null)).contains("WHERE Ory_Identity_Id__c >= '0' ORDER BY Ory_Identity_Id__c LIMIT 50");
        assertThat(soql("a'b")).contains("WHERE Ory_Identity_Id__c > 'a\\'b' ORDER BY");
        assertThat(soql("/query/01g5e-2000")).as("a run of the version before").contains(">= '0'");
    }

    @Test
    void onlyAPageWithFewerRecordsThanAskedForIsTheLast() {
        assertThat(next("{\"done\": true, " + TWO, 3)).isNull();
        assertThat(next("{\"done\": true, " + TWO, 2)).isEqualTo("b");
        assertThat(next("{\"done\": false, " + TWO, 3)).as("wide records").isEqualTo("b");
        assertThat(next("{\"done\": true, \"records\": []}", 3)).isNull();
    }

    private static String soql(String position) {
        return URLDecoder.decode(SalesforcePage.query(Phase.LEADS, position, 50), StandardCharsets.UTF_8);
    }

    private static String next(String body, int asked) {
        return SalesforcePage.read(body, asked, "0055e0000000001", new ObjectMapper()).next();
    }
}
