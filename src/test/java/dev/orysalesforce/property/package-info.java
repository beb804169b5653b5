/**
 * The promises, tried with made-up histories: what Ory tells about some people, in which order and how often, what goes
 * wrong meanwhile, and what sales does with their records. {@link dev.orysalesforce.property.Histories} makes them, {@link
 * dev.orysalesforce.property.HistoryRunner} plays them, {@link dev.orysalesforce.property.Expectation} judges them.
 */
package dev.orysalesforce.property;
