package dev.orysalesforce.console;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.security.oauth2.client.oidc.authentication.OidcIdTokenDecoderFactory;
import org.springframework.security.oauth2.client.oidc.authentication.OidcIdTokenValidator;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.converter.ClaimTypeConverter;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.util.StringUtils;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClientException;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * The provider of logins. It is asked for its addresses at the first login, not at the start, and again until it has answered.
 * Any caller can begin a login, so only some wait for a provider that is slow, and the others fail at once.
 */
class OidcProvider implements ClientRegistrationRepository {

    static final String ID = "oidc";
    static final String UNREACHABLE = "provider_unreachable";
    static final String OTHER_ISSUER = "provider_is_another";
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int MOST_CALLS = 8;
    private static final ParameterizedTypeReference<Map<String, Object>> OBJECT = new ParameterizedTypeReference<>() {};

    private final ConsoleSettings.Oidc settings;
    private final Clock clock;
    private final RestTemplate calls;
    private final Semaphore free = new Semaphore(MOST_CALLS);
    private volatile Found found;

    /** What the provider tells about itself. */
    private record Found(ClientRegistration client, JwtDecoder idTokens) {}

    OidcProvider(ConsoleSettings.Oidc settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        JdkClientHttpRequestFactory requests = new JdkClientHttpRequestFactory(HttpClient.newBuilder()
                .connectTimeout(CONNECT_TIMEOUT).followRedirects(HttpClient.Redirect.NEVER).build()); // the secret is for one host
        requests.setReadTimeout(TIMEOUT);
        calls = new RestTemplate(requests);
        calls.getInterceptors().add(this::limited);
    }

    private ClientHttpResponse limited(HttpRequest request, byte[] body, ClientHttpRequestExecution call) throws IOException {
        if (!free.tryAcquire()) {
            throw new IOException("too many logins wait for the provider");
        }
        try {
            return call.execute(request, body);
        } finally {
            free.release();
        }
    }

    /** For all that the app asks the provider: with time-outs, and without following redirects. */
    RestTemplate calls() {
        return calls;
    }

    @Override
    public ClientRegistration findByRegistrationId(String id) {
        return found().client();
    }

    /** Checks the signature, the issuer, the audience and the times of ID tokens. */
    JwtDecoder idTokens(ClientRegistration client) {
        return found().idTokens();
    }

    /** Where a person can end the session at the provider; null if the provider does not tell, or no login has asked for it yet. */
    String logout() {
        Found known = found;
        return known != null
                && known.client().getProviderDetails().getConfigurationMetadata().get("end_session_endpoint") instanceof String end
                && end.startsWith(URI.create(settings.issuer()).getScheme() + ":")
                        ? UriComponentsBuilder.fromUriString(end).queryParam("client_id", "{id}").encode()
                                .buildAndExpand(settings.clientId()).toUriString()
                        : null;
    }

    private Found found() {
        Found known = found;
        if (known == null) {
            known = ask();
            found = known;
        }
        return known;
    }

    private Found ask() {
        try {
            Map<String, Object> told = calls.exchange(StringUtils.trimTrailingCharacter(settings.issuer(), '/')
                    + "/.well-known/openid-configuration", HttpMethod.GET, null, OBJECT).getBody();
            if (told == null || !isIssuer(String.valueOf(told.get("issuer")))) {
                throw failure(OTHER_ISSUER, null);
            }
            ClientRegistration client = ClientRegistrations.fromOidcConfiguration(told).registrationId(ID)
                    .clientId(settings.clientId()).clientSecret(settings.clientSecret()).scope(settings.scopes())
                    .redirectUri("{baseUrl}" + OidcLogin.CALLBACK).build();
            return new Found(client, decoder(client));
        } catch (RestClientException e) {
            throw failure(e instanceof ResourceAccessException ? UNREACHABLE : OTHER_ISSUER, e);
        } catch (IllegalArgumentException e) { // incomplete
            throw failure(OTHER_ISSUER, e);
        }
    }

    /** Providers differ in a slash at the end. What counts for ID tokens is what the provider itself says. */
    private boolean isIssuer(String told) {
        return StringUtils.trimTrailingCharacter(told, '/').equals(StringUtils.trimTrailingCharacter(settings.issuer(), '/'));
    }

    private JwtDecoder decoder(ClientRegistration client) {
        NimbusJwtDecoder decoder = NimbusJwtDecoder.withJwkSetUri(client.getProviderDetails().getJwkSetUri())
                .jwsAlgorithms(algorithms -> algorithms.addAll(algorithms(client))).restOperations(calls).build();
        JwtTimestampValidator times = new JwtTimestampValidator();
        times.setClock(clock);
        OidcIdTokenValidator content = new OidcIdTokenValidator(client);
        content.setClock(clock);
        decoder.setJwtValidator(new DelegatingOAuth2TokenValidator<>(times, content));
        decoder.setClaimSetConverter(new ClaimTypeConverter(OidcIdTokenDecoderFactory.createDefaultClaimTypeConverters()));
        return decoder;
    }

    /** Those with a public key; a token that is signed with the client secret, or not at all, is not accepted. */
    private static List<SignatureAlgorithm> algorithms(ClientRegistration client) {
        Object told = client.getProviderDetails().getConfigurationMetadata().get("id_token_signing_alg_values_supported");
        List<SignatureAlgorithm> known = told instanceof Collection<?> names
                ? names.stream().map(name -> SignatureAlgorithm.from(String.valueOf(name))).filter(Objects::nonNull).toList() : List.of();
        return known.isEmpty() ? List.of(SignatureAlgorithm.RS256) : known;
    }

    private static OAuth2AuthenticationException failure(String code, Exception cause) {
        return new OAuth2AuthenticationException(new OAuth2Error(code), code, cause);
    }
}
