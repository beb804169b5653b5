package dev.orysalesforce.operator;

import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;

/** Keeps what a route tells the audit in a header; the caller does not get it. */
final class AuditedResponse extends HttpServletResponseWrapper {

    /** The header with numbers for the audit, such as {@code 5 replayed, 1 left}. */
    static final String RESULT = "Audit-Result";

    private volatile String result;

    AuditedResponse(HttpServletResponse response) {
        super(response);
    }

    /** Null if the route has told none. */
    String result() {
        return result;
    }

    @Override
    public void setHeader(String name, String value) {
        if (RESULT.equalsIgnoreCase(name)) {
            result = value;
        } else {
            super.setHeader(name, value);
        }
    }

    @Override
    public void addHeader(String name, String value) {
        if (RESULT.equalsIgnoreCase(name)) {
            result = value;
        } else {
            super.addHeader(name, value);
        }
    }
}
