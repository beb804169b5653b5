package dev.orysalesforce.mapping;

import com.datasonnet.document.Document;
import org.apache.camel.Converter;
import org.apache.camel.TypeConverters;
import org.springframework.stereotype.Component;

/** Converts DataSonnet's result, a document type of its own, to text as in every other mapping language. */
@Component
public class MappingTypeConverters implements TypeConverters {

    @Converter
    public String text(Document<?> answer) {
        return answer.getContent() == null ? null : answer.getContent().toString();
    }
}
