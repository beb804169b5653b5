package dev.orysalesforce.sandbox.ory;

import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.extension.ResponseDefinitionTransformerV2;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.http.HttpHeader;
import com.github.tomakehurst.wiremock.http.Request;
import com.github.tomakehurst.wiremock.http.ResponseDefinition;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import dev.orysalesforce.sandbox.ory.OryAdminApi.Reply;
import dev.orysalesforce.sandbox.ory.OryAdminApi.Settings;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ory's Admin API for tests, as unfriendly as the real one. It starts as a self-hosted Kratos: no key, no rate limit,
 * relative links.
 *
 * <pre>{@code
 * try (OryAdminSandbox ory = OryAdminSandbox.start()) {
 *     ory.project().add(id, Map.of("email", "ada@example.org"));
 *     ory.fail(OryFault.rateLimited(1).after(2).times(3));
 *     …
 *     ory.calls();
 * }
 * }</pre>
 */
public final class OryAdminSandbox implements AutoCloseable {
    private static final String NAME = "ory-admin-sandbox";
    private static final int THREADS = 64;
    private static final int LONGEST_HEAD = 64 * 1024;

    private final OryAdminApi api = new OryAdminApi();
    private final OryProject project = new OryProject();
    private final List<OryCall> calls = new ArrayList<>();
    private final List<OryCall> foreignCalls = new ArrayList<>();
    private final List<Active> faults = new ArrayList<>();
    private final WireMockServer foreignHost = new WireMockServer(options(0, this::foreign));
    private WireMockServer server;
    private int port;
    private String key;
    private volatile boolean lowerCaseNames;
    private Settings settings = new Settings(project, false, false);
    private Limit limit;

    private static final class Active {
        private final OryFault fault;
        private final CountDownLatch stopped = new CountDownLatch(1);
        private int skipped;
        private int left;

        private Active(OryFault fault) {
            this.fault = fault;
            this.skipped = fault.skipped();
            this.left = fault.times();
        }

        private boolean hits() {
            if (skipped > 0) {
                skipped--;
                return false;
            }
            if (left > 0) {
                left--;
                return true;
            }
            return left < 0;
        }
    }

    private static final class Limit {
        private final int most;
        private final Duration window;
        private Instant started = Instant.EPOCH;
        private int used;

        private Limit(int most, Duration window) {
            this.most = most;
            this.window = window;
        }
    }

    private interface Answering {
        ResponseDefinition answer(Request request);
    }

    private OryAdminSandbox(int port) {
        this.port = port;
    }

    /** Starts on a free port of 127.0.0.1. */
    public static OryAdminSandbox start() {
        return start(0);
    }

    /** Starts on a port of 127.0.0.1; 0 for a free one. */
    public static OryAdminSandbox start(int port) {
        OryAdminSandbox sandbox = new OryAdminSandbox(port);
        started(sandbox.foreignHost);
        sandbox.plugIn();
        return sandbox;
    }

    /** {@code http://127.0.0.1:PORT}: what belongs into {@code ORY_ADMIN_URL}. */
    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** The project that is there from the start. */
    public OryProject project() {
        return project;
    }

    /** The names of headers as a proxy that speaks HTTP/2 to Ory passes them on. */
    public void lowerCaseHeaderNames() {
        lowerCaseNames = true;
    }

    /** The key that callers need from now on; null for none. */
    public synchronized void requireKey(String key) {
        this.key = key;
    }

    /** Answers from now on for another project, as after a change of the URL. */
    public synchronized void become(OryProject other) {
        settings = new Settings(other, settings.absoluteLinks(), settings.obscureTokens());
    }

    /** Links say the host, too, as those in Ory's documentation do. */
    public synchronized void absoluteLinks() {
        settings = new Settings(settings.project(), true, settings.obscureTokens());
    }

    /** Page tokens are not IDs as of today but Base64, which has to be encoded in a URL. */
    public synchronized void obscureTokens() {
        settings = new Settings(settings.project(), settings.absoluteLinks(), true);
    }

