package dev.orysalesforce.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.deque.html.axecore.results.Results;
import com.deque.html.axecore.results.Rule;
import com.deque.html.axecore.selenium.AxeBuilder;
import dev.orysalesforce.Ory;
import dev.orysalesforce.Tool;
import dev.orysalesforce.console.Browser;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import dev.orysalesforce.sandbox.ory.OryAdminSandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.logging.Level;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Cookie;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** What a person sees and does in the console, in a real browser. {@code -Dscreenshots=true} writes the pictures in {@code docs} again. */
@Tag("nightly")
class ConsoleIT {

    private static final String TOKEN = "console-operator-token";
    private static final String ADDRESS = "pat@example.org";
    /** As an element it would load an image that does not exist, which the browser's log tells. */
    private static final String NAME = "<img src=/console/x onerror=alert(1)> Person";
    private static final String FIXED = "<img src=/console/y><script>alert(2)</script>";
    private static final ZoneId KOLKATA = ZoneId.of("Asia/Kolkata");
    private static final boolean SCREENSHOTS = Boolean.getBoolean("screenshots");
    private static final Duration PATIENCE = Duration.ofMinutes(6); // on a machine that is busy with other tests

    @Test
    void aPersonSeesAPauseEndsItAndComparesEverything(@TempDir Path folder) throws IOException {
        Tool.require(Tool.CHROMIUM, Tool.CHROMEDRIVER);
        try (SalesforceSandbox salesforce = SalesforceSandbox.start();
                OryAdminSandbox ory = OryAdminSandbox.start();
                AppProcess app = new AppProcess(folder, salesforce).with("ORY_ADMIN_URL", ory.url()).with("OPERATOR_TOKEN", TOKEN)) {
            ory.project().addMany(3, i -> Map.of("email", "p" + i + "@example.org", "name", "Pat Person " + i));
            app.start();
            ChromeDriver browser = browser();
            try {
                logIn(browser, "http://127.0.0.1:" + app.port() + "/console/audit");
                see(browser, "Nothing was done that fits.");
                click(browser, By.linkText("Overview"));
                see(browser, "3 identities are in step with Salesforce.");

                timesAreThoseOfTheReadersZone(browser);

                salesforce.faults().start(Fault.unavailable());
                app.ory().sends("registration", Ory.identity(UUID.randomUUID().toString(), Instant.now(), "Person"));
                see(browser, "Delivery is paused since"); // the page refreshes itself
                timesAreThoseOfTheReadersZone(browser);
                picture(browser, "overview");
                everyPageIsAccessible(browser);
                salesforce.faults().clear();
                click(browser, By.id("console-resume"));
                see(browser, "Trying to write to Salesforce now.");
                await().atMost(PATIENCE).untilAsserted(() -> assertThat(text(browser)).doesNotContain("Delivery is paused"));

                click(browser, By.id("console-compare"));
                see(browser, "The comparison has started.");
                await().atMost(PATIENCE).untilAsserted(() -> assertThat(text(browser)).contains("It ended at"));
                click(browser, By.linkText("Audit"));
                see(browser, "a comparison");
                see(browser, "127.0.0.1");
                isAccessible(browser);
                picture(browser, "audit");

                aCandidateIsCompared(browser,
                        Files.writeString(folder.resolve("lead.jslt"), "{\"LastName\": \"Fixed\", \"Company\": \"C\"}"));
                theKeyboardReachesTheContent(browser);
                theSessionEnds(browser);
                noScriptFailed(browser);
            } catch (RuntimeException | AssertionError e) {
                Files.write(Path.of("target/console.png"), browser.getScreenshotAs(OutputType.BYTES));
                throw e;
            } finally {
                browser.quit();
            }
        }
    }

