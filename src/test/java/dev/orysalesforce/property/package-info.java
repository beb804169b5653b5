/**
 * Tests of the promises with random histories: Ory's events of some people, in varying order and number, failures, and
 * changes of sales to their records. {@link dev.orysalesforce.property.Histories} creates them, {@link
 * dev.orysalesforce.property.HistoryRunner} plays them, {@link dev.orysalesforce.property.Expectation} knows the allowed
 * results.
 */
package dev.orysalesforce.property;
