package dev.orysalesforce.console;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.web.util.HtmlUtils;

/** A browser without JavaScript: it keeps cookies, sends the forms of pages, and follows a redirect if it is told to. */
public final class Browser {

    /** The cookie of a session that was made over plain HTTP. */
    public static final String SESSION = "ory-salesforce-sync";

    private static final Pattern HIDDEN = Pattern.compile("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\"");

    private final String app;
    private final CookieManager cookies;
    private final HttpClient http;
    private final HttpClient other = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Set<String> strict = new HashSet<>();

    public Browser(int port) {
        this(port, new CookieManager(null, CookiePolicy.ACCEPT_ALL));
    }

    private Browser(int port, CookieManager cookies) {
        this.app = "http://127.0.0.1:" + port;
        this.cookies = cookies;
        this.http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).cookieHandler(cookies).build();
    }

    /** The same browser at another port of the host, which gets the same cookies. */
    Browser at(int otherPort) {
        return new Browser(otherPort, cookies);
    }

    public HttpResponse<String> get(String path, String... headers) {
        return send(request(path, headers).GET());
    }

    HttpResponse<String> head(String path) {
        return send(request(path).method("HEAD", HttpRequest.BodyPublishers.noBody()));
    }

    HttpResponse<String> post(String path, Map<String, String> fields, String... headers) {
        String form = fields.entrySet().stream().map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
                .collect(Collectors.joining("&"));
        return send(request(path, headers).header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form)));
    }

    /**
     * Sends a form that may have files.
     *
     * @param fields may have the same name several times
     * @param files name to content of each file, in the field {@code file}
     */
    public HttpResponse<String> upload(String path, List<Map.Entry<String, String>> fields, Map<String, byte[]> files) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        fields.forEach(field -> part(body, "name=\"" + field.getKey() + "\"", field.getValue().getBytes(StandardCharsets.UTF_8)));
        files.forEach((name, content) -> part(body, "name=\"file\"; filename=\"" + name + "\"\r\nContent-Type: text/plain", content));
        body.writeBytes("--between-parts--\r\n".getBytes(StandardCharsets.UTF_8));
        return send(request(path).header("Content-Type", "multipart/form-data; boundary=between-parts")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray())));
    }

    private static void part(ByteArrayOutputStream body, String head, byte[] content) {
        body.writeBytes(("--between-parts\r\nContent-Disposition: form-data; " + head + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        body.writeBytes(content);
        body.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
    }

    /** Sends the form of a page that leads to a path, with its hidden fields and these. */
    public HttpResponse<String> submit(HttpResponse<String> page, String action, Map<String, String> fields, String... headers) {
        Map<String, String> all = new HashMap<>(hidden(page, action));
        all.putAll(fields);
        String[] more = Arrays.copyOf(headers, headers.length + 2);
        more[headers.length] = "Referer";
        more[headers.length + 1] = page.uri().toString();
        return post(action, all, more);
    }

    public static Map<String, String> hidden(HttpResponse<String> page, String action) {
        Matcher form =
                Pattern.compile("(?s)<form method=\"post\"[^>]*action=\"" + Pattern.quote(action) + "\".*?</form>").matcher(page.body());
        if (!form.find()) {
            throw new AssertionError("There is no form to " + action + " in " + page.body());
        }
        Map<String, String> fields = new HashMap<>();
        HIDDEN.matcher(form.group()).results()
                .forEach(field -> fields.put(field.group(1), HtmlUtils.htmlUnescape(field.group(2))));
        return fields;
    }

    public HttpResponse<String> logIn(String token) {
        return submit(get("/console/login"), "/console/login", Map.of("token", token));
    }

    /**
     * Another site leads to this page, directly or by a redirect of this site: as browsers do, keeps the cookies back that are
     * {@code SameSite=Strict}, and takes those of the answer.
     */
    HttpResponse<String> arrive(String address) {
        URI page = URI.create(app).resolve(address);
        try {
            String sent = cookies.get(page, Map.of()).getOrDefault("Cookie", List.of()).stream()
                    .filter(cookie -> !strict.contains(cookie.substring(0, cookie.indexOf('=')))).collect(Collectors.joining("; "));
            HttpRequest.Builder request = HttpRequest.newBuilder(page);
            HttpResponse<String> answer = other.send((sent.isEmpty() ? request : request.header("Cookie", sent)).build(),
                    HttpResponse.BodyHandlers.ofString());
            cookies.put(page, answer.headers().map());
            return noted(answer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private HttpResponse<String> noted(HttpResponse<String> answer) {
        answer.headers().allValues("Set-Cookie").stream().filter(cookie -> cookie.contains("SameSite=Strict"))
                .forEach(cookie -> strict.add(cookie.substring(0, cookie.indexOf('='))));
        return answer;
    }

    public HttpResponse<String> follow(HttpResponse<String> redirect) {
        return get(location(redirect));
    }

    static String location(HttpResponse<?> redirect) {
        return redirect.headers().firstValue("Location")
                .orElseThrow(() -> new AssertionError(redirect.statusCode() + ": " + redirect.body()));
    }

    /** The ID of the session, and {@code none} without one. */
    String session() {
        return cookies().stream().filter(cookie -> cookie.getName().equals(SESSION)).findFirst().map(HttpCookie::getValue).orElse("none");
    }

    List<HttpCookie> cookies() {
        return cookies.getCookieStore().getCookies();
    }

    /** As if the app had forgotten the session. */
    void loseSession() {
        for (HttpCookie cookie : cookies()) {
            if (cookie.getName().equals(SESSION)) {
                cookie.setValue("0".repeat(32));
            }
        }
    }

    private HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(app + path));
        return headers.length == 0 ? request : request.headers(headers);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return noted(http.send(request.build(), HttpResponse.BodyHandlers.ofString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
