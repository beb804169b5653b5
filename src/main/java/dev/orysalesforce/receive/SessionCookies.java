package dev.orysalesforce.receive;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.Charset;
import org.apache.catalina.Context;
import org.apache.catalina.util.SessionConfig;
import org.apache.tomcat.util.buf.MessageBytes;
import org.apache.tomcat.util.http.CookieProcessor;
import org.apache.tomcat.util.http.MimeHeaders;
import org.apache.tomcat.util.http.ServerCookies;

/**
 * Gives the session's cookie another name over TLS. All ports of a host have the same cookies, and a browser does not let plain
 * HTTP replace a cookie that is {@code Secure}: with one name, a login to the console over TLS would prevent one to Hawtio without.
 */
public class SessionCookies implements CookieProcessor {

    /** A browser takes a cookie with such a name over TLS only, and from this host only. */
    private static final String OVER_TLS = "__Host-";

    private final Context context;
    private final CookieProcessor cookies;

    SessionCookies(Context context, CookieProcessor cookies) {
        this.context = context;
        this.cookies = cookies;
    }

    /** Whether a browser has sent this over TLS, to the app or to a proxy. A caller who lies only makes a browser keep its cookies back. */
    public static boolean isOverTls(HttpServletRequest request) {
        String protocol = request.getHeader("X-Forwarded-Proto");
        return request.isSecure() || protocol != null && protocol.split(",")[0].strip().equalsIgnoreCase("https");
    }

    @Override
    public void parseCookieHeader(MimeHeaders headers, ServerCookies parsed) {
        cookies.parseCookieHeader(headers, parsed);
        String name = SessionConfig.getSessionCookieName(context);
        boolean isOverTls = false;
        for (int i = 0; i < parsed.getCookieCount(); i++) {
            isOverTls |= parsed.getCookie(i).getName().equals(OVER_TLS + name);
        }
        for (int i = 0; isOverTls && i < parsed.getCookieCount(); i++) {
            MessageBytes sent = parsed.getCookie(i).getName();
            if (sent.equals(OVER_TLS + name)) {
                sent.setString(name);
            } else if (sent.equals(name)) {
                sent.setString("plain-" + name); // else it would be used after a logout
            }
        }
    }

    @Override
    public String generateHeader(Cookie cookie, HttpServletRequest request) {
        if (!isOverTls(request) || !cookie.getName().equals(SessionConfig.getSessionCookieName(context))) {
            return cookies.generateHeader(cookie, request);
        }
        cookie.setSecure(true);
        return OVER_TLS + cookies.generateHeader(cookie, request);
    }

    @Override
    public Charset getCharset() {
        return cookies.getCharset();
    }
}
