package dev.orysalesforce.faults;

import static org.awaitility.Awaitility.await;

import dev.orysalesforce.ledger.PostgreSqlServer;
import dev.orysalesforce.process.AppProcess;
import dev.orysalesforce.sandbox.ActiveFault;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import org.awaitility.core.ConditionTimeoutException;

/** All faults around an app. */
final class FaultSchedule {

    /** Longer than the app waits for an answer. */
    private static final Duration FOR_EVER = Duration.ofMinutes(5);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** Fewer than sync.retry.attempts: if few events arrive, the same item might be hit until it is a dead letter. */
    private static final int LOCKED_ROWS = 5;

    private FaultSchedule() {}

    static List<ScheduledFault> ofSalesforce(SalesforceSandbox salesforce, Duration tokenLife) {
        List<ScheduledFault> faults = new ArrayList<>();
        Fault hang = Fault.hang(FOR_EVER);
        faults.add(calls(salesforce, "Salesforce hangs", hang));
        faults.add(calls(salesforce, "Salesforce writes, then hangs", hang.withLostAnswer()));
        faults.add(calls(salesforce, "Salesforce resets connections", Fault.reset()));
        faults.add(calls(salesforce, "Salesforce writes, then resets", Fault.reset().on(CallKind::isData).withLostAnswer()));
        faults.add(calls(salesforce, "garbage for an answer", Fault.garbage().withNothingWritten()));
        faults.add(calls(salesforce, "Salesforce writes, garbage for an answer", Fault.garbage()));
        faults.add(calls(salesforce, "half an answer, then the end of the connection", Fault.truncated()));
        faults.add(calls(salesforce, "half of the JSON", Fault.halfJson()));
        faults.add(calls(salesforce, "an empty answer", Fault.emptyBody()));
        faults.add(calls(salesforce, "503", Fault.unavailable()));
        faults.add(calls(salesforce, "503 with Retry-After", Fault.unavailable(1)));
        faults.add(calls(salesforce, "500 UNKNOWN_EXCEPTION", Fault.unknownException()));
        faults.add(calls(salesforce, "403 REQUEST_LIMIT_EXCEEDED", Fault.dailyLimitExceeded()));
        faults.add(calls(salesforce, "answers after 700 ms", Fault.latency(Duration.ofMillis(700))));
        faults.add(new ScheduledFault("login 503, token revoked", "calls", () -> {
            ActiveFault fault = salesforce.faults().start(Fault.loginUnavailable());
            salesforce.org().expireTokens();
            return onceItHasHit(fault);
        }));
        faults.add(new ScheduledFault("token revoked every %.1f s".formatted(tokenLife.toMillis() / 1000.0), "tokens", () -> {
            ScheduledExecutorService revokes = Executors.newSingleThreadScheduledExecutor();
            AtomicLong revoked = new AtomicLong();
            revokes.scheduleAtFixedRate(() -> {
                salesforce.org().expireTokens();
                revoked.incrementAndGet();
            }, 0, tokenLife.toMillis(), TimeUnit.MILLISECONDS);
            return () -> {
                revokes.shutdownNow();
                return revoked.get();
            };
        }));
        faults.add(new ScheduledFault("connections refused", "outages", () -> {
            salesforce.unplug();
            return () -> {
                salesforce.plugIn();
                return 1;
            };
        }));
        faults.add(new ScheduledFault("rows locked by another program", "rows", () -> {
            AtomicInteger left = new AtomicInteger(LOCKED_ROWS);
            salesforce.faults().lockRows(row -> row.identity() != null && row.identity().hashCode() % 5 == 0
                    && left.getAndUpdate(rows -> Math.max(0, rows - 1)) > 0, -1);
            return () -> {
                awaitHit(() -> LOCKED_ROWS - left.get());
                return LOCKED_ROWS - left.getAndSet(0); // none is left for later faults
            };
        }));
        return faults;
    }

