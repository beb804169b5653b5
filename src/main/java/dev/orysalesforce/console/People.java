package dev.orysalesforce.console;

import dev.orysalesforce.ledger.FieldHash;
import dev.orysalesforce.operator.Role;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserRequest;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserService;
import org.springframework.security.oauth2.client.userinfo.DefaultOAuth2UserService;
import org.springframework.security.oauth2.client.userinfo.OAuth2UserService;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.util.StringUtils;
import org.springframework.web.client.RestOperations;

/** Finds out who has logged in, and what that person may do: by the ID token, and by userinfo if the token tells no role. */
class People implements OAuth2UserService<OidcUserRequest, OidcUser> {

    static final String NO_ROLE = "no_role";

    /** Neither an address, nor able to forge a line of the log. */
    private static final Pattern PLAIN = Pattern.compile("[\\w.:|~+=-]{1,60}");
    private static final int LONGEST_NAME = 80; // in the audit

    private final RolesOfPerson roles;
    private final String provider;
    private final FieldHash hash;
    private final OidcUserService claims = new OidcUserService();

    People(ConsoleSettings.Oidc settings, FieldHash hash, RestOperations calls) {
        this.roles = new RolesOfPerson(settings);
        this.provider = settings.host();
        this.hash = hash;
        DefaultOAuth2UserService userInfo = new DefaultOAuth2UserService();
        userInfo.setRestOperations(calls);
        claims.setOauth2UserService(userInfo);
        claims.setRetrieveUserInfo(login -> roles.in(login.getIdToken().getClaims()).isEmpty()
                && StringUtils.hasText(login.getClientRegistration().getProviderDetails().getUserInfoEndpoint().getUri()));
    }

    @Override
    public OidcUser loadUser(OidcUserRequest login) {
        OidcUser told = claims.loadUser(login);
        Set<Role> found = roles.in(told.getUserInfo() == null ? told.getIdToken().getClaims() : told.getUserInfo().getClaims());
        if (found.isEmpty()) {
            throw new OAuth2AuthenticationException(NO_ROLE);
        }
        return new Person(name(told.getIdToken().getSubject()), found);
    }

    /**
     * The subject at the provider, which stays the same. Salesforce's is a URL that ends in the user's ID. One that could be an
     * address becomes a keyed hash.
     */
    private String name(String subject) {
        String id = subject.substring(subject.lastIndexOf('/') + 1);
        String name = (PLAIN.matcher(id).matches() ? id : hash.ofIdentity(subject)) + " at " + provider;
        return name.substring(0, Math.min(name.length(), LONGEST_NAME));
    }
}
