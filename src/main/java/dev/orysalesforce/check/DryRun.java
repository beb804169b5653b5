package dev.orysalesforce.check;

import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.reconcile.OryAdmin;
import dev.orysalesforce.reconcile.OryPage;
import dev.orysalesforce.reconcile.ReconcileBackoff;
import dev.orysalesforce.reconcile.RunFailedException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.camel.Body;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Header;
import org.apache.camel.Headers;
import org.apache.camel.ProducerTemplate;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/** Reads all identities at Ory once, and writes nothing. */
@Component("dryRun")
public class DryRun {

    private static final String PAGE = "page_size=500";

    private final ProducerTemplate camel;
    private final ReconcileBackoff backoff;
    private final OryAdmin ory;
    private OryPage page;
    private long seen;

    DryRun(@Lazy ProducerTemplate camel, ReconcileBackoff backoff, OryAdmin ory) {
        this.camel = camel;
        this.backoff = backoff;
        this.ory = ory;
    }

    /**
     * @param route the route that processes each page's query
     * @param progress called after each page, with the reason for a wait, or null
     * @throws RunFailedException if the Admin API gives no list of identities; its message is for people
     */
    public void run(String route, Consumer<String> progress) {
        String token = null;
        do {
            readPage(token == null ? PAGE : PAGE + "&page_token=" + URLEncoder.encode(token, StandardCharsets.UTF_8),
                    route, progress);
            if (page.token() != null && page.token().equals(token)) {
                throw new RunFailedException("Ory's Admin API leads from a page to itself.");
            }
            token = page.token();
            progress.accept(null);
        } while (token != null);
    }

    private void readPage(String query, String route, Consumer<String> progress) {
        while (true) {
            try {
                camel.requestBody(route, query);
                backoff.over();
                return;
            } catch (CamelExecutionException e) {
                if (backoff.isEnd(e)) {
                    throw new RunFailedException(backoff.reason());
                }
                while (backoff.isPausing()) {
                    progress.accept(backoff.reason());
                    pause();
                }
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(200);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RunFailedException("Interrupted. Nothing was written.");
        }
    }

    /** Processes an answer of Ory's Admin API. */
    public Collection<IdentityChange> listed(@Header("CamelHttpResponseCode") int status,
            @Headers Map<String, Object> headers, @Body byte[] body) {
        page = ory.read(status, headers, body);
        seen += page.identities().size();
        return page.identities().values();
    }

    public long seen() {
        return seen;
    }
}
