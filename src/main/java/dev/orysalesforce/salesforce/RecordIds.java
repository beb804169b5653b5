package dev.orysalesforce.salesforce;

/** IDs of records, of which Salesforce shows 15 characters, or 18 for programs that take upper and lower case as the same. */
public final class RecordIds {

    private static final int LENGTH = 15;
    private static final int PART = 5;
    private static final String CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

    private RecordIds() {}

    /** Whether the ID has 15 characters, or the last three of 18 characters fit the others: each tells which of five are upper-case letters. */
    public static boolean isValid(String id) {
        StringBuilder whole = new StringBuilder(id.substring(0, LENGTH));
        for (int part = 0; part < LENGTH; part += PART) {
            int upper = 0;
            for (int i = 0; i < PART; i++) {
                char one = id.charAt(part + i);
                upper |= one >= 'A' && one <= 'Z' ? 1 << i : 0;
            }
            whole.append(CHECK.charAt(upper));
        }
        return id.length() == LENGTH || whole.toString().equals(id);
    }
}
