package dev.orysalesforce.receive;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.camel.component.platform.http.springboot.SpringBootPlatformHttpConsumer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.handler.MappedInterceptor;

/** Handles calls to a route that an operator has stopped. Camel would answer 500, which Ory does not retry. */
@Configuration
class StoppedRouteInterceptor {

    @Bean
    MappedInterceptor stoppedRoutes(Problems problems) {
        return new MappedInterceptor(new String[] {"/**"}, new HandlerInterceptor() {
            @Override
            public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
                    throws IOException {
                if (!(handler instanceof HandlerMethod method)
                        || !(method.getBean() instanceof SpringBootPlatformHttpConsumer consumer) || consumer.isStarted()) {
                    return true;
                }
                problems.answer(request, response, problems.problem("ROUTE_STOPPED", consumer.getEndpoint().getPath()));
                return false;
            }
        });
    }
}
