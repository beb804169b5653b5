package dev.orysalesforce.sandbox;

import java.util.List;

/** What a call is for. */
public enum CallKind {
    LOGIN, REVOKE, INTROSPECT,
    /** sObject Collections, by external ID. */
    UPSERT,
    /** sObject Collections, by ID. */
    UPDATE,
    /** sObject Collections. */
    CREATE,
    /** sObject Collections. */
    DELETE,
    /** Any write of one record. */
    SINGLE_WRITE,
    /** Records by ID or by a field's value. */
    READ,
    /** Also further pages and {@code queryAll}. */
    QUERY,
    COMPOSITE, DESCRIBE, LIMITS, VERSIONS,
    /** A path that does not exist. */
    UNKNOWN;

    /** Whether it needs a token and counts against the daily limit. */
    public boolean isData() {
        return this != LOGIN && this != REVOKE && this != INTROSPECT && this != VERSIONS;
    }

    /** Whether it can change records. */
    public boolean isWrite() {
        return switch (this) {
            case UPSERT, UPDATE, CREATE, DELETE, SINGLE_WRITE, COMPOSITE -> true;
            default -> false;
        };
    }

    static CallKind of(ApiRequest request) {
        List<String> path = request.segments();
        if (path.size() < 2 || !path.get(0).equals("services")) {
            return UNKNOWN;
        }
        if (path.get(1).equals("oauth2")) {
            return switch (path.size() == 3 ? path.get(2) : "") {
                case "token" -> LOGIN;
                case "revoke" -> REVOKE;
                case "introspect" -> INTROSPECT;
                default -> UNKNOWN;
            };
        }
        if (path.size() == 2) {
            return VERSIONS;
        }
        boolean get = request.method().equals("GET");
        return switch (path.size() == 3 ? "" : path.get(3)) {
            case "" -> DESCRIBE;
            case "query", "queryAll" -> QUERY;
            case "limits" -> LIMITS;
            case "composite" -> path.size() == 4 ? COMPOSITE : collection(request, path);
            case "sobjects" -> {
                boolean describe = path.size() == 4 || path.size() == 5 && get
                        || path.size() == 6 && path.get(5).equals("describe");
                yield describe ? DESCRIBE : get ? READ : SINGLE_WRITE;
            }
            default -> UNKNOWN;
        };
    }

    private static CallKind collection(ApiRequest request, List<String> path) {
        if (!path.get(4).equals("sobjects")) {
            return UNKNOWN;
        }
        return switch (request.method()) {
            case "PATCH" -> path.size() == 7 ? UPSERT : UPDATE;
            case "POST" -> path.size() == 6 ? READ : CREATE;
            case "DELETE" -> DELETE;
            case "GET" -> READ;
            default -> UNKNOWN;
        };
    }
}
