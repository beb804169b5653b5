package dev.orysalesforce.console;

import dev.orysalesforce.ledger.Activity;
import dev.orysalesforce.operator.ActivityEntries;
import dev.orysalesforce.receive.BadRequestException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.util.StringUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Batches, comparisons and pauses, newest first. */
@Controller
@PartOfConsole
class ActivityController {

    private static final String PATH = Section.HOME + "/activity";
    private static final int PART = 1000;
    private static final List<String> COUNTS = List.of("batches", "millis", "calls", "synced", "unchanged", "superseded", "skipped",
            "retried", "deadLettered", "seen", "queued", "missing", "goneInSalesforce");

    private final ActivityEntries activity;

    ActivityController(ActivityEntries activity) {
        this.activity = activity;
    }

    @GetMapping(PATH)
    String list(@RequestParam(required = false) String kind, @RequestParam(required = false) String from,
            @RequestParam(defaultValue = "0") int offset, Model model) {
        Activity.Page entries = page(kind, from, offset, Paging.SIZE);
        Map<String, String> filters = new HashMap<>();
        filters.put("kind", kind);
        filters.put("from", from);
        Paging paging = new Paging(PATH, filters, offset, entries.items().size(), entries.total());
        if (paging.isBeyondTheEnd()) {
            return "redirect:" + paging.lastPage();
        }
        model.addAllAttributes(filters);
        model.addAttribute("entries", entries.items().stream().map(ActivityRow::of).toList());
        model.addAttribute("paging", paging);
        return "console/activity";
    }

    @GetMapping(PATH + ".csv")
    void download(@RequestParam(required = false) String kind, @RequestParam(required = false) String from,
            HttpServletResponse response) throws IOException {
        List<String> columns = new ArrayList<>(List.of("kind", "at", "endedAt", "code", "outcome", "message"));
        columns.addAll(COUNTS);
        Csv.write(response, "activity", columns,
                offset -> page(kind, from, offset, PART).items().stream().map(ActivityController::row).toList());
    }

    private Activity.Page page(String kind, String from, int offset, int limit) {
        return activity.list(StringUtils.hasText(kind) ? kind : null, StringUtils.hasText(from) ? beginningOf(from) : null,
                String.valueOf(offset), String.valueOf(limit));
    }

    private static String beginningOf(String day) {
        try {
            return LocalDate.parse(day.strip()).atStartOfDay(ZoneOffset.UTC).toInstant().toString();
        } catch (DateTimeParseException e) {
            throw new BadRequestException("from is a day, such as 2026-11-24.");
        }
    }

    private static List<Object> row(Activity.Entry entry) {
        List<Object> row = new ArrayList<>(Arrays.asList(entry.kind(), entry.at(), entry.endedAt(), entry.code(), entry.outcome(),
                entry.message()));
        COUNTS.forEach(count -> row.add(entry.counts().get(count)));
        return row;
    }
}
