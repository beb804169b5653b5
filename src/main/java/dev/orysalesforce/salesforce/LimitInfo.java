package dev.orysalesforce.salesforce;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.eclipse.jetty.client.Response;
import org.springframework.stereotype.Component;

/**
 * Reads the org's calls of the last 24 hours, which Salesforce sends with each answer. camel-salesforce passes the header on only
 * if its name is spelled as Salesforce spells it, which a proxy may change; HTTP/2 has lower case only.
 *
 * @see <a href="https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_api_usage.htm"> Limit info
 *     header</a>
 */
@Component
class LimitInfo implements CamelContextConfiguration {

    private static final Pattern USAGE = Pattern.compile("api-usage=(\\d{1,18})/(\\d{1,18})");

    private final CamelSalesforce salesforce;
    private final CallBudget budget;

    LimitInfo(CamelSalesforce salesforce, CallBudget budget) {
        this.salesforce = salesforce;
        this.budget = budget;
    }

    @Override
    public void beforeApplicationStart(CamelContext camel) {
        // the client exists once the component has started
    }

    @Override
    public void afterApplicationStart(CamelContext camel) {
        salesforce.onRequest(request -> request.onResponseHeaders(this::read));
    }

    private void read(Response response) {
        Matcher info = USAGE.matcher(String.valueOf(response.getHeaders().get("Sforce-Limit-Info"))); // in any case
        if (info.find()) {
            budget.recordUsage(Long.parseLong(info.group(1)), Long.parseLong(info.group(2)));
        }
    }
}