    @Test
    void aPersonFindsOutWhyARecordIsMissingAndFixesIt(@TempDir Path folder) throws IOException {
        Tool.require(Tool.CHROMIUM, Tool.CHROMEDRIVER);
        try (SalesforceSandbox salesforce = SalesforceSandbox.start();
                OryAdminSandbox ory = OryAdminSandbox.start();
                AppProcess app = new AppProcess(folder, salesforce).with("ORY_ADMIN_URL", ory.url()).with("OPERATOR_TOKEN", TOKEN)
                        .with("SYNC_RECONCILE_AFTER_START", "1h")) { // or a comparison may find the same person at that moment
            app.start();
            salesforce.org().schema("Lead").alter("LastName", rule -> rule.withLength(3));
            String id = ory.project().add(Map.of("email", ADDRESS, "name", NAME));
            app.ory().sends("registration", ory.project().hook(id));
            app.ory().sends("login", "not JSON");
            ChromeDriver browser = browser();
            try {
                logIn(browser, "http://127.0.0.1:" + app.port() + "/console");
                aCodeIsReplayedInVain(browser);
                aMissingPersonIsFound(browser, id);
                salesforce.org().schema("Lead").alter("LastName", rule -> rule.withLength(80));
                theLetterIsRevealedAndReplayed(browser, id);
                assertThat(salesforce.org().byIdentity(id)).hasSize(1);
                anotherLetterIsDiscarded(browser);
                anIdentityIsSynced(browser, id);
                aMappingIsTried(browser);
                theSetUpIsChecked(browser);
                aForgedFormIsRefused(browser);
                aFormOfAnEndedSessionIsNotSent(browser);
                anIdentityIsErased(browser, id);
                await().atMost(PATIENCE).until(() -> salesforce.org().byIdentity(id).isEmpty());
                noScriptFailed(browser);
            } catch (RuntimeException | AssertionError e) {
                Files.write(Path.of("target/console.png"), browser.getScreenshotAs(OutputType.BYTES));
                throw e;
            } finally {
                browser.quit();
            }
        }
    }

    private static void aCodeIsReplayedInVain(ChromeDriver browser) {
        bothLettersAreThere(browser);
        byKey(browser, "Replay");
        see(browser, "Of 1 replayed: 1 refused again.");
        isAccessible(browser);
    }

    private static void bothLettersAreThere(ChromeDriver browser) {
        await().atMost(PATIENCE).until(() -> {
            click(browser, By.linkText("Dead letters"));
            return text(browser).contains("STRING_TOO_LONG") && text(browser).contains("UNREADABLE_BODY");
        });
    }

    private static void aMissingPersonIsFound(ChromeDriver browser, String id) throws IOException {
        bothLettersAreThere(browser);
        see(browser, "Truncate it in the mapping or widen the field.");
        picture(browser, "dead-letters");
        isAccessible(browser);
        byKey(browser, "A text is longer than its field.");
        see(browser, "1 to 1 of 1");
        isAccessible(browser);
        search(browser);
        see(browser, "STRING_TOO_LONG");
        isAccessible(browser);
        click(browser, By.partialLinkText(id));
        see(browser, "Its last event became a dead letter");
        isAccessible(browser);
        picture(browser, "identity");
        byKey(browser, "Open");
        see(browser, "All with this code");
        isAccessible(browser);
    }

    /** A second click at once changes nothing. */
    private static void theLetterIsRevealedAndReplayed(ChromeDriver browser, String id) {
        byKey(browser, "Reveal");
        see(browser, NAME);
        isAccessible(browser);
        new Actions(browser).doubleClick(browser.findElement(By.xpath("//button[text()='Replay']"))).perform();
        see(browser, "Of 1 replayed: 1 synced."); // the page refreshes itself
        isAccessible(browser);
        click(browser, By.linkText("Audit"));
        see(browser, "1 replayed");
        assertThat(text(browser)).contains(id).doesNotContain("0 replayed");
    }

    private static void anotherLetterIsDiscarded(ChromeDriver browser) {
        click(browser, By.linkText("Dead letters"));
        click(browser, By.linkText("Show all letters"));
        click(browser, By.linkText("Open"));
        see(browser, "This letter can't be replayed");
        byKey(browser, "Discard …");
        isAccessible(browser);
        byKey(browser, "Discard it");
        see(browser, "The dead letter was discarded.");
        see(browser, "There is no dead letter.");
    }

    private static void anIdentityIsSynced(ChromeDriver browser, String id) {
        search(browser);
        click(browser, By.partialLinkText(id));
        see(browser, "The app has created it.");
        click(browser, By.xpath("//button[text()='Sync now']"));
        see(browser, "Its present state at Ory is in the journal.");
        isAccessible(browser);
    }

    private static void aMappingIsTried(ChromeDriver browser) throws IOException {
        click(browser, By.linkText("Mappings"));
        WebElement text = await().atMost(PATIENCE).ignoreExceptionsInstanceOf(WebDriverException.class)
                .until(() -> browser.findElement(By.id("text")), found -> true);
        text.clear();
        text.sendKeys("{\"LastName\": \"" + FIXED + "\", \"Company\": \"C\"}");
        click(browser, By.xpath("//button[text()='Try with the example']"));
        see(browser, FIXED);
        see(browser, "disappears");
        isAccessible(browser);
        picture(browser, "mappings");
    }

