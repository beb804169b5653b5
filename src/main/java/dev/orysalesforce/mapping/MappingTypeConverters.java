package dev.orysalesforce.mapping;

import com.datasonnet.document.Document;
import org.apache.camel.Converter;
import org.apache.camel.TypeConverters;
import org.springframework.stereotype.Component;

/** DataSonnet answers a document of its own where every other mapping language answers text. */
@Component
public class MappingTypeConverters implements TypeConverters {

    @Converter
    public String text(Document<?> answer) {
        return answer.getContent() == null ? null : answer.getContent().toString();
    }
}
