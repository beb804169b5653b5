package dev.orysalesforce.receive;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The problems that the app answers, by key: the table {@code problems.yaml}. Routes make a problem by
 * {@code problem('KEY')}.
 */
@Component("problems")
public class Problems {

    private final Map<String, Problem> table = new HashMap<>();
    private final ObjectMapper json;

    public Problems(ObjectMapper json) throws IOException {
        this.json = json;
        try (var file = new ClassPathResource("problems.yaml").getInputStream()) {
            Map<String, Map<Integer, Map<String, String>>> areas = new Yaml(new SafeConstructor(new LoaderOptions())).load(file);
            areas.values().forEach(area -> area.forEach((status, details) -> details
                    .forEach((key, detail) -> table.put(key, Problem.of(HttpStatus.valueOf(status), key.split("\\.")[0], detail)))));
        }
    }

    /** Whether a problem with this key is in the table. */
    public boolean hasKey(String key) {
        return table.containsKey(key);
    }

    /**
     * A problem whose detail has no placeholder.
     *
     * @throws IllegalArgumentException if there is no such key
     */
    public Problem problem(String key) {
        if (!hasKey(key)) {
            throw new IllegalArgumentException("There is no problem " + key + " in problems.yaml.");
        }
        return table.get(key);
    }

    /**
     * A problem whose detail has a placeholder.
     *
     * @param value replaces it; never a value of an identity
     */
    public Problem problem(String key, Object value) {
        Problem problem = problem(key);
        return new Problem(problem.title(), problem.status(), problem.code(),
                problem.detail().replaceFirst("\\{[a-z]+}", Matcher.quoteReplacement(String.valueOf(value))));
    }

    /** Answers in the error format of the caller. After a 503 the caller may try again. */
    public void answer(HttpServletRequest request, HttpServletResponse response, Problem problem) throws IOException {
        if (problem.status() == HttpStatus.SERVICE_UNAVAILABLE.value()) {
            response.setHeader(HttpHeaders.RETRY_AFTER, "5");
        }
        ErrorFormat.of(request).answer(problem, response, json);
    }

    /** Answers the problem with a key, like {@link #answer(HttpServletRequest, HttpServletResponse, Problem)}. */
    public void answer(HttpServletRequest request, HttpServletResponse response, String key) throws IOException {
        answer(request, response, problem(key));
    }
}