    static List<ScheduledFault> ofTheReceiver(AppProcess app, Load load) {
        return List.of(
                new ScheduledFault("slow-loris: 400 in their headers, 100 in their body", "connections", () -> {
                    SlowLoris loris = new SlowLoris(app.port(), 400, 100);
                    return () -> {
                        loris.close();
                        return loris.connections();
                    };
                }),
                new ScheduledFault("huge headers", "requests", () -> {
                    ScheduledExecutorService sender = Executors.newSingleThreadScheduledExecutor();
                    AtomicLong refused = new AtomicLong();
                    sender.scheduleWithFixedDelay(() -> {
                        int status = app.ory().send(app.ory().request("/webhooks/ory/login").header("X-Webhook-Secret", AppProcess.SECRET)
                                .header("X-Huge", "x".repeat(64 * 1024)).POST(BodyPublishers.ofString("{}")).build()).statusCode();
                        if (status == 400 || status == 431) {
                            refused.incrementAndGet();
                        }
                    }, 0, 20, TimeUnit.MILLISECONDS);
                    return () -> {
                        sender.shutdownNow();
                        return refused.get();
                    };
                }),
                new ScheduledFault("bodies with something wrong in them", "bodies", () -> {
                    long before = load.count("mutated");
                    load.mutate(80);
                    return () -> {
                        load.mutate(Load.USUALLY_MUTATED);
                        return load.count("mutated") - before;
                    };
                }));
    }

    /** Another program locks the file for longer than the app waits for it. */
    static ScheduledFault lockedLedger(Path file) {
        return new ScheduledFault("ledger locked by another program", "outages", () -> {
            Connection other = DriverManager.getConnection("jdbc:sqlite:" + file + "?busy_timeout=5000");
            other.createStatement().execute("begin exclusive");
            return () -> {
                other.createStatement().execute("rollback");
                other.close();
                return 1;
            };
        });
    }

    /** The database crashes and is restarted. */
    static ScheduledFault ledgerGone(PostgreSqlServer database) {
        return new ScheduledFault("ledger's database gone and back", "outages", () -> {
            database.crash();
            return () -> {
                database.startAgain();
                return 1;
            };
        });
    }

    static List<ScheduledFault> ofTheDisk(SmallDisk disk) {
        return List.of(new ScheduledFault("disk of the journal full", "outages", () -> {
            disk.fill();
            return () -> {
                disk.free();
                return 1;
            };
        }));
    }

    /** The machine's clock is set, and corrected again at the end. */
    static List<ScheduledFault> ofTheClock(ShiftedClock clock, SalesforceSandbox salesforce) {
        return List.of(jump(clock, salesforce, "clock jumps an hour ahead, and back", HOUR),
                jump(clock, salesforce, "clock jumps an hour back, and ahead", HOUR.negated()));
    }

    static ScheduledFault kill(FaultScenario scenario) {
        return new ScheduledFault("SIGKILL", "kills", () -> {
            scenario.killAndStart();
            return () -> 1;
        });
    }

    /** During a pause, and with tokens that are revoked meanwhile: both depend on time. */
    private static ScheduledFault jump(ShiftedClock clock, SalesforceSandbox salesforce, String name, Duration by) {
        return new ScheduledFault(name, "jumps", () -> {
            salesforce.faults().start(Fault.unavailable().lasting(Duration.ofSeconds(1)));
            clock.shift(by);
            ScheduledExecutorService revokes = Executors.newSingleThreadScheduledExecutor();
            revokes.scheduleAtFixedRate(salesforce.org()::expireTokens, 0, 500, TimeUnit.MILLISECONDS);
            return () -> {
                revokes.shutdownNow();
                clock.shift(Duration.ZERO);
                return 2;
            };
        });
    }

    private static ScheduledFault calls(SalesforceSandbox salesforce, String name, Fault fault) {
        return new ScheduledFault(name, "calls", () -> onceItHasHit(salesforce.faults().start(fault)));
    }

    private static ScheduledFault.Ending onceItHasHit(ActiveFault fault) {
        return () -> {
            awaitHit(fault::hits);
            fault.stop();
            return fault.hits();
        };
    }

    /**
     * The app may pause for another reason, or be slow on a busy machine. The caller sees from the number of hits if there
     * was none.
     */
    private static void awaitHit(IntSupplier hits) {
        try {
            await().atMost(PATIENCE).until(() -> hits.getAsInt() > 0);
        } catch (ConditionTimeoutException e) {
            // then there was no hit
        }
    }
}
