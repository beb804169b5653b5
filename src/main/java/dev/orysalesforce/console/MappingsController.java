package dev.orysalesforce.console;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.check.MappingExamples;
import dev.orysalesforce.check.MappingTryOut;
import dev.orysalesforce.check.MappingTryOut.Sample;
import dev.orysalesforce.check.Preview;
import dev.orysalesforce.ledger.Audit;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.operator.OperatorActs;
import dev.orysalesforce.operator.OperatorCalls;
import dev.orysalesforce.operator.OperatorCalls.Answer;
import dev.orysalesforce.receive.BadRequestException;
import dev.orysalesforce.reconcile.OryAdmin;
import dev.orysalesforce.settings.RouteNames;
import dev.orysalesforce.write.OneWayEdits;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.util.StringUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/**
 * Tries a mapping in use, or a candidate for its place, on a sample, and saves nothing. The values of a real identity are shown
 * to a person with the role privacy, and the audit tells that. Confirms edits that set one-way fields, and has them taken back.
 */
@Controller
@PartOfConsole
class MappingsController {

    private static final String PATH = Section.HOME + "/mappings";
    static final String REVEAL = PATH + "/reveal";
    private static final String VIEW = "console/mappings";

    private final MappingTryOut tryOut;
    private final MappingExamples examples;
    private final OryAdmin ory;
    private final OperatorCalls calls;
    private final FormActs acts;
    private final OneWayEdits edits;
    private final ObjectMapper json;

    MappingsController(MappingTryOut tryOut, MappingExamples examples, OryAdmin ory, OperatorCalls calls, FormActs acts,
            OneWayEdits edits, ObjectMapper json) {
        this.acts = acts;
        this.edits = edits;
        this.json = json;
        this.tryOut = tryOut;
        this.examples = examples;
        this.ory = ory;
        this.calls = calls;
    }

    @GetMapping(PATH)
    String show(@ModelAttribute("form") MappingForm form, Model model) {
        fill(form, model);
        return VIEW;
    }

    @PostMapping(PATH)
    String attempt(@ModelAttribute("form") MappingForm form, Model model) throws IOException {
        String mapping = fill(form, model);
        compare(form, mapping, "body".equals(form.sample()) ? new Sample(String.valueOf(form.body()), true, "registration")
                : example(form, mapping), model);
        return VIEW;
    }

    @PostMapping(REVEAL)
    String attemptWithIdentity(@ModelAttribute("form") MappingForm form, HttpServletRequest request, Model model) {
        String mapping = fill(form, model);
        String id = StringUtils.hasText(form.identity()) ? form.identity().strip() : "";
        Answer answer = calls.act(request.getRemoteAddr(), OperatorActs.ofIdentity(Audit.Kind.REVEAL, id),
                RouteNames.OPERATOR_LIST_IDENTITY, null, Map.of("id", id));
        if (answer.isDone()) {
            compare(form, mapping, new Sample(answer.body().toString(), true, "reconcile"), model);
        } else {
            refuse(model, answer.detail());
        }
        return VIEW;
    }

    /** Confirms an edit that sets one-way fields in many records. */
    @PostMapping(PATH + "/confirm")
    String confirm(HttpServletRequest request, RedirectAttributes next) {
        acts.perform(request, next, OperatorActs.confirmMappings(), RouteNames.OPERATOR_CONFIRM_EDIT, null, Map.of(),
                answer -> "The mappings in use are confirmed. A comparison, or the next event of each identity, brings what was left out.");
        return "redirect:" + PATH;
    }

    /** Takes back what an edit has set. */
    @PostMapping(PATH + "/take-back")
    String takeBack(@RequestParam(defaultValue = "") String field, @RequestParam(defaultValue = "") String since,
            HttpServletRequest request, RedirectAttributes next) {
        String time = since + "Z";
        acts.perform(request, next, OperatorActs.takeBack(field, time), RouteNames.OPERATOR_TAKE_BACK,
                json.createObjectNode().put("field", field).put("since", time).toString(), Map.of(),
                answer -> takenBack(answer.path("identities").asLong()));
        return "redirect:" + PATH;
    }

    private static String takenBack(long identities) {
        return "It is taken back for " + (identities == 1 ? "1 identity, once a comparison or an event brings it."
                : identities + " identities, once a comparison or an event brings them.");
    }

    /** The address of a page with values, loaded again. */
    @GetMapping(PATH + "/reveal")
    String back() {
        return "redirect:" + PATH;
    }

    private Sample example(MappingForm form, String mapping) throws IOException {
        Path input = examples.inputs(mapping).get(String.valueOf(form.example()));
        if (input == null) {
            throw new BadRequestException("There is no such example of this mapping.");
        }
        return new Sample(Files.readString(input), isOfEvents(mapping), null);
    }

    private static boolean isOfEvents(String mapping) {
        return Path.of(mapping).getFileName().toString().startsWith("event.");
    }

    private void compare(MappingForm form, String mapping, Sample sample, Model model) {
        String inUse = tryOut.texts().get(mapping);
        String candidate = form.candidate();
        boolean isOther = candidate != null
                && !(candidate.strip().equals(inUse.strip()) && language(form, mapping).equals(Mapping.ending(mapping)));
        try {
            Preview present = tryOut.inUse(mapping, sample);
            model.addAttribute("result", MappingComparison.of(present,
                    isOther ? tryOut.candidate(mapping, language(form, mapping), candidate, sample) : null,
                    mapping.substring(0, mapping.lastIndexOf('.') + 1) + language(form, mapping), isOther ? candidate : inUse));
        } catch (BadRequestException e) { // the person's texts stay in the form
            refuse(model, e.getMessage());
        }
    }

    private static void refuse(Model model, String why) {
        model.addAttribute("done", false);
        model.addAttribute("message", why);
    }

    private static String language(MappingForm form, String mapping) {
        if (!StringUtils.hasText(form.language())) {
            return Mapping.ending(mapping);
        }
        if (!Mapping.LANGUAGES.contains(form.language())) {
            throw new BadRequestException("There is no such mapping language.");
        }
        return form.language();
    }

    /** What the form offers; returns the name of the mapping that it is about. */
    private String fill(MappingForm form, Model model) {
        Map<String, String> inUse = tryOut.texts();
        String mapping = StringUtils.hasText(form.mapping()) ? form.mapping() : tryOut.first();
        if (!inUse.containsKey(mapping)) {
            throw new BadRequestException("There is no such mapping in use.");
        }
        model.addAttribute("mappings", inUse.keySet());
        model.addAttribute("mapping", mapping);
        model.addAttribute("text", form.candidate() == null ? inUse.get(mapping) : form.candidate());
        model.addAttribute("languages", new TreeSet<>(Mapping.LANGUAGES));
        model.addAttribute("language", language(form, mapping));
        model.addAttribute("examples", examples.inputs(mapping).keySet());
        model.addAttribute("asksOry", ory.isSet());
        model.addAttribute("edit", edits.held());
        model.addAttribute("confirmed", edits.isConfirmed());
        model.addAttribute("edited", edited());
        return mapping;
    }

    /** The page is of use without the ledger, too. */
    private Map<String, Long> edited() {
        try {
            return edits.counts();
        } catch (DataAccessException e) {
            return Map.of();
        }
    }
}
