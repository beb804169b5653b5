package dev.orysalesforce;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.regex.Pattern;

/** Rules for all classes of the app; each is a constant. */
@AnalyzeClasses(packages = "dev.orysalesforce", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    /** Called or referred to; with a Clock as its parameter, {@code now} is fine. */
    private static final Pattern MACHINES_TIME = Pattern.compile("java\\.time\\.(?!Clock)\\w+\\.now\\((java\\.time\\.ZoneId)?\\)"
            + "|java\\.time\\.Clock\\.(system|tick)\\w+\\(.*|java\\.lang\\.System\\.currentTimeMillis\\(\\)"
            + "|java\\.util\\.(Date|GregorianCalendar)\\.<init>\\(\\)|java\\.util\\.Calendar\\.getInstance\\(.*");

    @ArchTest
    static final ArchRule onlyTheConfigurationOfTheClocksReadsTheTimeOfTheMachine = noClasses()
            .that().doNotHaveFullyQualifiedName("dev.orysalesforce.settings.ClockConfiguration")
            .should().accessTargetWhere(describe("the target is the time of the machine", ArchitectureTest::readsMachinesTime))
            .because("all others are given a java.time.Clock, so that a test that moves it moves the whole app");

    private static boolean readsMachinesTime(JavaAccess<?> access) {
        return MACHINES_TIME.matcher(access.getTarget().getFullName()).matches();
    }
}
