package dev.orysalesforce.console;

import java.util.Map;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * A part of a list.
 *
 * @param path of the page
 * @param filters the other parameters of the page, which its links keep; null or empty ones are left out
 * @param offset how many entries come before this part
 * @param shown how many entries this part has
 * @param total how many entries the list has
 */
record Paging(String path, Map<String, String> filters, int offset, int shown, long total) {

    static final int SIZE = 50;

    public long first() {
        return offset + 1L;
    }

    public long last() {
        return offset + (long) shown;
    }

    /** The page before this one; null if this is the first. */
    public String previous() {
        return offset == 0 ? null : link(path, Math.max(0, offset - SIZE));
    }

    /** The page after this one; null if this is the last. */
    public String next() {
        return last() >= total ? null : link(path, offset + SIZE);
    }

    /** Whether the list has entries, but none here: it has become shorter, or the address was typed. */
    public boolean isBeyondTheEnd() {
        return shown == 0 && offset > 0 && total > 0;
    }

    public String lastPage() {
        return link(path, Math.toIntExact((total - 1) / SIZE * SIZE));
    }

    /** The whole list as a file. */
    public String csv() {
        return link(path + ".csv", 0);
    }

    private String link(String to, int from) {
        UriComponentsBuilder link = UriComponentsBuilder.fromPath(to);
        filters.forEach((name, value) -> {
            if (value != null && !value.isEmpty()) {
                link.queryParam(name, "{" + name + "}");
            }
        });
        if (from > 0) {
            link.queryParam("offset", from);
        }
        return link.encode().buildAndExpand(filters).toUriString();
    }
}
