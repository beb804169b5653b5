package dev.orysalesforce.sandbox;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Something that goes wrong with calls. Made by the methods here, narrowed by {@link #on}, {@link #times} and
 * {@link #lasting}, switched on by {@link Faults#start}.
 *
 * @param name       appears in the call log
 * @param effect     what happens
 * @param delay      how long a {@link Effect#DELAY} or {@link Effect#HANG} takes
 * @param answer     what an {@link Effect#ANSWER} says
 * @param afterWrite whether the call is carried out before its answer is lost
 * @param kinds      the calls it hits
 * @param times      how many calls it hits, -1 for all
 * @param lasting    how long it stays on, null without limit
 */
public record Fault(String name, Effect effect, Duration delay, Answer answer, boolean afterWrite,
        Predicate<CallKind> kinds, int times, Duration lasting) {

    /** What happens to a call. */
    public enum Effect {
        /** It takes longer, and is then carried out. */
        DELAY,
        /** No answer before the delay is over, then the connection is closed. */
        HANG,
        /** The connection is reset. */
        RESET,
        /** Status 200 arrives, then rubbish instead of a body, then the connection closes. */
        TRUNCATE,
        /** Another answer than the real one. */
        ANSWER,
        /** The first half of the real answer. */
        HALF
    }

    private static final String DOWN_PAGE = "<html><head><title>Salesforce</title></head><body>"
            + "<h1>We are down for maintenance.</h1></body></html>";

    /** Every data call takes this much longer. It looks its records up first and writes them at the end. */
    public static Fault latency(Duration delay) {
        return data("latency", Effect.DELAY, delay, null);
    }

    /** Data calls get no answer for this long; nothing is written unless {@link #withLostAnswer} is added. */
    public static Fault hang(Duration delay) {
        return data("hang", Effect.HANG, delay, null);
    }

    /** All calls: connection reset. */
    public static Fault reset() {
        return all("reset", Effect.RESET, null);
    }

    /** Data calls are carried out, the answer breaks off in the middle. */
    public static Fault truncated() {
        return data("truncated", Effect.TRUNCATE, Duration.ZERO, null).withLostAnswer();
    }

    /** All calls: 503 with an HTML page. */
    public static Fault unavailable() {
        return all("503", Effect.ANSWER, Answer.text(503, "text/html;charset=UTF-8", DOWN_PAGE));
    }

    /** All calls: 503 SERVER_UNAVAILABLE with a Retry-After header, as proxies in between send it. */
    public static Fault unavailable(int retryAfterSeconds) {
        return all("503 Retry-After", Effect.ANSWER, Answer.error(503,
                new RowError("SERVER_UNAVAILABLE", "The server is temporarily unavailable. Please try again later."))
                .withHeader("Retry-After", String.valueOf(retryAfterSeconds)));
    }

    /** All calls: sent on to another address, with the method and the body for 307 and 308. */
    public static Fault redirect(int status, String url) {
        return all("redirect", Effect.ANSWER, Answer.text(status, "text/html;charset=UTF-8", "Moved").withHeader("Location", url));
    }

    /** Data calls: 500 UNKNOWN_EXCEPTION. */
    public static Fault unknownException() {
        return error(500, "UNKNOWN_EXCEPTION", "An unexpected error occurred. Please include this ErrorId if you "
                + "contact support: 1234567890-12345 (-1234567890)");
    }

    /** Data calls: 403, the rolling 24-hour limit of the org is used up. */
    public static Fault dailyLimitExceeded() {
        return error(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.");
    }

    /** Data calls: 403, too many long calls at a time. */
    public static Fault concurrentLimitExceeded() {
        return error(403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded.");
    }

    /** Data calls: 403, the edition has no API. */
    public static Fault apiDisabled() {
        return error(403, "API_DISABLED_FOR_ORG", "API is disabled for this User");
    }

    /** Data calls: 403, the org is full. For row errors see {@link Faults#storageFull}. */
    public static Fault storageLimitExceeded() {
        return error(403, "STORAGE_LIMIT_EXCEEDED", "storage limit exceeded");
    }

    /** Data calls: any error. */
    public static Fault error(int status, String code, String message) {
        Answer answer = Answer.error(status, new RowError(code, message));
        return data(code, Effect.ANSWER, Duration.ZERO,
                status == 401 ? answer.withHeader("WWW-Authenticate", "Token") : answer);
    }

    /** Logins: 400 {@code invalid_client_id} "client identifier invalid". */
    public static Fault loginRefused() {
        return loginRefused("invalid_client_id", "client identifier invalid");
    }

    /** Logins: 400 with any error, e.g. {@code invalid_grant} "no client credentials user enabled". */
    public static Fault loginRefused(String error, String description) {
        return login("login " + error, LoginCalls.refused(error, description));
    }

    /** Logins: 401. */
    public static Fault loginUnauthorized() {
        return login("login 401", Answer.json(401, Json.object().put("error", "invalid_client")
                .put("error_description", "invalid client credentials")));
    }

    /** Logins: 503 with an HTML page. */
    public static Fault loginUnavailable() {
        return login("login 503", Answer.text(503, "text/html;charset=UTF-8", DOWN_PAGE));
    }

    /** Data calls are carried out, but 200 comes without a body. */
    public static Fault emptyBody() {
        return data("empty body", Effect.ANSWER, Duration.ZERO, Answer.empty(200)).withLostAnswer();
    }

    /** Data calls are carried out, but 200 comes with something that is not JSON. */
    public static Fault garbage() {
        return data("garbage", Effect.ANSWER, Duration.ZERO,
                Answer.text(200, "application/json;charset=UTF-8", "\u0000\u0001 <<< not JSON >>>")).withLostAnswer();
    }

    /** Data calls are carried out, but only half of the JSON comes, with 200. */
    public static Fault halfJson() {
        return data("half JSON", Effect.HALF, Duration.ZERO, null).withLostAnswer();
    }

    /** The same fault for calls of these kinds only. */
    public Fault on(CallKind... some) {
        Set<CallKind> wanted = EnumSet.of(some[0], some);
        return on(wanted::contains);
    }

    /** The same fault for other calls. */
    public Fault on(Predicate<CallKind> some) {
        return new Fault(name, effect, delay, answer, afterWrite, some, times, lasting);
    }

    /** The same fault for the next {@code n} calls only. */
    public Fault times(int n) {
        return new Fault(name, effect, delay, answer, afterWrite, kinds, n, lasting);
    }

    /** The same fault for a time only, counted from its start. */
    public Fault lasting(Duration time) {
        return new Fault(name, effect, delay, answer, afterWrite, kinds, times, time);
    }

    /** The same fault, which loses the answer of a call that was carried out. */
    public Fault withLostAnswer() {
        return new Fault(name + " after write", effect, delay, answer, true, kinds, times, lasting);
    }

    /** The same fault, which hits before anything is written. */
    public Fault withNothingWritten() {
        return new Fault(name + " before write", effect, delay, answer, false, kinds, times, lasting);
    }

    private static Fault data(String name, Effect effect, Duration delay, Answer answer) {
        return new Fault(name, effect, delay, answer, false, CallKind::isData, -1, null);
    }

    private static Fault all(String name, Effect effect, Answer answer) {
        return new Fault(name, effect, Duration.ZERO, answer, false, kind -> true, -1, null);
    }

    private static Fault login(String name, Answer answer) {
        return new Fault(name, Effect.ANSWER, Duration.ZERO, answer, false, kind -> kind == CallKind.LOGIN, -1, null);
    }
}
