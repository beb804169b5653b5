package dev.orysalesforce.token;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.receive.RefusedLogins;
import org.apache.camel.http.base.HttpHeaderFilterStrategy;
import org.apache.camel.spi.HeaderFilterStrategy;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.www.BasicAuthenticationFilter;

/** Admits only clients of {@code TOKEN_CLIENTS} to the token route; it is closed while there are none. */
@Configuration
class TokenSecurity {

    /** Only the client's ID reaches the route, and only {@link TokenRequestFilter} can set it. */
    @Bean
    HeaderFilterStrategy tokenHeaders() {
        HttpHeaderFilterStrategy strategy = new HttpHeaderFilterStrategy();
        strategy.setInFilterPattern("(?i)(?!" + TokenRequestFilter.CLIENT + "$).*");
        return strategy;
    }

    @Bean
    @ConditionalOnWebApplication
    @Order(0)
    SecurityFilterChain tokens(HttpSecurity http, TokenClients clients, RefusedLogins refusedLogins, ObjectMapper json) throws Exception {
        return http.securityMatcher("/oauth2/**")
                .authorizeHttpRequests(requests -> requests.anyRequest().permitAll()) // TokenRequestFilter has checked it
                .addFilterAt(new TokenRequestFilter(clients, refusedLogins, json), BasicAuthenticationFilter.class)
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .csrf(AbstractHttpConfigurer::disable) // no browser, no cookie
                .requestCache(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .build();
    }
}
