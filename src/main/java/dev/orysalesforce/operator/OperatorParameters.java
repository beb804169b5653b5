package dev.orysalesforce.operator;

import dev.orysalesforce.receive.Problems;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Gives the audit and the routes of the operator API the same parameters. Camel makes message headers of HTTP headers, of the query
 * string and of forms, ignores their case, and makes a list of a repetition. Therefore a parameter of the API counts in the query
 * string only: an HTTP header or a form field of this name has no effect. In another spelling, or given twice, it is answered 400.
 */
@Component
@Order(Ordered.LOWEST_PRECEDENCE - 1) // the caller is known; the audit comes next
class OperatorParameters extends OncePerRequestFilter {

    /** The parameters of all calls. */
    static final Set<String> NAMES = Set.of("act", "code", "event", "from", "identity", "kind", "limit", "object", "offset", "reveal");

    private static final Pattern PAIRS = Pattern.compile("&");

    private final Problems problems;

    OperatorParameters(Problems problems) {
        this.problems = problems;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !request.getServletPath().startsWith("/api/");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Map<String, String[]> parameters = new LinkedHashMap<>();
        for (String pair : PAIRS.split(request.getQueryString() == null ? "" : request.getQueryString())) {
            int end = pair.indexOf('=');
            String name = decoded(end < 0 ? pair : pair.substring(0, end));
            String value = decoded(end < 0 ? "" : pair.substring(end + 1));
            String known = NAMES.stream().filter(one -> one.equalsIgnoreCase(name)).findFirst().orElse(null);
            if (known != null && (!known.equals(name) || value == null || parameters.put(name, new String[] {value}) != null)) {
                String wrong = "The parameter " + known + " has to be spelled like this, and can be given once only.";
                problems.answer(request, response, problems.problem("BAD_REQUEST", wrong));
                return;
            }
        }
        chain.doFilter(new WithParameters(request, parameters), response);
    }

    /** Null if it is not encoded as in a form. */
    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static final class WithParameters extends HttpServletRequestWrapper {

        private final Map<String, String[]> parameters;

        WithParameters(HttpServletRequest request, Map<String, String[]> parameters) {
            super(request);
            this.parameters = parameters;
        }

        /** Camel asks for the values of these names only. */
        @Override
        public Enumeration<String> getHeaderNames() {
            List<String> names = Collections.list(super.getHeaderNames());
            names.removeIf(name -> NAMES.stream().anyMatch(name::equalsIgnoreCase));
            return Collections.enumeration(names);
        }

        @Override
        public Map<String, String[]> getParameterMap() {
            return Collections.unmodifiableMap(parameters);
        }

        @Override
        public Enumeration<String> getParameterNames() {
            return Collections.enumeration(parameters.keySet());
        }

        @Override
        public String[] getParameterValues(String name) {
            return parameters.get(name);
        }

        @Override
        public String getParameter(String name) {
            return parameters.containsKey(name) ? parameters.get(name)[0] : null;
        }
    }
}
