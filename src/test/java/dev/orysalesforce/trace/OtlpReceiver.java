package dev.orysalesforce.trace;

import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** A stand-in for an OpenTelemetry collector: receives spans by OTLP over HTTP. */
public final class OtlpReceiver implements AutoCloseable {

    private final HttpServer server;
    private final List<ExportTraceServiceRequest> requests = new CopyOnWriteArrayList<>();

    public OtlpReceiver() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/v1/traces", exchange -> {
            requests.add(ExportTraceServiceRequest.parseFrom(exchange.getRequestBody()));
            exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "otlp-receiver");
            thread.setDaemon(true);
            return thread;
        }));
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** All requests that it received. */
    public List<ExportTraceServiceRequest> requests() {
        return requests;
    }

    public List<Span> spans() {
        return requests.stream().flatMap(request -> request.getResourceSpansList().stream())
                .flatMap(resource -> resource.getScopeSpansList().stream())
                .flatMap(scope -> scope.getSpansList().stream()).toList();
    }

    /** Waits for a span of a trace. */
    public Span span(String trace, String name) {
        return await(name + " in trace " + trace).until(() -> spans().stream()
                .filter(span -> span.getName().equals(name) && hex(span.getTraceId()).equals(trace)).findFirst(),
                Optional::isPresent).orElseThrow();
    }

    /** Waits for a span by its ID. */
    public Span span(ByteString id) {
        return await("span " + hex(id)).until(() -> spans().stream()
                .filter(span -> span.getSpanId().equals(id)).findFirst(), Optional::isPresent).orElseThrow();
    }

    /** Waits for a span right below another one. */
    public Span below(Span parent, String name) {
        return await(name + " below " + parent.getName()).until(() -> spans().stream()
                .filter(span -> span.getName().equals(name) && span.getTraceId().equals(parent.getTraceId()))
                .filter(span -> span.getParentSpanId().equals(parent.getSpanId())).findFirst(), Optional::isPresent)
                .orElseThrow();
    }

    static String hex(ByteString id) {
        return HexFormat.of().formatHex(id.toByteArray());
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
