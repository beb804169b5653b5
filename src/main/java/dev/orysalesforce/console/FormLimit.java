package dev.orysalesforce.console;

import dev.orysalesforce.receive.Problems;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpMethod;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.util.unit.DataSize;
import org.springframework.web.filter.OncePerRequestFilter;

/** A form is read before its token is checked, so a caller who has not logged in may send only one that is as small as a login. */
class FormLimit extends OncePerRequestFilter {

    private static final DataSize LOGIN = DataSize.ofKilobytes(16);

    private final DataSize limit;
    private final LoginRequired loginRequired;
    private final Problems problems;

    FormLimit(DataSize limit, LoginRequired loginRequired, Problems problems) {
        this.limit = limit;
        this.loginRequired = loginRequired;
        this.problems = problems;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !HttpMethod.POST.matches(request.getMethod());
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        long length = request.getContentLengthLong(); // negative if it is not announced
        if (SecurityContextHolder.getContext().getAuthentication() == null && (length < 0 || length > LOGIN.toBytes())) {
            loginRequired.commence(request, response, null);
        } else if (length < 0 || length > limit.toBytes()) {
            ErrorPage.show(problems.problem("FORM_TOO_LARGE", limit.toKilobytes()), request, response);
        } else {
            chain.doFilter(request, response);
        }
    }
}
