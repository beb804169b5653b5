package dev.orysalesforce.bench;

import com.sun.net.httpserver.HttpServer;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import dev.orysalesforce.sandbox.Write;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** The sandbox in a process of its own, told what to do by {@link Sandbox}. */
final class SandboxMain {

    private SandboxMain() {
    }

    /** @param args the sandbox's port, and the one to be told on */
    public static void main(String[] args) throws IOException {
        SalesforceSandbox salesforce = SalesforceSandbox.start(Integer.parseInt(args[0]));
        salesforce.org().usage().limit(1_000_000_000);
        HttpServer control = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[1])), 0);
        control.createContext("/", exchange -> {
            String[] told = exchange.getRequestURI().getPath().substring(1).split("/");
            byte[] answer = answer(salesforce, told[0], told.length > 1 ? Long.parseLong(told[1]) : 0)
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        control.start();
    }

    private static String answer(SalesforceSandbox salesforce, String what, long number) {
        switch (what) {
            case "reset" -> salesforce.reset();
            case "latency" -> {
                salesforce.faults().clear();
                if (number > 0) {
                    salesforce.faults().start(Fault.latency(Duration.ofMillis(number)));
                }
            }
            case "down" -> salesforce.faults().start(Fault.unavailable());
            case "calls" -> {
                return String.valueOf(salesforce.calls().count());
            }
            case "rows" -> {
                return String.valueOf(salesforce.writes().count());
            }
            case "leads" -> {
                return String.valueOf(salesforce.org().records("Lead").size());
            }
            case "writes" -> {
                StringBuilder lines = new StringBuilder();
                for (Write write : salesforce.writes().where(write -> write.sequence() > number)) {
                    lines.append(write.identity()).append(' ').append(write.call()).append(' ')
                            .append(write.at().toEpochMilli()).append('\n');
                }
                return lines.toString();
            }
            default -> throw new IllegalArgumentException(what);
        }
        return "";
    }
}
