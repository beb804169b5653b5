package dev.orysalesforce.check;

/**
 * An example that both sets of mappings map by itself.
 *
 * @param name of its folder and of the example, such as {@code lead/complete}
 * @param text JSON
 * @param isEvent whether it is the input of a record mapping; else it is a body as Ory sends it
 * @param mapping the name of the mapping in use that makes its record; null if its schema tells which one
 */
public record DiffExample(String name, String text, boolean isEvent, String mapping) {}
