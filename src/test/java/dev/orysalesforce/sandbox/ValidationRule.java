package dev.orysalesforce.sandbox;

import java.util.function.Predicate;

/**
 * A validation rule of an administrator.
 *
 * @param object  the object it guards
 * @param broken  true for a record that must not be saved (Salesforce words its rules this way round)
 * @param message what the administrator wrote
 * @param field   the field the message stands at, null for the top of the page
 */
public record ValidationRule(String object, Predicate<SandboxRecord> broken, String message, String field) {
}
