package dev.orysalesforce.salesforce;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.client.Request;
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
class LimitInfo implements Request.QueuedListener {

    private static final Pattern USAGE = Pattern.compile("api-usage=(\\d{1,18})/(\\d{1,18})");

    private final CallBudget budget;

    LimitInfo(CallBudget budget) {
        this.budget = budget;
    }

    @Override
    public void onQueued(Request request) {
        request.onResponseHeaders(this::read);
    }

    private void read(Response response) {
        Matcher info = USAGE.matcher(String.valueOf(response.getHeaders().get("Sforce-Limit-Info"))); // in any case
        if (info.find()) {
            budget.recordUsage(Long.parseLong(info.group(1)), Long.parseLong(info.group(2)));
        }
    }
}
