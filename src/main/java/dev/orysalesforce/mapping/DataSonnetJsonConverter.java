package dev.orysalesforce.mapping;

import com.datasonnet.document.DefaultDocument;
import com.datasonnet.document.Document;
import com.datasonnet.document.MediaTypes;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.language.datasonnet.DatasonnetConstants;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.apache.camel.support.TypeConverterSupport;
import org.springframework.stereotype.Component;

/**
 * Hands a mapping's input to DataSonnet as what Camel would make of it anyway. Camel has no converter for that, and asks
 * each of its thousand converters anew at each mapping before it goes on without: a tenth of what a record costs.
 */
@Component
class DataSonnetJsonConverter extends TypeConverterSupport implements CamelContextConfiguration {

    @Override
    public void beforeApplicationStart(CamelContext camel) {
        camel.getTypeConverterRegistry().addTypeConverter(Document.class, String.class, this);
    }

    @Override
    public void afterApplicationStart(CamelContext camel) {
        // the routes have it
    }

    /** @return null, and Camel goes its own way, where the route has not said that it is JSON */
    @Override
    public <T> T convertTo(Class<T> type, Exchange exchange, Object value) {
        boolean isJson = exchange != null
                && MediaTypes.APPLICATION_JSON_VALUE.equals(exchange.getProperty(DatasonnetConstants.BODY_MEDIATYPE));
        return isJson ? type.cast(new DefaultDocument<>((String) value, MediaTypes.APPLICATION_JSON)) : null;
    }
}
