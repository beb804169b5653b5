package dev.orysalesforce.operator;

import dev.orysalesforce.receive.Problems;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses what a page of another site, or of another port of this host, makes a browser send. A browser says so itself, by
 * {@code Origin} or {@code Sec-Fetch-Site}. Under a name that an attacker has pointed to this address (DNS rebinding) it
 * does not, so that only known names are served, and addresses, which can't be pointed anywhere.
 */
class SameOriginFilter extends OncePerRequestFilter {

    private static final Pattern PORT = Pattern.compile(":[0-9]*$");
    private static final Pattern ADDRESS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[[0-9a-f:.%]+]");
    private static final Pattern LOCALHOST = Pattern.compile("(.+\\.)?localhost");

    private final Set<String> hosts;
    private final Problems problems;

    /** @param hosts further names that are served, in lower case */
    SameOriginFilter(Set<String> hosts, Problems problems) {
        this.hosts = hosts;
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (!isServed(request.getHeader(HttpHeaders.HOST))) {
            problems.answer(request, response, "UNKNOWN_HOST");
        } else if (isOfAnotherSite(request)) {
            problems.answer(request, response, "FOREIGN_ORIGIN");
        } else {
            chain.doFilter(request, response);
        }
    }

    /** Probes that speak HTTP/1.0 name no host. */
    private boolean isServed(String host) {
        if (host == null) {
            return true;
        }
        String name = PORT.matcher(host.toLowerCase(Locale.ROOT)).replaceFirst("");
        return ADDRESS.matcher(name).matches() || LOCALHOST.matcher(name).matches() || hosts.contains(name);
    }

    private static boolean isOfAnotherSite(HttpServletRequest request) {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin != null && !origin.substring(origin.indexOf("://") < 0 ? 0 : origin.indexOf("://") + 3)
                .equalsIgnoreCase(request.getHeader(HttpHeaders.HOST))) {
            return true;
        }
        String site = request.getHeader("Sec-Fetch-Site");
        return site != null && !site.equals("same-origin") && !site.equals("none") && !isLinkToPage(request);
    }

    /** A link in an alert or a chat. The answer is shown, and the page with the link can't read it. */
    private static boolean isLinkToPage(HttpServletRequest request) {
        return HttpMethod.GET.matches(request.getMethod()) && "navigate".equals(request.getHeader("Sec-Fetch-Mode"))
                && "document".equals(request.getHeader("Sec-Fetch-Dest"))
                && !request.getServletPath().toLowerCase(Locale.ROOT).contains("jolokia");
    }
}