    private static void theSetUpIsChecked(ChromeDriver browser) {
        click(browser, By.linkText("Set-up"));
        click(browser, By.xpath("//button[text()='Check now']"));
        see(browser, "The set-up was checked.");
        isAccessible(browser);
    }

    private static void anIdentityIsErased(ChromeDriver browser, String id) {
        search(browser);
        click(browser, By.partialLinkText(id));
        for (String typed : List.of(UUID.randomUUID().toString(), id)) {
            click(browser, By.xpath("//summary[text()='Erase']"));
            browser.findElement(By.id("confirm")).sendKeys(typed);
            click(browser, By.xpath("//button[text()='Erase this identity']"));
            see(browser, typed.equals(id) ? "The request to erase it is in the journal." : "Nothing was erased");
        }
        see(browser, "This identity was erased at");
        isAccessible(browser);
    }

    private static void search(ChromeDriver browser) {
        click(browser, By.linkText("Identities"));
        await().atMost(PATIENCE).ignoreExceptionsInstanceOf(WebDriverException.class).until(() -> {
            browser.findElement(By.id("q")).sendKeys(ADDRESS, Keys.ENTER);
            return true;
        });
        see(browser, "Last outcome");
    }

    private static void logIn(ChromeDriver browser, String page) {
        browser.get(page);
        isAccessible(browser);
        browser.findElement(By.name("token")).sendKeys("a guess", Keys.ENTER);
        see(browser, "This is not the operator token.");
        browser.findElement(By.name("token")).sendKeys(TOKEN, Keys.ENTER);
    }

    private static void everyPageIsAccessible(ChromeDriver browser) {
        String back = browser.getCurrentUrl();
        List<String> pages = browser.findElements(By.cssSelector("header nav a")).stream().map(link -> link.getAttribute("href")).toList();
        assertThat(pages).hasSizeGreaterThan(1);
        for (String page : pages) {
            browser.get(page);
            isAccessible(browser, 360, "light");
            isAccessible(browser, 1280, "dark");
            isAccessible(browser);
        }
        browser.get(back);
    }

    /** On a phone at night, and on a desk by day. */
    private static void isAccessible(ChromeDriver browser) {
        isAccessible(browser, 360, "dark");
        isAccessible(browser, 1280, "light");
    }

