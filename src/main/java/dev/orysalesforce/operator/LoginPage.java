package dev.orysalesforce.operator;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.MediaType;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.filter.OncePerRequestFilter;

/** Asks for the operator token, and sets a CSRF token in the browser for the following requests. */
class LoginPage extends OncePerRequestFilter {

    private final String path;
    private final String html;

    LoginPage(String path) throws IOException {
        this.path = path;
        this.html = new ClassPathResource("login.html").getContentAsString(StandardCharsets.UTF_8);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        CsrfToken token = (CsrfToken) request.getAttribute(CsrfToken.class.getName());
        token.getToken(); // reading it sets the cookie
        if (!request.getMethod().equals("GET") || !request.getRequestURI().equals(path)) {
            chain.doFilter(request, response);
            return;
        }
        response.setContentType(MediaType.TEXT_HTML_VALUE);
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        response.getWriter().write(html.replace("{path}", path)
                .replace("{parameter}", token.getParameterName())
                .replace("{token}", token.getToken())
                .replace("{hidden}", request.getParameter("wrong") == null ? "hidden" : ""));
    }
}