    /** As at Ory Network: rate limit headers on every answer, and 429 for more than {@code most} calls a window. */
    public synchronized void limitRate(int most, Duration window) {
        limit = new Limit(most, window);
    }

    /** Switches a fault on. Delays add up; of other faults, the first one that fits a call hits it. */
    public synchronized void fail(OryFault fault) {
        faults.add(new Active(fault));
    }

    /** Everything works again; calls that hang are let go. */
    public synchronized void recover() {
        faults.forEach(fault -> fault.stopped.countDown());
        faults.clear();
    }

    /** Calls in the order of arrival, those that failed or hang included. */
    public synchronized List<OryCall> calls() {
        return List.copyOf(calls);
    }

    /** Calls that went to the host behind {@link OryFault#foreignLink}. */
    public synchronized List<OryCall> foreignCalls() {
        return List.copyOf(foreignCalls);
    }

    /** Stops listening: connections are refused until {@link #plugIn}. */
    public synchronized void unplug() {
        if (server != null) {
            server.stop();
            server = null;
        }
    }

    /** Listens again, on the same port. */
    public synchronized void plugIn() {
        if (server == null) {
            server = started(new WireMockServer(options(port, this::answer)));
            port = server.port();
        }
    }

    /** A self-hosted Kratos without identities; no faults, no calls. */
    public void reset() {
        recover();
        plugIn();
        synchronized (this) {
            project.clear();
            settings = new Settings(project, false, false);
            key = null;
            limit = null;
            lowerCaseNames = false;
            calls.clear();
            foreignCalls.clear();
        }
    }

    @Override
    public void close() {
        recover();
        unplug();
        foreignHost.stop();
    }

    private ResponseDefinition answer(Request request) {
        OryCall call;
        Settings now;
        Reply refused;
        List<Active> hits = new ArrayList<>();
        Active spoiling = null;
        synchronized (this) {
            call = call(calls.size() + 1, request);
            calls.add(call);
            now = settings;
            for (Active active : faults) {
                boolean slow = active.fault.kind() == OryFault.Kind.SLOW;
                if ((slow || spoiling == null) && active.hits()) {
                    hits.add(active);
                    spoiling = slow ? spoiling : active;
                }
            }
            refused = refusal(call);
        }
        hits.forEach(OryAdminSandbox::waitOut);
        OryFault fault = spoiling == null ? null : spoiling.fault;
        if (fault != null && (fault.kind() == OryFault.Kind.HANG || fault.kind() == OryFault.Kind.RESET)) {
            return new ResponseDefinitionBuilder().withFault(Fault.CONNECTION_RESET_BY_PEER).build();
        }
        Reply reply = refused != null ? refused : api.answer(call, now, url());
        return response(withLimit(fault == null ? reply : spoilt(fault, reply, call)));
    }

    private Reply refusal(OryCall call) {
        if (key != null && !("Bearer " + key).equals(call.header("Authorization"))) {
            return OryAdminApi.unauthorized();
        }
        if (limit != null) {
            Instant now = Instant.now();
            if (!now.isBefore(limit.started.plus(limit.window))) {
                limit.started = now;
                limit.used = 0;
            }
            if (++limit.used > limit.most) {
                return OryAdminApi.tooMany();
            }
        }
        return null;
    }

    private synchronized Reply withLimit(Reply reply) {
        if (limit == null || reply.headers().containsKey("x-ratelimit-reset")) {
            return reply;
        }
        long left = Duration.between(Instant.now(), limit.started.plus(limit.window)).toMillis();
        return limited(reply, limit.most, limit.window.toSeconds(), Math.max(0, limit.most - limit.used),
                Math.max(0, (left + 999) / 1000));
    }

