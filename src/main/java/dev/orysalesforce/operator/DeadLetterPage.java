package dev.orysalesforce.operator;

import java.util.List;
import java.util.OptionalLong;

/**
 * A page of dead letters.
 *
 * @param items oldest first, so that pages do not shift when dead letters are added
 * @param total all dead letters that match, on this page or not; null in JSON if the broker does not tell
 */
public record DeadLetterPage(List<DeadLetterItem> items, OptionalLong total) {}
