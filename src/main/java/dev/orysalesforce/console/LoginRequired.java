package dev.orysalesforce.console;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Leads to the login, which afterwards leads back to the page that was asked for. The page is in the address, not in a session:
 * a caller without a token can't make the app keep anything.
 */
class LoginRequired implements AuthenticationEntryPoint {

    static final String PAGE = "then";
    private static final Pattern OF_THE_CONSOLE = Pattern.compile(Section.HOME + "(/[\\w~/-]+)?(\\?[\\w%~.=&+,:@/-]*)?");

    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException failure)
            throws IOException {
        if (request.getHeader("HX-Request") != null) { // htmx loads the whole page again, and so comes to the login
            response.setHeader("HX-Refresh", "true");
            response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
        } else {
            ask(request, response, request.getRequestedSessionId() == null ? "first" : "ended");
        }
    }

    /** @param why what the login tells */
    void ask(HttpServletRequest request, HttpServletResponse response, String why) throws IOException {
        boolean isForm = !HttpMethod.GET.matches(request.getMethod()) && !request.getRequestURI().equals(ConsoleSecurity.LOGIN);
        UriComponentsBuilder login = UriComponentsBuilder.fromPath(ConsoleSecurity.LOGIN).queryParam(why);
        if (isForm) {
            login.queryParam("unsent");
        }
        response.sendRedirect(login
                .queryParam(PAGE, "{then}").encode().buildAndExpand(checked(asked(request))).toUriString());
    }

    /** The page of a form is the one that the browser has sent it from. */
    private static String asked(HttpServletRequest request) {
        if (request.getAttribute(PAGE) instanceof String known) {
            return known;
        }
        if (request.getParameter(PAGE) != null) {
            return request.getParameter(PAGE);
        }
        if (HttpMethod.GET.matches(request.getMethod())) {
            return request.getRequestURI() + (request.getQueryString() == null ? "" : "?" + request.getQueryString());
        }
        String form = request.getHeader(HttpHeaders.REFERER);
        return form == null ? null : form.replaceFirst("^\\w+://[^/]*", "");
    }

    /** The page that the form of the login names, or the cookie of a login that comes back from a provider. */
    static String wanted(HttpServletRequest request) {
        return checked(request.getAttribute(PAGE) instanceof String known ? known : request.getParameter(PAGE));
    }

    /** The overview instead of an address that is not a page of the console. */
    static String checked(String page) {
        return page != null && OF_THE_CONSOLE.matcher(page).matches() && !page.startsWith(ConsoleSecurity.LOGIN) ? page : Section.HOME;
    }
}