    private Reply spoilt(OryFault fault, Reply reply, OryCall call) {
        return switch (fault.kind()) {
            case EMPTY_LIST -> call.path().equals("/admin/identities") ? OryAdminApi.empty() : reply;
            case UNAUTHORIZED -> OryAdminApi.unauthorized();
            case RATE_LIMITED -> limited(OryAdminApi.tooMany(), 10, 1, 0, fault.seconds());
            case RETRY_AFTER -> OryAdminApi.tooMany().with("Retry-After", String.valueOf(fault.seconds()));
            case SERVER_ERROR -> OryAdminApi.serverError();
            case HTML -> OryAdminApi.html();
            case TRUNCATED -> reply.withBody(reply.body().substring(0, reply.body().length() / 2));
            case FOREIGN_LINK -> reply.with("Link", "<http://localhost:" + foreignHost.port()
                    + "/admin/identities?page_size=500&page_token=10000000-0000-0000-0000-000000000000>; rel=\"next\"");
            case REDIRECT -> new Reply(307, "text/plain", "Moved", Map.of()).with("Location",
                    "http://localhost:" + foreignHost.port() + call.target());
            case LOOPING_LINK -> reply.with("Link", "<" + call.target() + ">; rel=\"next\"");
            case HANG, SLOW, RESET -> reply;
        };
    }

    /** "x-ratelimit-reset: number of seconds until the rate limit window resets" (Ory, Rate limits). */
    private static Reply limited(Reply reply, int most, long window, int remaining, long reset) {
        return reply.with("x-ratelimit-limit", most + ", " + most + ";w=" + window)
                .with("x-ratelimit-remaining", String.valueOf(remaining))
                .with("x-ratelimit-reset", String.valueOf(reset));
    }

    private ResponseDefinition foreign(Request request) {
        synchronized (this) {
            foreignCalls.add(call(foreignCalls.size() + 1, request));
        }
        return response(Reply.json(200, "[]"));
    }

    private ResponseDefinition response(Reply reply) {
        ResponseDefinitionBuilder response = new ResponseDefinitionBuilder().withStatus(reply.status())
                .withHeader("Content-Type", reply.contentType()).withBody(reply.body());
        reply.headers().forEach((name, value) -> response.withHeader(lowerCaseNames ? name.toLowerCase(Locale.ROOT) : name, value));
        return response.build();
    }

    private static void waitOut(Active active) {
        try {
            active.stopped.await(active.fault.delay().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static OryCall call(long number, Request request) {
        Map<String, String> headers = new HashMap<>();
        for (HttpHeader header : request.getHeaders().all()) {
            headers.put(header.key().toLowerCase(Locale.ROOT), String.join(",", header.values()));
        }
        String target = request.getUrl();
        int mark = target.indexOf('?');
        Map<String, List<String>> query = new LinkedHashMap<>();
        for (String pair : (mark < 0 ? "" : target.substring(mark + 1)).split("&")) {
            if (!pair.isEmpty()) {
                String[] parts = pair.split("=", 2);
                query.computeIfAbsent(decoded(parts[0]), name -> new ArrayList<>())
                        .add(parts.length > 1 ? decoded(parts[1]) : "");
            }
        }
        return new OryCall(number, Instant.now(), request.getMethod().getName(), target, query, headers);
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static WireMockConfiguration options(int port, Answering answering) {
        return WireMockConfiguration.options()
                .bindAddress("127.0.0.1")
                .port(port)
                .containerThreads(THREADS)
                .jettyHeaderRequestSize(LONGEST_HEAD)
                .jettyIdleTimeout(600_000L)
                .jettyStopTimeout(50L)
                .disableRequestJournal()
                .stubRequestLoggingDisabled(true)
                .gzipDisabled(true)
                .extensions(new ResponseDefinitionTransformerV2() {
                    @Override
                    public String getName() {
                        return NAME;
                    }

                    @Override
                    public boolean applyGlobally() {
                        return false;
                    }

                    @Override
                    public ResponseDefinition transform(ServeEvent event) {
                        return answering.answer(event.getRequest());
                    }
                });
    }

    private static WireMockServer started(WireMockServer server) {
        server.stubFor(any(anyUrl()).willReturn(ok().withTransformers(NAME)));
        server.start();
        return server;
    }
}
