package dev.orysalesforce.sandbox;

/** Runs the sandbox on its own, for running the app by hand against it. */
public final class SandboxServer {
    private static final int DEFAULT_PORT = 8089;
    private static final int KEPT = 20_000;

    private SandboxServer() {
    }

    /** @param args the port, 8089 when there is none */
    public static void main(String[] args) {
        SalesforceSandbox sandbox = SalesforceSandbox.start(args.length > 0 ? Integer.parseInt(args[0]) : DEFAULT_PORT);
        sandbox.writes().keepAtMost(KEPT);
        sandbox.calls().keepAtMost(KEPT);
        System.out.printf("""
                Salesforce sandbox: %1$s
                Look at it:    open %1$s/
                Take it down:  curl -X POST %1$s/sandbox/faults/down
                Bring it back: curl -X POST %1$s/sandbox/faults/up

                export SALESFORCE_LOGIN_URL=%1$s
                export SALESFORCE_CLIENT_ID=%2$s
                export SALESFORCE_CLIENT_SECRET=%3$s
                """, sandbox.url(), sandbox.clientId(), sandbox.clientSecret());
        Runtime.getRuntime().addShutdownHook(new Thread(sandbox::close));
    }
}
