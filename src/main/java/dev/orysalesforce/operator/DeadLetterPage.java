package dev.orysalesforce.operator;

import java.util.List;

/**
 * A part of what waits for a person.
 *
 * @param items oldest first, so that pages stay what they are when letters are added
 * @param total all letters that match, on this page or not; null if the broker does not tell
 */
public record DeadLetterPage(List<DeadLetterItem> items, Long total) {}
