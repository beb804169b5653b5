package dev.orysalesforce.sandbox;

/** The field types of Salesforce that the sandbox knows, by their names in a describe answer. */
public enum FieldType {
    ID("id"),
    REFERENCE("reference"),
    STRING("string"),
    TEXTAREA("textarea"),
    PICKLIST("picklist"),
    EMAIL("email"),
    PHONE("phone"),
    URL("url"),
    BOOLEAN("boolean"),
    DOUBLE("double"),
    DATETIME("datetime");

    private final String wireName;

    FieldType(String wireName) {
        this.wireName = wireName;
    }

    /** The name in a describe answer and in error messages. */
    public String wireName() {
        return wireName;
    }

    boolean isText() {
        return switch (this) {
            case BOOLEAN, DOUBLE, DATETIME -> false;
            default -> true;
        };
    }

    boolean isId() {
        return this == ID || this == REFERENCE;
    }
}
