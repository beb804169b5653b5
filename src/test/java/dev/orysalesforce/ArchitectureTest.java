package dev.orysalesforce;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import dev.orysalesforce.settings.CommandLineOnly;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.camel.component.salesforce.SalesforceComponent;
import org.springframework.stereotype.Component;

/** Rules for all classes of the app; each is a constant. */
@AnalyzeClasses(packages = "dev.orysalesforce", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String APP = "dev.orysalesforce";

    /**
     * From top to bottom: a package depends on packages of lower lines, not on those of its own line or of a higher one, so no
     * packages depend on each other.
     */
    private static final List<List<String>> LAYERS = List.of(
            List.of("command"),
            List.of("console"),
            List.of("alert"),
            List.of("doctor"),
            List.of("check", "operator"),
            List.of("gateway", "reconcile", "reload", "token", "trace"),
            List.of("child", "erase", "match", "parent"),
            List.of("write"),
            List.of("sync"),
            List.of("mapping", "salesforce"),
            List.of("ledger", "receive"),
            List.of("journal"),
            List.of("settings"));

    @ArchTest
    static final ArchRule dependenciesPointDownwards = classes().that().resideInAPackage(APP + ".*..")
            .should(new ArchCondition<>("depend only on packages of lower layers") {
                @Override
                public void check(JavaClass item, ConditionEvents events) {
                    item.getDirectDependenciesFromSelf().stream().filter(ArchitectureTest::isWithinApp)
                            .filter(dependency -> layer(dependency.getTargetClass()) <= layer(item))
                            .forEach(dependency -> events.add(SimpleConditionEvent.violated(item, dependency.getDescription())));
                }
            })
            .because("then each package can be understood without those above it; move a class, or let the lower package"
                    + " declare an interface that the higher one implements");

    @ArchTest
    static final ArchRule noClassIsACollectionOfLeftovers = noClasses().should()
            .haveNameMatching(".*(Util|Utils|Helper|Manager)").because("a class is named after what it does");

    @ArchTest
    static final ArchRule commandsAreNoBeansOfTheServer = classes().that().resideInAPackage(APP + ".command..")
            .and().areMetaAnnotatedWith(Component.class).should().beAnnotatedWith(CommandLineOnly.class);

    @ArchTest
    static final ArchRule theParserOfTheCommandLineIsUsedInOnePackage = noClasses()
            .that().resideOutsideOfPackage(APP + ".command..").should().dependOnClassesThat().resideInAPackage("picocli..")
            .because("a server does not load it");

    @ArchTest
    static final ArchRule theServerDoesWithoutTheBeansOfCommands = noClasses()
            .that().areNotAnnotatedWith(CommandLineOnly.class).and().resideOutsideOfPackage(APP + ".command..")
            .should().dependOnClassesThat().areAnnotatedWith(CommandLineOnly.class);

    private static final String SALESFORCE = "org.apache.camel.component.salesforce";

    @ArchTest
    static final ArchRule theSessionOfCamelSalesforceIsUsedInOnePlace = only("salesforce.CamelSalesforce")
            .should().dependOnClassesThat(resideInAPackage(SALESFORCE + ".internal..")
                    .or(equivalentTo(SalesforceComponent.class)))
            .because("they change with the versions of Camel; see UpgradeTest");

    @ArchTest
    static final ArchRule theHttpClientOfCamelSalesforceIsUsedInOnePackage = noClasses()
            .that().resideOutsideOfPackage(APP + ".salesforce..")
            .should().dependOnClassesThat().resideInAPackage("org.eclipse.jetty.client..")
            .because("Camel may change the client; see UpgradeTest");

    @ArchTest
    static final ArchRule theBrokerIsUsedInOnePackage = noClasses().that().resideOutsideOfPackage(APP + ".journal..")
            .should().dependOnClassesThat().resideInAPackage("org.apache.activemq..")
            .because("the journal hides which broker keeps the events");

    @ArchTest
    static final ArchRule theLibrariesOfMappingLanguagesAreUsedInOnePackage = noClasses()
            .that().resideOutsideOfPackage(APP + ".mapping..")
            .should().dependOnClassesThat().resideInAnyPackage("com.datasonnet..", "com.schibsted..", "com.dashjoin..",
                    "net.thisptr..", "org.apache.camel.language..", "org.apache.camel.component.jsonata..",
                    "org.apache.camel.component.jslt..")
            .because("Camel chooses them and their versions; see UpgradeTest");

    @ArchTest
    static final ArchRule theInternalsOfRoutesAreUsedInOnePackage = noClasses()
            .that().resideOutsideOfPackage(APP + ".reload..")
            .and().doNotHaveFullyQualifiedName(APP + ".receive.StoppedRouteInterceptor$1")
            .should().dependOnClassesThat().resideInAnyPackage("org.apache.camel.impl..", "org.apache.camel.model..",
                    "org.apache.camel.dsl..", "org.apache.camel.component.direct..",
                    "org.apache.camel.component.platform..", "org.snakeyaml..")
            .because("how Camel makes and runs routes changes with its versions; see UpgradeTest");

    private static GivenClassesConjunction only(String name) {
        return noClasses().that().doNotHaveFullyQualifiedName(APP + "." + name);
    }

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

    private static boolean isWithinApp(Dependency dependency) {
        String target = dependency.getTargetClass().getBaseComponentType().getPackageName();
        return target.startsWith(APP) && !target.equals(dependency.getOriginClass().getPackageName());
    }

    /** Its line in {@link #LAYERS}; the class with {@code main} is above all of them. */
    private static int layer(JavaClass type) {
        String name = type.getBaseComponentType().getPackageName();
        if (name.equals(APP)) {
            return -1;
        }
        for (int line = 0; line < LAYERS.size(); line++) {
            if (LAYERS.get(line).contains(name.substring(APP.length() + 1))) {
                return line;
            }
        }
        throw new AssertionError("The package " + name + " has no place in LAYERS yet.");
    }
}
