package dev.orysalesforce.console;

import dev.orysalesforce.operator.Role;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads the roles of a person from what the provider says about the person: those in the claim, and those that the settings give
 * to the person's address if the provider has verified it. Acting needs reading, so each role includes viewer; operator and
 * privacy do not include each other.
 */
class RolesOfPerson {

    private final String claim;
    private final Map<String, Set<Role>> byAddress;

    RolesOfPerson(ConsoleSettings.Oidc settings) {
        this.claim = settings.rolesClaim();
        this.byAddress = settings.rolesByAddress();
    }

    /** Empty for a person without a known role. */
    Set<Role> in(Map<String, Object> claims) {
        Set<Role> roles = EnumSet.noneOf(Role.class);
        List<String> names = names(value(claims, claim)).toList();
        Stream.of(Role.values()).filter(role -> names.contains(role.label())).forEach(roles::add);
        if (claims.get("email") instanceof String address && "true".equals(String.valueOf(claims.get("email_verified")))) {
            roles.addAll(byAddress.getOrDefault(address.toLowerCase(Locale.ROOT), Set.of()));
        }
        if (!roles.isEmpty()) {
            roles.add(Role.VIEWER);
        }
        return roles;
    }

    /** A claim whose name has dots itself, as of an address, goes before a nested one. */
    private static Object value(Map<?, ?> claims, String name) {
        int dot = name.indexOf('.');
        return claims.containsKey(name) || dot < 0 ? claims.get(name)
                : claims.get(name.substring(0, dot)) instanceof Map<?, ?> nested ? value(nested, name.substring(dot + 1)) : null;
    }

    private static Stream<String> names(Object value) {
        return value instanceof Collection<?> several ? several.stream().filter(String.class::isInstance).map(String.class::cast)
                : value instanceof String text ? Stream.of(text.split("[\\s,;]+")) : Stream.of();
    }
}
