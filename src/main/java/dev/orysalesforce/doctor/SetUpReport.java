package dev.orysalesforce.doctor;

import dev.orysalesforce.check.Finding;
import java.util.List;

/**
 * What the doctor says about one side of the set-up.
 *
 * @param seen the facts
 * @param findings what is wrong; empty when good
 * @param notes the checks that were left out, and why
 */
public record SetUpReport(List<String> seen, List<Finding> findings, List<String> notes) {}
