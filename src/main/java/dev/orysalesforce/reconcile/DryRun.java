package dev.orysalesforce.reconcile;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.journal.IdentityChange;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Header;
import org.apache.camel.Headers;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.util.ObjectHelper;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/** Goes through all identities at Ory once, and writes nothing. */
@Component("dryRun")
public class DryRun {

    private static final String PAGE = "page_size=500";

    private final ProducerTemplate camel;
    private final ObjectMapper json;
    private OryPage page;
    private long seen;

    DryRun(@Lazy ProducerTemplate camel, ObjectMapper json) {
        this.camel = camel;
        this.json = json;
    }

    /**
     * @param progress called after each page
     * @throws RunFailedException if the Admin API gives no list of identities; its message is for people
     */
    public void run(Runnable progress) {
        String token = null;
        do {
            readPage(token == null ? PAGE : PAGE + "&page_token=" + URLEncoder.encode(token, StandardCharsets.UTF_8));
            if (page.token() != null && page.token().equals(token)) {
                throw new RunFailedException("Ory's Admin API leads from a page to itself.");
            }
            token = page.token();
            progress.run();
        } while (token != null);
    }

    private void readPage(String query) {
        while (true) {
            try {
                camel.requestBody("direct:dry-run.page", query);
                return;
            } catch (CamelExecutionException e) {
                NotNowException later = ObjectHelper.getException(NotNowException.class, e);
                if (later == null) {
                    throw e;
                }
                pause(later);
            }
        }
    }

    private static void pause(NotNowException later) {
        try {
            Thread.sleep(later.pause() == null ? 5_000 : Math.max(1_000, later.pause().toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw later;
        }
    }

    /** What the route was answered. */
    public Collection<IdentityChange> listed(@Header("CamelHttpResponseCode") int status,
            @Headers Map<String, Object> headers, @Body byte[] body) {
        page = OryPage.read(status, headers, body, json);
        seen += page.identities().size();
        return page.identities().values();
    }

    public long seen() {
        return seen;
    }
}
