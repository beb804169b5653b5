package dev.orysalesforce.sandbox;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** Takes every call through the faults that are on, the API and the log. */
final class Switchboard {
    private final Org org;
    private final Faults faults;
    private final CallLog calls;
    private final RestApi api;

    Switchboard(Org org, Faults faults, CallLog calls, RestApi api) {
        this.org = org;
        this.faults = faults;
        this.calls = calls;
        this.api = api;
    }

    Answer answer(ApiRequest request) {
        CallKind kind = CallKind.of(request);
        CallLog.Flight flight = calls.start(kind, request);
        List<ActiveFault> hits = faults.hitting(kind);
        ActiveFault fault = hits.isEmpty() ? null : hits.get(hits.size() - 1);
        int status = 0;
        try {
            Answer answer = answer(request, kind, flight, hits, isDelay(fault) ? null : fault)
                    .withHeader("Date", DateTimeFormatter.RFC_1123_DATE_TIME.format(org.clock().atOffset(ZoneOffset.UTC)));
            status = answer.transport() == Answer.Transport.DELIVERED ? answer.status() : 0;
            return answer;
        } finally {
            flight.answered(status, fault == null ? null : fault.fault().name());
        }
    }

    private Answer answer(ApiRequest request, CallKind kind, CallLog.Flight flight, List<ActiveFault> hits,
            ActiveFault fault) {
        if (fault != null && !fault.fault().afterWrite()) {
            delay(hits);
            return spoilt(fault, flight, null);
        }
        Answer answer;
        try {
            Prepared prepared = api.prepare(kind, request, flight.number());
            flight.carries(prepared.rows(), prepared.identities());
            delay(hits);
            answer = faults.isTooSlow(prepared.rows()) ? Answer.text(504, "text/html", "<h1>Gateway Time-out</h1>")
                    : api.commit(prepared);
        } catch (ApiError e) {
            delay(hits);
            answer = Answer.error(e);
        }
        if (answer.status() == 401) {
            answer = answer.withHeader("WWW-Authenticate", "Token");
        } else if (kind.isData()) {
            answer = answer.withHeader(org.usage().headerName(), org.usage().header());
        }
        return fault == null ? answer : spoilt(fault, flight, answer);
    }

    private static Answer spoilt(ActiveFault fault, CallLog.Flight flight, Answer real) {
        flight.doneWriting();
        return switch (fault.fault().effect()) {
            case HANG -> {
                fault.await();
                yield Answer.lost(Answer.Transport.RESET);
            }
            case RESET -> Answer.lost(Answer.Transport.RESET);
            case TRUNCATE -> Answer.lost(Answer.Transport.TRUNCATED);
            case HALF -> real == null ? Answer.empty(200) : real.firstHalf();
            case ANSWER -> fault.fault().answer();
            case DELAY -> throw new IllegalStateException("a delay spoils nothing");
        };
    }

    private static void delay(List<ActiveFault> hits) {
        hits.stream().filter(Switchboard::isDelay).forEach(ActiveFault::await);
    }

    private static boolean isDelay(ActiveFault fault) {
        return fault != null && fault.fault().effect() == Fault.Effect.DELAY;
    }
}
