package dev.orysalesforce.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.datasonnet.Mapper;
import org.junit.jupiter.api.Test;

/** It needs a part of Bouncy Castle, of which the app leaves out the others. */
class DataSonnetHashTest {

    @Test
    void aMappingCanHash() {
        assertThat(new Mapper("ds.crypto.hash('ory', 'SHA-256')").transform("{}"))
                .contains("b3782a6260374132a77a2d1cfa6dd3cbe2a3bf6f389e3de7d10daf5540ff8fdf");
    }
}
