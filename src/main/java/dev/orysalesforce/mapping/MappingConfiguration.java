package dev.orysalesforce.mapping;

import com.schibsted.spt.data.jslt.filters.JsonFilter;
import dev.orysalesforce.settings.SyncSettings;
import java.util.Map;
import org.apache.camel.component.jsonata.JsonataFrameBinding;
import org.apache.camel.language.datasonnet.DatasonnetLanguage;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;

/** How Camel sets up the mapping languages. */
@Configuration
class MappingConfiguration {

    /** Camel's own would search all jars for libraries to import, at each start and for each trial of an edit. There are none. */
    @Bean("datasonnet-language")
    @Scope(BeanDefinition.SCOPE_PROTOTYPE) // each Camel context has its own
    DatasonnetLanguage dataSonnet() {
        return new DatasonnetLanguage(Map.of());
    }

    /** JSLT would leave out keys whose value is null; here null empties a field, in every language. */
    @Bean
    JsonFilter everyValue() {
        return value -> true;
    }

    /** JSONata alone of the mapping languages stops by itself. */
    @Bean
    JsonataFrameBinding mappingBounds(SyncSettings settings) {
        long limit = MappingTimeLimiter.PATIENCE * settings.mappingTimeout().toMillis();
        return frame -> frame.setRuntimeBounds(limit, Integer.MAX_VALUE);
    }
}
