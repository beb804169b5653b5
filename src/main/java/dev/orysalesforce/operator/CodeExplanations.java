package dev.orysalesforce.operator;

import dev.orysalesforce.salesforce.ErrorPolicy;
import dev.orysalesforce.salesforce.RecordError;
import dev.orysalesforce.settings.SyncSettings.Level;
import java.io.IOException;
import java.util.Map;
import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Component;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The codes of dead letters in plain words: the table {@code dead-letter-codes.yaml}. The remedies of Salesforce's codes are those
 * of {@code sync.errors}, so that an operator can adapt them to the org.
 */
@Component
public class CodeExplanations {

    private static final Explanation UNLISTED = new Explanation("Salesforce refused the record with a code that is not in the table"
            + " sync.errors.", "Open one of the letters and read its message.");

    private final Map<String, Map<String, String>> table;
    private final ErrorPolicy policy;

    /**
     * @param meaning what happened, one sentence
     * @param remedy what a person can do about it
     */
    public record Explanation(String meaning, String remedy) {}

    CodeExplanations(ErrorPolicy policy) throws IOException {
        this.policy = policy;
        try (var file = new ClassPathResource("dead-letter-codes.yaml").getInputStream()) {
            table = new Yaml(new SafeConstructor(new LoaderOptions())).load(file);
        }
    }

    /** The explanation of a code; a general one if the code is not in the table. */
    public Explanation of(String code) {
        Map<String, String> listed = table.getOrDefault(code, Map.of());
        String ofOrg = policy.rule(RecordError.of(code, ""), Level.ROW).remedy();
        return new Explanation(listed.getOrDefault("meaning", UNLISTED.meaning()),
                ofOrg != null ? ofOrg + "." : listed.getOrDefault("remedy", UNLISTED.remedy()));
    }
}
