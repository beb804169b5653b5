package dev.orysalesforce.sandbox;

import java.util.concurrent.atomic.AtomicLong;

/** Makes and checks record IDs: 15 case-sensitive characters, and 3 more which make the ID safe from lost case. */
final class RecordId {
    /** In ASCII order, so that IDs sort by age. */
    private static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final String CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

    private final AtomicLong next = new AtomicLong(1);

    String next(String keyPrefix) {
        return of(keyPrefix, next.getAndIncrement());
    }

    static String of(String keyPrefix, long number) {
        char[] id = (keyPrefix + "5e0000000000").toCharArray();
        long rest = number;
        for (int i = 14; rest > 0; i--) {
            id[i] = DIGITS.charAt((int) (rest % 62));
            rest /= 62;
        }
        return to18(new String(id));
    }

    /** The 18-character form of an ID of 15 or 18 characters, or null when it is no ID. */
    static String normalize(String id) {
        if (id == null || id.length() != 15 && id.length() != 18) {
            return null;
        }
        for (int i = 0; i < id.length(); i++) {
            if (DIGITS.indexOf(id.charAt(i)) < 0) {
                return null;
            }
        }
        String full = to18(id.substring(0, 15));
        return id.length() == 15 || full.equalsIgnoreCase(id) ? full : null;
    }

    private static String to18(String id) {
        StringBuilder full = new StringBuilder(id);
        for (int block = 0; block < 3; block++) {
            int bits = 0;
            for (int i = 0; i < 5; i++) {
                if (Character.isUpperCase(id.charAt(block * 5 + i))) {
                    bits |= 1 << i;
                }
            }
            full.append(CHECK.charAt(bits));
        }
        return full.toString();
    }
}