    private static void isAccessible(ChromeDriver browser, int width, String scheme) {
        browser.executeCdpCommand("Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 800, "deviceScaleFactor", 1, "mobile", false));
        browser.executeCdpCommand("Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
        assertThat((Boolean) browser.executeScript("return document.documentElement.scrollWidth <= innerWidth"))
                .as("%s fits into %d pixels", browser.getCurrentUrl(), width).isTrue();
        Results results = new AxeBuilder().analyze(browser);
        assertThat(results.getPasses()).extracting(Rule::getId).contains("color-contrast", "landmark-one-main");
        assertThat(results.getViolations()).as("%s: %s", browser.getCurrentUrl(), browser.getTitle())
                .isEmpty();
    }

    private static void aCandidateIsCompared(ChromeDriver browser, Path file) {
        click(browser, By.linkText("Changes"));
        see(browser, "No mappings have been compared since the app was started.");
        browser.findElement(By.id("text-0")).clear();
        browser.findElement(By.id("text-0")).sendKeys("{\"LastName\": \"Fixed\", \"Company\": \"C\"}");
        click(browser, By.xpath("//button[text()='Compare over all identities at Ory']"));
        see(browser, "3 identities compared.");
        isAccessible(browser);
        click(browser, By.xpath("//button[text()='Show values']"));
        see(browser, "Values that would change");
        isAccessible(browser);
        click(browser, By.linkText("Changes"));
        browser.findElement(By.cssSelector("input[type=file]")).sendKeys(file.toString());
        click(browser, By.xpath("//button[text()='Compare over the examples']"));
        see(browser, "examples compared.");
    }

    private static void aForgedFormIsRefused(ChromeDriver browser) {
        browser.executeScript("const form = document.body.appendChild(document.createElement('form'));"
                + "form.method = 'post'; form.action = '/console/compare'; form.submit();");
        see(browser, "no page of this console sent the form");
        isAccessible(browser);
    }

    private static void aFormOfAnEndedSessionIsNotSent(ChromeDriver browser) {
        click(browser, By.linkText("Set-up"));
        see(browser, "Check now");
        browser.manage().deleteCookieNamed(Browser.SESSION);
        browser.manage().addCookie(new Cookie(Browser.SESSION, "0".repeat(32))); // the app has forgotten the session
        click(browser, By.xpath("//button[text()='Check now']"));
        see(browser, "What you entered last was not sent");
        isAccessible(browser);
        browser.findElement(By.name("token")).sendKeys(TOKEN, Keys.ENTER);
        see(browser, "Check now");
    }

    /** Tabs to a link or a button, and presses it. */
    private static void byKey(ChromeDriver browser, String label) {
        await().atMost(PATIENCE).ignoreExceptionsInstanceOf(WebDriverException.class).until(() -> {
            new Actions(browser).sendKeys(Keys.TAB).perform();
            return browser.switchTo().activeElement().getText().equals(label);
        });
        new Actions(browser).sendKeys(Keys.ENTER).perform();
    }

    private static void timesAreThoseOfTheReadersZone(ChromeDriver browser) {
        DateTimeFormatter local = DateTimeFormatter.ofPattern("h:mm", Locale.ENGLISH).withZone(KOLKATA);
        await().atMost(PATIENCE).ignoreExceptionsInstanceOf(WebDriverException.class).untilAsserted(() -> {
            List<WebElement> times =
                    browser.findElements(By.cssSelector("time[datetime]")).stream().filter(WebElement::isDisplayed).toList();
            assertThat(times).isNotEmpty().allSatisfy(time -> assertThat(time.getText())
                    .contains(local.format(Instant.parse(time.getAttribute("datetime"))), "UTC"));
        });
    }

    private static void noScriptFailed(ChromeDriver browser) {
        assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).filteredOn(line -> line.getLevel().equals(Level.SEVERE))
                .as("refused by the content security policy, or a failed script")
                .allMatch(line -> line.getMessage().contains("401") || line.getMessage().contains("/console/compare"));
    }

    private static void theKeyboardReachesTheContent(ChromeDriver browser) {
        browser.findElement(By.tagName("body")).sendKeys(Keys.TAB);
        WebElement skip = browser.switchTo().activeElement();
        assertThat(skip.getText()).isEqualTo("Skip to the content");
        assertThat(skip.getRect().x).as("it is seen").isNotNegative();
        skip.sendKeys(Keys.ENTER);
        assertThat(browser.switchTo().activeElement().getAttribute("id")).isEqualTo("content");
    }

    /** The part of the page that refreshes itself finds it out. */
    private static void theSessionEnds(ChromeDriver browser) {
        click(browser, By.linkText("Overview"));
        see(browser, "Comparison with Ory");
        browser.manage().deleteCookieNamed(Browser.SESSION);
        see(browser, "Operator token");
        assertThat(browser.getCurrentUrl()).endsWith("then=%2Fconsole");
    }

    private static void picture(ChromeDriver browser, String name) throws IOException {
        if (SCREENSHOTS) {
            Files.write(Path.of("docs/console-" + name + ".png"), browser.getScreenshotAs(OutputType.BYTES));
        }
    }

    private static ChromeDriver browser() {
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        ChromeOptions options = new ChromeOptions().setBinary(Tool.CHROMIUM.path().toString()).addArguments("--headless=new",
                "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1280,800");
        options.setCapability("goog:loggingPrefs", logs);
        ChromeDriver browser = new ChromeDriver(new ChromeDriverService.Builder()
                .usingDriverExecutable(Tool.CHROMEDRIVER.path().toFile()).usingAnyFreePort().build(), options);
        browser.executeCdpCommand("Emulation.setTimezoneOverride", Map.of("timezoneId", KOLKATA.getId()));
        return browser;
    }

    /** Waits for it; htmx may replace it in between. */
    private static void click(ChromeDriver browser, By what) {
        await().atMost(PATIENCE).ignoreExceptionsInstanceOf(WebDriverException.class).until(() -> {
            browser.findElement(what).click();
            return true;
        });
    }

    private static void see(ChromeDriver browser, String text) {
        await().atMost(PATIENCE).ignoreExceptionsInstanceOf(WebDriverException.class).until(() -> text(browser).contains(text));
    }

    private static String text(ChromeDriver browser) {
        return browser.findElement(By.tagName("body")).getText();
    }
}
