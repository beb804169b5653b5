package dev.orysalesforce.sandbox;

import java.util.Locale;

/**
 * What a call says beside its rows.
 *
 * @param call       its number
 * @param autoAssign whether assignment rules run: yes, unless {@code Sforce-Auto-Assign} says FALSE
 * @param allowSave  whether duplicate alerts let it pass
 */
record CallContext(long call, boolean autoAssign, boolean allowSave) {

    static CallContext of(long call, ApiRequest request) {
        String assign = request.header("Sforce-Auto-Assign");
        String duplicates = request.header("Sforce-Duplicate-Rule-Header");
        return new CallContext(call,
                assign == null || !assign.trim().equalsIgnoreCase("FALSE"),
                duplicates != null && duplicates.replace(" ", "").toLowerCase(Locale.ROOT)
                        .contains("allowsave=true"));
    }
}
