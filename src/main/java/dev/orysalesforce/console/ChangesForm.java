package dev.orysalesforce.console;

import dev.orysalesforce.check.CandidateMappings;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.receive.BadRequestException;
import dev.orysalesforce.reconcile.RunFailedException;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.util.StringUtils;

/**
 * What a person wants to compare with the mappings in use.
 *
 * @param entries a text for each mapping that the form shows
 * @param overIdentities whether to compare all identities at Ory; else the examples
 * @param isOfLastRun whether the texts are those of the last comparison, perhaps of another person
 */
record ChangesForm(List<Entry> entries, boolean overIdentities, boolean isOfLastRun) {

    /**
     * @param mapping the name of the mapping in use
     * @param language the ending of the candidate's file
     */
    record Entry(String mapping, String language, String text) {

        private String name() {
            return Mapping.CANDIDATES + CandidateMappings.stem(mapping) + "." + language;
        }
    }

    /** The texts in use, to be changed. */
    static ChangesForm ofInUse(List<String> mappings, Map<String, String> inUse) {
        return new ChangesForm(mappings.stream().map(mapping -> new Entry(mapping, Mapping.ending(mapping), text(mapping, inUse))).toList(),
                false, false);
    }

    /** The texts of a comparison. */
    static ChangesForm ofCandidates(Map<String, String> candidates, boolean overIdentities, Map<String, String> inUse) {
        List<Entry> entries = new ArrayList<>();
        candidates.forEach((name, text) -> namesake(name, inUse)
                .ifPresent(mapping -> entries.add(new Entry(mapping, Mapping.ending(name), text))));
        return new ChangesForm(entries, overIdentities, true);
    }

    /** @throws BadRequestException if the form is none of the page */
    static ChangesForm of(HttpServletRequest request, Map<String, String> inUse) {
        List<String> mappings = values(request, "mapping");
        List<String> languages = values(request, "language");
        List<String> texts = values(request, "text");
        if (languages.size() != mappings.size() || texts.size() != mappings.size() || !Mapping.LANGUAGES.containsAll(languages)) {
            throw new BadRequestException("Each mapping of the form has a language and a text.");
        }
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < mappings.size(); i++) {
            text(mappings.get(i), inUse);
            entries.add(new Entry(mappings.get(i), languages.get(i), texts.get(i).replace("\r\n", "\n")));
        }
        return new ChangesForm(entries, "identities".equals(request.getParameter("over")), false);
    }

    /** Spring would split a text at its commas. */
    static List<String> values(HttpServletRequest request, String name) {
        String[] values = request.getParameterValues(name);
        return values == null ? List.of() : List.of(values);
    }

    private static String text(String mapping, Map<String, String> inUse) {
        String text = inUse.get(mapping);
        if (text == null) {
            throw new BadRequestException("There is no such mapping in use.");
        }
        return text;
    }

    /** The mapping of the same name; if several folders have one, that in the same language, or with the shortest path. */
    private static Optional<String> namesake(String file, Map<String, String> inUse) {
        return inUse.keySet().stream().filter(mapping -> CandidateMappings.stem(mapping).equals(CandidateMappings.stem(file)))
                .min(Comparator.comparing((String mapping) -> !Mapping.ending(mapping).equals(Mapping.ending(file)))
                        .thenComparing(String::length));
    }

    /**
     * The same with the files of the request, each in the place of the text for its mapping.
     *
     * @throws RunFailedException if a file is no candidate; its message names the file and the reason
     */
    ChangesForm withFiles(HttpServletRequest request, Map<String, String> inUse) throws IOException, ServletException {
        if (!StringUtils.startsWithIgnoreCase(request.getContentType(), "multipart/")) {
            return this;
        }
        List<Entry> all = new ArrayList<>(entries);
        Map<String, String> files = new TreeMap<>();
        for (Part part : request.getParts()) {
            if (StringUtils.hasText(part.getSubmittedFileName())) {
                Entry entry = entry(part, inUse);
                String before = files.put(CandidateMappings.stem(entry.mapping()), entry.language());
                if (before != null) {
                    throw new RunFailedException(CandidateMappings.stem(entry.mapping()) + "." + before + ", "
                            + CandidateMappings.stem(entry.mapping()) + "." + entry.language()
                            + ": Both would replace the same mapping. Choose one of them.");
                }
                all.removeIf(other -> CandidateMappings.stem(other.mapping()).equals(CandidateMappings.stem(entry.mapping())));
                all.add(entry);
            }
        }
        return new ChangesForm(all, overIdentities, false);
    }

    private static Entry entry(Part part, Map<String, String> inUse) throws IOException {
        String path = part.getSubmittedFileName().replace('\\', '/').replace("\0", "");
        String file = path.substring(path.lastIndexOf('/') + 1);
        if (!Mapping.isFile(file) || !file.contains(".")) {
            throw new RunFailedException(file + ": It is no mapping. The name of a mapping ends in "
                    + String.join(", ", Mapping.LANGUAGES.stream().sorted().map(language -> "." + language).toList()) + ".");
        }
        String mapping = namesake(file, inUse).orElseThrow(() -> new RunFailedException(file
                + ": No mapping in use has this name. A candidate replaces the mapping of the same name, whatever its language."));
        try {
            return new Entry(mapping, Mapping.ending(file),
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(part.getInputStream().readAllBytes())).toString());
        } catch (CharacterCodingException e) {
            throw new RunFailedException(file + ": It is not text in UTF-8.");
        }
    }

    /**
     * Name to text of what differs from the mappings in use.
     *
     * @throws RunFailedException if nothing does
     */
    Map<String, String> candidates(Map<String, String> inUse) {
        Map<String, String> candidates = new TreeMap<>();
        entries.stream().filter(entry -> !entry.language().equals(Mapping.ending(entry.mapping()))
                || !entry.text().strip().equals(text(entry.mapping(), inUse).strip()))
                .forEach(entry -> candidates.put(entry.name(), entry.text()));
        if (candidates.isEmpty()) {
            throw new RunFailedException("No text differs from the mappings in use. Change one, or choose files.");
        }
        return candidates;
    }
}
