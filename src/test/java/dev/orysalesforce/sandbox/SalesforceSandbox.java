package dev.orysalesforce.sandbox;

import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;

/**
 * Salesforce for tests and the demo: an HTTP server with an org behind it, as unfriendly as the real one.
 *
 * <pre>{@code
 * try (SalesforceSandbox salesforce = SalesforceSandbox.start()) {
 *     salesforce.faults().start(Fault.unavailable().times(3));
 *     …
 *     salesforce.org().byIdentity(id);
 *     salesforce.org().writes().ofIdentity(id);
 * }
 * }</pre>
 */
public final class SalesforceSandbox implements AutoCloseable {
    private static final int THREADS = 256;
    private static final int LONGEST_HEAD = 256 * 1024;

    private final Org org = new Org();
    private final Faults faults = new Faults();
    private final CallLog calls = new CallLog();
    private final SandboxExtension extension;
    private WireMockServer server;
    private int port;

    private SalesforceSandbox(int port) {
        this.port = port;
        RestApi api = new RestApi(org, faults, calls, this::url);
        this.extension = new SandboxExtension(new Switchboard(org, faults, calls, api),
                new SandboxPage(org, faults, calls));
    }

    /** Starts on a free port of 127.0.0.1. */
    public static SalesforceSandbox start() {
        return start(0);
    }

    /** Starts on a port of 127.0.0.1; 0 for a free one. */
    public static SalesforceSandbox start(int port) {
        SalesforceSandbox sandbox = new SalesforceSandbox(port);
        sandbox.plugIn();
        return sandbox;
    }

    /** {@code http://127.0.0.1:PORT}: login URL and instance URL. */
    public String url() {
        return "http://127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    public String clientId() {
        return org.sessions().clientId();
    }

    public String clientSecret() {
        return org.sessions().clientSecret();
    }

    /** The org's records and set-up. */
    public Org org() {
        return org;
    }

    /** Rows that calls wrote, in the order of commit. */
    public WriteLog writes() {
        return org.writes();
    }

    /** What goes wrong. */
    public Faults faults() {
        return faults;
    }

    /** Calls that arrived. */
    public CallLog calls() {
        return calls;
    }

    /** Stops listening: connections are refused until {@link #plugIn}. The org keeps everything. */
    public synchronized void unplug() {
        if (server != null) {
            server.stop();
            server = null;
        }
    }

    /** Listens again, on the same port. */
    public synchronized void plugIn() {
        if (server == null) {
            WireMockServer started = new WireMockServer(WireMockConfiguration.options()
                    .bindAddress("127.0.0.1")
                    .port(port)
                    .containerThreads(THREADS)
                    .jettyHeaderRequestSize(LONGEST_HEAD)
                    .jettyIdleTimeout(600_000L)
                    .jettyStopTimeout(50L)
                    .disableRequestJournal()
                    .stubRequestLoggingDisabled(true)
                    .gzipDisabled(true)
                    .extensions(extension));
            started.stubFor(any(anyUrl()).willReturn(ok().withTransformers(extension.getName())));
            started.start();
            port = started.port();
            server = started;
        }
    }

    /** A new org, no faults, empty logs. Tokens stay valid, so that a running app need not notice. */
    public void reset() {
        faults.clear();
        plugIn();
        org.reset();
        calls.clear();
    }

    @Override
    public void close() {
        faults.clear();
        unplug();
    }
}
