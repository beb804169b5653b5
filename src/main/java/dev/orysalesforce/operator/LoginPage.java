package dev.orysalesforce.operator;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseCookie;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.HtmlUtils;
import org.springframework.web.util.WebUtils;

/**
 * Asks for the operator token, or leads to the login of the console. After the login it tells Hawtio's script the CSRF token of
 * the session in the way that the script knows: it sends back in a header what it finds in a cookie. The cookie itself is not
 * trusted.
 */
class LoginPage extends OncePerRequestFilter {

    static final String CSRF_HEADER = "X-XSRF-TOKEN";
    private static final String CSRF_COOKIE = "XSRF-TOKEN";

    private final String path;
    private final String cookiePath;
    private final String html;

    /** @param consoleUrl where people reach the console; empty if that is not known */
    LoginPage(String path, String cookiePath, boolean hasToken, boolean hasProvider, String consoleUrl) throws IOException {
        this.path = path;
        this.cookiePath = cookiePath;
        String page = new ClassPathResource("login.html").getContentAsString(StandardCharsets.UTF_8);
        if (!hasToken) {
            page = page.replaceFirst("(?s)<form.*</form>", "");
        }
        if (!hasProvider) {
            page = page.replaceFirst("(?s)<p id=\"console\">.*?</p>", "");
        }
        this.html = page.replace("{path}", path).replace("{console}", link(consoleUrl.strip().replaceFirst("/+(console/*)?$", "")));
    }

    private static String link(String consoleUrl) {
        return consoleUrl.isEmpty() ? "the console (<code>/console</code> on SERVER_PORT)"
                : "<a href=\"" + HtmlUtils.htmlEscape(consoleUrl) + "/console\">the console</a>";
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (request.getSession(false) != null) {
            tellToken(request, response);
        }
        if (!request.getMethod().equals("GET") || !request.getRequestURI().equals(path)) {
            chain.doFilter(request, response);
            return;
        }
        response.setContentType(MediaType.TEXT_HTML_VALUE);
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        response.getWriter().write(html.replace("{hidden}", request.getParameter("wrong") == null ? "hidden" : ""));
    }

    private void tellToken(HttpServletRequest request, HttpServletResponse response) {
        String token = ((CsrfToken) request.getAttribute(CsrfToken.class.getName())).getToken();
        var told = WebUtils.getCookie(request, CSRF_COOKIE);
        if (told == null || !token.equals(told.getValue())) {
            response.addHeader(HttpHeaders.SET_COOKIE, ResponseCookie.from(CSRF_COOKIE, token).path(cookiePath)
                    .sameSite("Strict").secure(request.isSecure()).build().toString());
        }
    }
}
