package dev.orysalesforce.parent;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a web address as people write it into a field. */
final class WebAddress {

    /** The longest host that fits into a field of 255 characters in each spelling. */
    private static final int LONGEST = 240;
    private static final Pattern ADDRESS =
            Pattern.compile("(?:https?://)?(?:www\\.)?([\\p{L}\\p{N}](?:[\\p{L}\\p{N}.-]*[\\p{L}\\p{N}])?)/?");

    private WebAddress() {}

    /** @return the host in lower case, without {@code www.}; null if the address has a path or a port, or is none */
    static String host(String address) {
        if (address == null || address.length() > LONGEST) {
            return null;
        }
        Matcher matcher = ADDRESS.matcher(address.strip().toLowerCase(Locale.ROOT));
        return matcher.matches() && matcher.group(1).contains(".") ? matcher.group(1) : null;
    }
}
