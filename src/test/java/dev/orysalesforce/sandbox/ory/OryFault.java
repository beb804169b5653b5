package dev.orysalesforce.sandbox.ory;

import java.time.Duration;

/**
 * Something that goes wrong with calls of the Admin API. Made by the methods here, narrowed by {@link #times} and
 * {@link #after}, switched on by {@link OryAdminSandbox#fail}.
 *
 * @param kind    what happens
 * @param seconds how long to wait, as the answer says
 * @param delay   how long it takes
 * @param skipped how many calls it lets through first
 * @param times   how many calls it hits then, -1 for all
 */
public record OryFault(Kind kind, int seconds, Duration delay, int skipped, int times) {

    enum Kind {
        EMPTY_LIST, UNAUTHORIZED, RATE_LIMITED, RETRY_AFTER, SERVER_ERROR, HTML, TRUNCATED, FOREIGN_LINK, REDIRECT, LOOPING_LINK,
        HANG, SLOW, RESET
    }

    /** 200 and no identity, though there are some. */
    public static OryFault emptyList() {
        return of(Kind.EMPTY_LIST);
    }

    /** 401, the key was revoked. */
    public static OryFault unauthorized() {
        return of(Kind.UNAUTHORIZED);
    }

    /** 429 as Ory Network sends it: the seconds are in {@code x-ratelimit-reset}, there is no {@code Retry-After}. */
    public static OryFault rateLimited(int seconds) {
        return new OryFault(Kind.RATE_LIMITED, seconds, Duration.ZERO, 0, -1);
    }

    /** 429 as proxies send it, with {@code Retry-After} only. */
    public static OryFault retryAfter(int seconds) {
        return new OryFault(Kind.RETRY_AFTER, seconds, Duration.ZERO, 0, -1);
    }

    /** 500. */
    public static OryFault serverError() {
        return of(Kind.SERVER_ERROR);
    }

    /** 200 with the HTML page of a captive portal or a login. */
    public static OryFault html() {
        return of(Kind.HTML);
    }

    /** 200 with the first half of the JSON. */
    public static OryFault truncated() {
        return of(Kind.TRUNCATED);
    }

    /** {@code Link: rel="next"} leads to another host, see {@link OryAdminSandbox#foreignCalls}. */
    public static OryFault foreignLink() {
        return of(Kind.FOREIGN_LINK);
    }

    /** 307 to that host. */
    public static OryFault redirect() {
        return of(Kind.REDIRECT);
    }

    /** {@code Link: rel="next"} always leads to the page it came with. */
    public static OryFault loopingLink() {
        return of(Kind.LOOPING_LINK);
    }

    /** No answer before the delay is over, then the connection is reset. */
    public static OryFault hang(Duration delay) {
        return new OryFault(Kind.HANG, 0, delay, 0, -1);
    }

    /** The right answer, late. */
    public static OryFault slow(Duration delay) {
        return new OryFault(Kind.SLOW, 0, delay, 0, -1);
    }

    /** Connection reset. */
    public static OryFault reset() {
        return of(Kind.RESET);
    }

    /** The same fault for {@code n} calls only. */
    public OryFault times(int n) {
        return new OryFault(kind, seconds, delay, skipped, n);
    }

    /** The same fault, which lets the next {@code n} calls through first. */
    public OryFault after(int n) {
        return new OryFault(kind, seconds, delay, n, times);
    }

    private static OryFault of(Kind kind) {
        return new OryFault(kind, 0, Duration.ZERO, 0, -1);
    }
}
