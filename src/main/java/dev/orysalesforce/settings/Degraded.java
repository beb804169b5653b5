package dev.orysalesforce.settings;

import org.springframework.boot.actuate.health.Status;

/**
 * A health status between up and down: events are accepted, but an operator should look. Answered 200; see
 * management.endpoint.health.
 */
public final class Degraded {

    public static final Status STATUS = new Status("DEGRADED");

    private Degraded() {}
}
