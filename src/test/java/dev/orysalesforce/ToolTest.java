package dev.orysalesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** A missing tool must not silently shorten the nightly build. */
class ToolTest {

    private static final Tool MISSING = Tool.onPath("a-program-that-is-not-there", "its-debian-package");

    @Test
    void inTheNightlyBuildAMissingToolIsAFailureThatNamesThePackage() {
        assertThatThrownBy(() -> MISSING.isAvailable(true)).isInstanceOf(IllegalStateException.class)
                .hasMessage("a-program-that-is-not-there is missing: apt-get install its-debian-package");
    }

    @Test
    void elsewhereTheTestIsSkipped() {
        assertThat(MISSING.isAvailable(false)).isFalse();
    }

    @Test
    void aProgramOnThePathIsFound() {
        assertThat(Tool.onPath("sh", "dash").isAvailable(true)).isTrue();
    }
}
