package dev.orysalesforce.check;

import dev.orysalesforce.reconcile.OryPage;
import dev.orysalesforce.reconcile.ReconcileBackoff;
import dev.orysalesforce.reconcile.RunFailedException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.util.ObjectHelper;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.stereotype.Component;

/** Reads all identities at Ory once, or a few of them, and writes nothing. Each run is an object of its own. */
@Component
@Scope(BeanDefinition.SCOPE_PROTOTYPE)
public class DryRun {

    private static final String PAGE = "page_size=500";

    private final ProducerTemplate camel;
    private final ReconcileBackoff backoff;
    private volatile long seen;

    DryRun(@Lazy ProducerTemplate camel, ReconcileBackoff backoff) {
        this.camel = camel;
        this.backoff = backoff;
    }

    /**
     * Waits if Ory does not answer.
     *
     * @param route the route that processes each page's query
     * @param properties of each exchange with the route
     * @param progress called after each page, and during a wait with its reason, else with null; what it throws ends the run
     * @throws RunFailedException if the Admin API gives no list of identities; its message is for people
     */
    public void run(String route, Map<String, Object> properties, Consumer<String> progress) {
        String token = null;
        do {
            OryPage page = page(token == null ? PAGE : PAGE + "&page_token=" + URLEncoder.encode(token, StandardCharsets.UTF_8),
                    route, properties, progress);
            if (page.token() != null && page.token().equals(token)) {
                throw new RunFailedException("Ory's Admin API leads from a page to itself.");
            }
            seen += page.identities().size();
            token = page.token();
            progress.accept(null);
        } while (token != null);
    }

    /**
     * The same for a few identities, without a wait.
     *
     * @param identities at most 500 IDs
     * @throws RunFailedException if Ory does not answer, or not with identities; its message is for people
     */
    public void run(String route, Map<String, Object> properties, Collection<String> identities) {
        String query = PAGE + identities.stream().map(id -> "&ids=" + id).collect(Collectors.joining());
        page(query, route, properties, waitsFor -> {
            throw new RunFailedException(waitsFor);
        });
    }

    private OryPage page(String query, String route, Map<String, Object> properties, Consumer<String> progress) {
        while (true) {
            Exchange exchange = camel.request(route, request -> {
                properties.forEach(request::setProperty);
                request.getMessage().setBody(query);
            });
            Exception failure = exchange.getException();
            if (failure == null) {
                backoff.over();
                return exchange.getProperty("page", OryPage.class);
            }
            CancellationException cancelled = ObjectHelper.getException(CancellationException.class, failure);
            if (cancelled != null) {
                throw cancelled;
            }
            if (backoff.isEnd(failure)) {
                throw new RunFailedException(backoff.reason());
            }
            do {
                progress.accept(backoff.reason());
                pause();
            } while (backoff.isPausing());
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

    /** Identities on the pages that have been processed. */
    public long seen() {
        return seen;
    }
}
