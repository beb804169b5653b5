package dev.orysalesforce.token;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.receive.Completion;
import dev.orysalesforce.receive.RefusedLogins;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Reads a token request and answers its errors. A valid one continues without its headers and body, because both may hold
 * the secret: the route only learns which client it is from.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-4.4">RFC 6749, 4.4</a>
 */
class TokenRequestFilter extends OncePerRequestFilter {

    static final String CLIENT = "token-client";
    private static final int LARGEST = 16 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(TokenRequestFilter.class);

    private final TokenClients clients;
    private final RefusedLogins refusedLogins;
    private final ObjectMapper json;

    TokenRequestFilter(TokenClients clients, RefusedLogins refusedLogins, ObjectMapper json) {
        this.clients = clients;
        this.refusedLogins = refusedLogins;
        this.json = json;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store"); // Camel removes it from the answers of routes
        if (clients.isEmpty()) {
            refuse(response, 404, "invalid_request", "The token endpoint is closed, because it has no clients. Set the"
                    + " environment variable TOKEN_CLIENTS and start the app again.");
        } else if (!HttpMethod.POST.matches(request.getMethod())) {
            response.setHeader(HttpHeaders.ALLOW, "POST");
            refuse(response, 405, "invalid_request", "Ask by POST.");
        } else {
            admit(request, response, chain);
        }
    }

    private void admit(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
        try {
            if (TokenRequest.isBasic(authorization) && client(TokenRequest.of(authorization, "")) == null) {
                refuseClient(request, response); // its body is not read
                return;
            }
            byte[] body = request.getContentLengthLong() > LARGEST ? null
                    : request.getInputStream().readNBytes(LARGEST + 1);
            if (body == null || body.length > LARGEST) {
                refuse(response, 413, "invalid_request", "The body is too large.");
                return;
            }
            TokenRequest asked = TokenRequest.of(authorization, form(request, body));
            String client = client(asked);
            if (client == null) {
                refuseClient(request, response);
            } else if (asked.grantType() == null) {
                refuse(response, 400, "invalid_request", "grant_type is missing.");
            } else if (!asked.grantType().equals("client_credentials")) {
                refuse(response, 400, "unsupported_grant_type", "The only grant_type is client_credentials.");
            } else {
                String from = request.getRemoteAddr();
                chain.doFilter(new Admitted(request, client), response);
                Completion.of(request, () -> {
                    if (response.getStatus() == HttpStatus.OK.value()) {
                        LOG.info("Client {} at {} got a Salesforce token", client, from);
                    }
                });
            }
        } catch (TokenRequest.Malformed e) {
            refuse(response, 400, "invalid_request", e.getMessage());
        }
    }

    /** The client that is known by the credentials; null if there is none. */
    private String client(TokenRequest asked) {
        return asked.credentials().stream().filter(one -> clients.know(one.id(), one.secret()))
                .map(TokenRequest.Credentials::id).findFirst().orElse(null);
    }

    private void refuseClient(HttpServletRequest request, HttpServletResponse response) throws IOException {
        refusedLogins.tokenClient(request);
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"token\"");
        refuse(response, 401, "invalid_client", "The client or its secret is missing or wrong. Send them by basic"
                + " auth, or as client_id and client_secret in the body; they have to be in TOKEN_CLIENTS.");
    }

    private static String form(HttpServletRequest request, byte[] body) throws TokenRequest.Malformed {
        String type = request.getContentType();
        if (body.length > 0 && (type == null || !type.startsWith(MediaType.APPLICATION_FORM_URLENCODED_VALUE))) {
            throw new TokenRequest.Malformed("The body is not application/x-www-form-urlencoded.");
        }
        return new String(body, StandardCharsets.UTF_8);
    }

    private void refuse(HttpServletResponse response, int status, String error, String description) throws IOException {
        response.setStatus(status);
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.getOutputStream().write(json.writeValueAsBytes(new OAuthError(error, description)));
    }

    /** The rest of a request that is admitted. */
    private static final class Admitted extends HttpServletRequestWrapper {

        private final String client;

        Admitted(HttpServletRequest request, String client) {
            super(request);
            this.client = client;
        }

        @Override
        public String getHeader(String name) {
            return CLIENT.equalsIgnoreCase(name) ? client : null;
        }

        @Override
        public Enumeration<String> getHeaders(String name) {
            return Collections.enumeration(CLIENT.equalsIgnoreCase(name) ? List.of(client) : List.of());
        }

        @Override
        public Enumeration<String> getHeaderNames() {
            return Collections.enumeration(List.of(CLIENT));
        }

        /** Camel makes headers of parameters, too. */
        @Override
        public Map<String, String[]> getParameterMap() {
            return Map.of();
        }

        @Override
        public Enumeration<String> getParameterNames() {
            return Collections.emptyEnumeration();
        }

        @Override
        public String[] getParameterValues(String name) {
            return null;
        }

        @Override
        public String getParameter(String name) {
            return null;
        }

        @Override
        public String getContentType() {
            return null;
        }

        @Override
        public int getContentLength() {
            return 0;
        }

        @Override
        public long getContentLengthLong() {
            return 0;
        }

        @Override
        public String getQueryString() {
            return null;
        }

        @Override
        public ServletInputStream getInputStream() {
            return new ServletInputStream() {
                @Override
                public int read() {
                    return -1;
                }

                @Override
                public boolean isFinished() {
                    return true;
                }

                @Override
                public boolean isReady() {
                    return true;
                }

                @Override
                public void setReadListener(ReadListener listener) {
                    throw new UnsupportedOperationException();
                }
            };
        }
    }
}
