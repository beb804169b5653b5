package dev.orysalesforce.sandbox;

/** Ends a whole call with Salesforce's error array of one entry. */
final class ApiError extends RuntimeException {
    private final int status;
    private final transient RowError error;

    ApiError(int status, RowError error) {
        super(error.message(), null, false, false);
        this.status = status;
        this.error = error;
    }

    ApiError(int status, String code, String message) {
        this(status, new RowError(code, message));
    }

    static ApiError notFound() {
        return new ApiError(404, "NOT_FOUND", "The requested resource does not exist");
    }

    static ApiError unknownField(String field, ObjectSchema schema) {
        return new ApiError(400, "INVALID_FIELD",
                "No such column '" + field + "' on sobject of type " + schema.name());
    }

    int status() {
        return status;
    }

    RowError error() {
        return error;
    }
}
