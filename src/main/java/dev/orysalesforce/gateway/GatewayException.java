package dev.orysalesforce.gateway;

import dev.orysalesforce.receive.SalesforceError;

/** A record or body that the gateway rejects. */
class GatewayException extends RuntimeException {

    private final transient SalesforceError error;
    private final String code;

    /** @param code the dead letter's code */
    GatewayException(String code, SalesforceError error) {
        super(error.message(), null, false, false);
        this.code = code;
        this.error = error;
    }

    String code() {
        return code;
    }

    SalesforceError error() {
        return error;
    }
}
